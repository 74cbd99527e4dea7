"""Settings for a whole course: what new activities begin with, and one column given to many.

Both begin at one activity: its settings, those that the instructor ticks, become the defaults of
the course or are applied to other activities. The curriculum's suggestion for a module stands
wherever the course has no default.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from lti_tool.curriculum.documents import Module
from lti_tool.curriculum.models import CourseDefaults, Placement
from lti_tool.curriculum.settings import (
    COLUMNS,
    CONTENT,
    DATES,
    as_text,
    changes,
    from_text,
    settings_of,
    suggested_settings,
)
from lti_tool.db import db, utcnow
from lti_tool.events import CourseDefaultsChanged, PlacementConfigured, publish

OF_ONE = (*CONTENT, "left_version_id", "lessons_left_out")
"""What belongs to one activity and cannot be given to another."""

SHARED = tuple(name for name in COLUMNS if name not in OF_ONE)
"""What can be applied to other activities."""

KEPT = tuple(name for name in SHARED if name not in DATES)
"""What can be a default: a date belongs to an activity."""


@dataclass(frozen=True)
class Spread:
    """An activity to which settings would be applied: how it would be, and what differs."""

    placement: Placement
    wanted: Placement
    changes: Mapping[str, Sequence[str | None]]


def defaults_of(context_id: int) -> dict[str, Any]:
    """The defaults of the course, by column; settings that no longer exist are passed over."""
    found = db.session.get(CourseDefaults, context_id)
    kept = found.settings if found else {}
    return {name: from_text(name, text) for name, text in kept.items() if name in KEPT}


def starting_settings(context_id: int, module: Module) -> dict[str, Any]:
    """What a module begins with in the course: the curriculum's suggestion under its defaults."""
    return suggested_settings(module) | defaults_of(context_id)


def keep_defaults(source: Placement, names: Collection[str], *, by_user_id: int) -> None:
    """Let these settings of the activity, and no others, be the defaults of its course.

    Called within a unit of work; publishes `CourseDefaultsChanged` where anything changes.
    """
    own = as_text(settings_of(source))
    wanted = {name: own[name] for name in KEPT if name in names}
    kept = db.session.get(CourseDefaults, source.context_id)
    if kept is None:
        kept = CourseDefaults(context_id=source.context_id, settings={})
        db.session.add(kept)
    before = kept.settings
    if before == wanted:
        return
    kept.settings = wanted
    publish(
        CourseDefaultsChanged(
            user_id=by_user_id, context_id=source.context_id, before=before, after=wanted
        )
    )


def inherit_defaults(context_id: int, origin_id: int) -> None:
    """Let a copied course begin with the defaults of its origin, unless it has had its own.

    Called within a unit of work; publishes `CourseDefaultsChanged` as an act of the system.
    """
    origin, own = (db.session.get(CourseDefaults, each) for each in (origin_id, context_id))
    if own is not None or origin is None or not origin.settings:
        return
    db.session.add(CourseDefaults(context_id=context_id, settings=dict(origin.settings)))
    publish(CourseDefaultsChanged(context_id=context_id, before={}, after=dict(origin.settings)))


def others_of(source: Placement) -> Sequence[Placement]:
    """The other activities of the course."""
    query = select(Placement).where(Placement.context_id == source.context_id)
    return db.session.scalars(query.where(Placement.id != source.id).order_by(Placement.id)).all()


def foresee_spread(
    source: Placement, names: Collection[str], placements: Sequence[Placement]
) -> list[Spread]:
    """What would change where; activities in which nothing would are left out."""
    given = {name: getattr(source, name) for name in SHARED if name in names}
    found = []
    for each in placements:
        before = settings_of(each)
        after = before | given
        differs = changes(before, after)
        if differs:
            wanted = Placement(context_id=each.context_id, **after)
            found.append(Spread(each, wanted, differs))
    return found


def spread(
    source: Placement,
    names: Collection[str],
    placements: Sequence[Placement],
    *,
    by_user_id: int,
) -> None:
    """Apply these settings of the activity to others.

    Called within a unit of work; publishes `PlacementConfigured` for each that changes.
    """
    for each in foresee_spread(source, names, placements):
        for name in each.changes:
            setattr(each.placement, name, getattr(source, name))
        each.placement.changed_at = utcnow()
        db.session.flush()
        publish(
            PlacementConfigured(
                user_id=by_user_id,
                context_id=source.context_id,
                placement_id=each.placement.id,
                changes=dict(each.changes),  # type: ignore[arg-type]
            )
        )
