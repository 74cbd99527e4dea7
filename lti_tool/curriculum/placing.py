"""Placing modules before their links exist: what deep linking prepares, the first launch attaches.

A link that is the copy of another is placed at its first launch, too (`curriculum.copying`).

Each placement has an id of its own that travels in the link's custom values, so every link stands
alone, whichever is opened first.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select, update

from lti_tool.courses.models import ResourceLink
from lti_tool.curriculum.copying import adopt
from lti_tool.curriculum.course_settings import starting_settings
from lti_tool.curriculum.documents import Module
from lti_tool.curriculum.models import CurriculumVersion, Placement
from lti_tool.curriculum.origins import find_source
from lti_tool.curriculum.settings import as_new
from lti_tool.db import db
from lti_tool.events import PlacementConfigured, publish
from lti_tool.lti.history import Origin


def prepare_placement(
    context_id: int,
    version: CurriculumVersion,
    module: Module,
    *,
    by_user_id: int,
    opens_at: datetime | None = None,
    due_at: datetime | None = None,
) -> Placement:
    """A placement with what the course begins with, waiting for its link's first launch.

    Called within a unit of work; publishes `PlacementConfigured`.
    """
    starting = starting_settings(context_id, module)
    settings = starting | {"opens_at": opens_at, "due_at": due_at}
    placement = Placement(
        context_id=context_id, version_id=version.id, module_id=module.id, **settings
    )
    db.session.add(placement)
    db.session.flush()
    publish(
        PlacementConfigured(
            user_id=by_user_id,
            context_id=context_id,
            placement_id=placement.id,
            changes=as_new(placement),
        )
    )
    return placement


def place(link: ResourceLink, said: Origin) -> None:
    """See to it that a link has its placement: prepared for it, or copied with its course.

    A link that has one keeps it; one of which nothing is known stays without. Called within a unit
    of work.
    """
    if db.session.scalar(PLACED, {"link_id": link.id}) is not None:
        return
    if said.placement and _attach(link, said.placement):
        return
    found = find_source(link, said)
    if found is not None:
        adopt(link, found, said.placement)


PLACED = select(Placement.id).where(Placement.resource_link_id == bindparam("link_id"))
"""Built once: it is asked at every launch."""


def _attach(link: ResourceLink, public_id: str) -> bool:
    """Give the link the placement that was prepared for it in the same course, once."""
    taken = db.session.execute(
        update(Placement)
        .where(
            Placement.public_id == public_id,
            Placement.context_id == link.context_id,
            Placement.resource_link_id.is_(None),
            ~PLACED.exists(),
        )
        .values(resource_link_id=link.id)
        .execution_options(synchronize_session=False),
        {"link_id": link.id},
    )
    return taken.rowcount == 1  # type: ignore[attr-defined, no-any-return]
