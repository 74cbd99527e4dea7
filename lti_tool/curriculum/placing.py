"""Placing modules before their links exist: what deep linking prepares, the first launch attaches.

Each placement has an id of its own that travels in the link's custom values, so every link stands
alone, whichever is opened first.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import select, update

from lti_tool.courses.models import ResourceLink
from lti_tool.curriculum.documents import Module
from lti_tool.curriculum.models import CurriculumVersion, Placement
from lti_tool.db import db
from lti_tool.events import PlacementConfigured, publish


def prepare_placement(
    context_id: int,
    version: CurriculumVersion,
    module: Module,
    *,
    by_user_id: int,
    opens_at: datetime | None = None,
    due_at: datetime | None = None,
) -> Placement:
    """A placement with the curriculum's own settings, waiting for its link's first launch.

    Called within a unit of work; publishes `PlacementConfigured`.
    """
    placement = Placement(
        context_id=context_id,
        version_id=version.id,
        module_id=module.id,
        attempts_allowed=module.quiz.attempts,
        pass_mark=Decimal(str(module.quiz.pass_mark)),
        opens_at=opens_at,
        due_at=due_at,
    )
    db.session.add(placement)
    db.session.flush()
    changes: dict[str, list[str | None]] = {"module_id": [None, module.id]}
    publish(
        PlacementConfigured(
            user_id=by_user_id, context_id=context_id, placement_id=placement.id, changes=changes
        )
    )
    return placement


def attach(link: ResourceLink, public_id: str) -> None:
    """Give a link the placement that was prepared for it in the same course, once.

    A link that has a placement keeps it; an id of another course, or one that is taken, is passed
    over, for then the link is a copy. Called within a unit of work.
    """
    placed = select(Placement.id).where(Placement.resource_link_id == link.id)
    db.session.execute(
        update(Placement)
        .where(
            Placement.public_id == public_id,
            Placement.context_id == link.context_id,
            Placement.resource_link_id.is_(None),
            ~placed.exists(),
        )
        .values(resource_link_id=link.id)
        .execution_options(synchronize_session=False)
    )
