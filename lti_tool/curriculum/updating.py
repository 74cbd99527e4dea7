"""A newer version of the curriculum is offered; the instructor takes it or leaves it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import aliased

from lti_tool.curriculum import catalogue
from lti_tool.curriculum.comparing import ModuleChanges, compare
from lti_tool.curriculum.models import CurriculumVersion, Placement
from lti_tool.curriculum.settings import settings_of
from lti_tool.db import db, utcnow
from lti_tool.errors import Conflict
from lti_tool.events import PlacementConfigured, publish


def newer_version(placement: Placement) -> CurriculumVersion | None:
    """The newest version that the placement could move to and that nobody has left alone."""
    kept = aliased(CurriculumVersion)
    newest = db.session.scalar(
        select(CurriculumVersion)
        .join(kept, kept.curriculum_id == CurriculumVersion.curriculum_id)
        .where(kept.id == placement.version_id, CurriculumVersion.number > kept.number)
        .order_by(CurriculumVersion.number.desc())
        .limit(1)
    )
    if newest is None or newest.id == placement.left_version_id:
        return None
    return newest if placement.module_id in catalogue.curriculum(newest.id).module_by_id else None


def changes_of(placement: Placement, version: CurriculumVersion) -> ModuleChanges:
    """What would be different in the module of the placement."""
    old = catalogue.curriculum(placement.version_id)
    return compare(old, catalogue.curriculum(version.id), placement.module_id)


def behind(context_id: int) -> Sequence[Placement]:
    """The placements of the course for which a newer version is on offer."""
    placements = db.session.scalars(select(Placement).where(Placement.context_id == context_id))
    return [placement for placement in placements if newer_version(placement) is not None]


def with_version(placement: Placement, version: CurriculumVersion) -> Placement:
    """The placement as it would be with the version, for looking ahead; never stored."""
    values = settings_of(placement) | {"version_id": version.id}
    return Placement(context_id=placement.context_id, **values)


def take(placement: Placement, version_id: int, *, by_user_id: int) -> None:
    """Move the placement to the version on offer; publishes `PlacementConfigured`.

    Attempts stay on the version that they began with. Called within a unit of work; raises
    `Conflict` when another version is on offer by now.
    """
    version = _offered(placement, version_id)
    change: list[str | None] = [str(placement.version_id), str(version.id)]
    placement.version_id, placement.changed_at = version.id, utcnow()
    db.session.flush()
    publish(
        PlacementConfigured(
            user_id=by_user_id,
            context_id=placement.context_id,
            placement_id=placement.id,
            changes={"version_id": change},
        )
    )


def leave(placement: Placement, version_id: int) -> None:
    """Stay on the version that the placement has; the next newer one will be offered again."""
    placement.left_version_id = _offered(placement, version_id).id


def _offered(placement: Placement, version_id: int) -> CurriculumVersion:
    version = newer_version(placement)
    if version is None or version.id != version_id:
        raise Conflict(
            "This version is no longer on offer",
            "Load the page again to see what can be taken now.",
        )
    return version
