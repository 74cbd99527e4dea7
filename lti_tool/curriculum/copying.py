"""A link that came with a copied course: it works at once, and its instructor is asked once.

The copy begins with the settings of its source and without their dates, which belong to another
term; attempts, grades and progress stay where they are, for the copy is a placement of its own.
Then the instructor keeps the settings, with dates that are moved or without, or starts afresh;
one answer may stand for everything that was copied with it.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from lti_tool.courses.models import ResourceLink
from lti_tool.curriculum import catalogue
from lti_tool.curriculum.course_settings import inherit_defaults, starting_settings
from lti_tool.curriculum.models import ContextCopy, Placement, PlacementCopy
from lti_tool.curriculum.origins import Found
from lti_tool.curriculum.settings import (
    DATES,
    changes,
    dates_of,
    settings_of,
)
from lti_tool.db import db, find, upsert, utcnow
from lti_tool.events import PlacementConfigured, PlacementCopied, publish

PROMISED = ("grading_policy", "lesson_weight", "lessons_left_out")
"""What must not change under learners who have begun: it moves grades."""


class Way(enum.StrEnum):
    """What an instructor wants of a copy; `own`: settled on the settings page."""

    SHIFT = "shift"
    UNDATED = "undated"
    AFRESH = "afresh"
    OWN = "own"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """`shift` moves every date by so much on the clock on the wall of `zone`."""

    way: Way
    shift: timedelta = timedelta(0)
    zone: str = "UTC"


def adopt(link: ResourceLink, found: Found, public_id: str) -> Placement:
    """Place the copied settings at the link; a standing decision for the course is carried out.

    Called within a unit of work; publishes `PlacementCopied`.
    """
    source = found.placement
    settings = settings_of(source) | dict.fromkeys(DATES)
    placement = upsert(
        Placement, {"resource_link_id": link.id}, {"context_id": link.context_id, **settings}
    )
    copy = upsert(
        PlacementCopy,
        {"placement_id": placement.id},
        {"source_id": source.id, "public_id": public_id, "found_by": found.by},
    )
    of_course = note_context_copy(link.context_id, source.context_id)
    publish(
        PlacementCopied(context_id=link.context_id, placement_id=placement.id, source_id=source.id)
    )
    if of_course.decision is not None:
        shift = timedelta(seconds=of_course.shift_seconds)
        decision = Decision(way=Way(of_course.decision), shift=shift, zone=of_course.zone)
        _apply(copy, decision, by_user_id=None)
    return placement


def note_context_copy(context_id: int, origin_id: int) -> ContextCopy:
    """Keep that the one course was copied from the other, and give it the other's defaults.

    A second time changes nothing.
    """
    key = {"context_id": context_id, "origin_id": origin_id}
    is_new = find(ContextCopy, **key) is None
    copy = upsert(ContextCopy, key, {})  # whoever comes at the same moment waits here
    if is_new:
        inherit_defaults(context_id, origin_id)
    return copy


def open_question(placement: Placement) -> PlacementCopy | None:
    """The copy about which nobody has decided yet, with its source; None for all others."""
    query = (
        select(PlacementCopy)
        .options(joinedload(PlacementCopy.source).joinedload(Placement.resource_link))
        .where(PlacementCopy.placement_id == placement.id, PlacementCopy.decision.is_(None))
    )
    return db.session.scalar(query)


def course_copy(copy: PlacementCopy) -> ContextCopy:
    """The copy of the course that this one came with."""
    key = {"context_id": copy.placement.context_id, "origin_id": copy.source.context_id}
    return db.session.scalars(
        select(ContextCopy).options(joinedload(ContextCopy.origin)).filter_by(**key)
    ).one()


def count_others(copy: PlacementCopy) -> int:
    """How many other activities stand in the course that this one was copied from."""
    query = select(func.count()).select_from(Placement)
    same_course = query.where(Placement.context_id == copy.source.context_id)
    return (db.session.scalar(same_course) or 1) - 1


def first_date(copy: PlacementCopy) -> datetime | None:
    """The date from which the shift is counted: the source's first, or that of its whole course."""
    own = list(dates_of(copy.source).values())
    if own:
        return min(own)
    others = db.session.scalars(select(Placement).filter_by(context_id=copy.source.context_id))
    return min((at for each in others for at in dates_of(each).values()), default=None)


def proposed_date(first: datetime, now: datetime) -> datetime:
    """The first date, moved by whole weeks until it no longer lies in the past."""
    weeks = max(-((first - now) // timedelta(weeks=1)), 0)
    return first + timedelta(weeks=weeks)


def shift_between(first: datetime, wanted: datetime, zone: str) -> timedelta:
    """The difference on the wall clock, so that six in the evening stays six in the evening."""
    local = ZoneInfo(zone)
    return _on_the_wall(wanted, local) - _on_the_wall(first, local)


def decide(
    copy: PlacementCopy,
    decision: Decision,
    *,
    by_user_id: int,
    for_course: bool,
    has_begun: Callable[[int], bool],
) -> None:
    """Carry out what the instructor decided; `for_course`: also for all that came with it.

    Activities of the course that nobody has opened yet follow when they are. `has_begun` tells of
    a placement's id whether learners have begun there: then what counts stays as it is. Called
    within a unit of work; publishes `PlacementConfigured` for each placement that it concerns.
    """
    copies: Sequence[PlacementCopy] = [copy]
    if for_course:
        of_course = course_copy(copy)
        of_course.decision, of_course.zone = decision.way, decision.zone
        of_course.shift_seconds = int(decision.shift.total_seconds())
        copies = _undecided_with(copy)
    for each in copies:
        kept = PROMISED if has_begun(each.placement_id) else ()
        _apply(each, decision, by_user_id=by_user_id, kept=kept)


def settle(placement: Placement, by_user_id: int) -> None:
    """Saving the settings of a copy answers its question as well; within a unit of work."""
    copy = find(PlacementCopy, placement_id=placement.id)
    if copy is not None and copy.decision is None:
        _close(copy, Way.OWN, by_user_id)


def _undecided_with(copy: PlacementCopy) -> Sequence[PlacementCopy]:
    sources = select(Placement.id).where(Placement.context_id == copy.source.context_id)
    return db.session.scalars(
        select(PlacementCopy)
        .join(PlacementCopy.placement)
        .where(
            Placement.context_id == copy.placement.context_id,
            PlacementCopy.source_id.in_(sources),
            PlacementCopy.decision.is_(None),
        )
        .order_by(PlacementCopy.placement_id)
    ).all()


def _apply(
    copy: PlacementCopy,
    decision: Decision,
    *,
    by_user_id: int | None,
    kept: Collection[str] = (),
) -> None:
    placement = copy.placement
    before = settings_of(placement)
    if decision.way == Way.SHIFT:
        zone = ZoneInfo(decision.zone)
        for name, at in dates_of(copy.source).items():
            setattr(placement, name, _shifted(at, decision.shift, zone))
    elif decision.way == Way.AFRESH:
        module = catalogue.module_of(placement)
        for name, value in starting_settings(placement.context_id, module).items():
            if name not in kept:
                setattr(placement, name, value)
    placement.changed_at = utcnow()
    _close(copy, decision.way, by_user_id)
    db.session.flush()
    publish(
        PlacementConfigured(
            user_id=by_user_id,
            context_id=placement.context_id,
            placement_id=placement.id,
            changes=changes(before, settings_of(placement)),
        )
    )


def _close(copy: PlacementCopy, way: Way, by_user_id: int | None) -> None:
    copy.decision, copy.decided_by, copy.decided_at = way, by_user_id, utcnow()


def _on_the_wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def _shifted(moment: datetime, shift: timedelta, zone: ZoneInfo) -> datetime:
    return (_on_the_wall(moment, zone) + shift).replace(tzinfo=zone).astimezone(UTC)
