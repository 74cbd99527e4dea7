"""Granting a learner what they need, once for all modules of a course."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import bindparam, func, select

from lti_tool.courses.models import User
from lti_tool.curriculum.models import Placement
from lti_tool.db import db, upsert, utcnow
from lti_tool.events import AccommodationChanged, publish
from lti_tool.quiz.models import Accommodation, ExtraAttempts
from lti_tool.quiz.rules import Rules, rules_for
from lti_tool.rows import columns_of, execute, objects_in, read_one, table_of


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What a learner is granted; the values given here grant nothing."""

    time_factor: Decimal = Decimal(1)
    extra_minutes: int = 0
    no_time_limit: bool = False
    extra_attempts: int = 0
    extra_days: int = 0


def find_accommodation(context_id: int, user_id: int) -> Accommodation | None:
    """What the learner is granted in the course, to be looked at only."""
    return read_one(Accommodation, context_id=context_id, user_id=user_id)


def accommodations_in(context_id: int) -> Mapping[int, Accommodation]:
    """Everybody's in a course, by user id."""
    rows = db.session.scalars(select(Accommodation).filter_by(context_id=context_id))
    return {row.user_id: row for row in rows}


def learner_rules(placement: Placement, user_id: int, *, is_preview: bool) -> Rules:
    """What holds for this learner at the placement; costs one query, none in a preview."""
    if is_preview:
        return rules_for(placement, None, is_preview=True)
    granted, extra = _granted_at(placement, user_id)
    return rules_for(placement, granted, extra_here=extra)


def _granted_at(placement: Placement, user_id: int) -> tuple[Accommodation | None, int]:
    """What the learner was granted in the course, and extra attempts at the placement alone."""
    values = {
        "user_id": user_id,
        "context_id": placement.context_id,
        "placement_id": placement.id,
    }
    row = execute(GRANTED, values).one()
    granted: Accommodation | None = objects_in(row, Accommodation)[0]
    return granted, row[-1] or 0


USERS, IN_COURSE, HERE = (table_of(model) for model in (User, Accommodation, ExtraAttempts))
GRANTED = (
    select(*columns_of(Accommodation), HERE.c.extra)
    .select_from(USERS)
    .outerjoin(
        IN_COURSE,
        (IN_COURSE.c.user_id == USERS.c.id) & (IN_COURSE.c.context_id == bindparam("context_id")),
    )
    .outerjoin(
        HERE,
        (HERE.c.user_id == USERS.c.id) & (HERE.c.placement_id == bindparam("placement_id")),
    )
    .where(USERS.c.id == bindparam("user_id"))
)


def closed_for_all_at(placement: Placement) -> datetime | None:
    """When the last learner's time is over, extra days included; None where nothing closes."""
    closes_at = rules_for(placement, None).closes_at
    if closes_at is None:
        return None
    longest = select(func.max(Accommodation.extra_days)).filter_by(context_id=placement.context_id)
    return closes_at + timedelta(days=db.session.scalar(longest) or 0)


def cut_by_window(placement: Placement) -> tuple[Rules, ...]:
    """The rules of those whose time limit is longer than the quiz is open, everybody's first.

    Everybody's are among them when nobody can have the whole time.
    """
    everybody = rules_for(placement, None)
    if everybody.limit_minutes is None or everybody.window_minutes is None:
        return ()
    granted = accommodations_in(placement.context_id).values()
    found = (everybody, *(rules_for(placement, own) for own in granted))
    return tuple(rules for rules in found if rules.window_cuts_time)


def accommodate(context_id: int, user_id: int, grant: Grant, *, by_user_id: int) -> Accommodation:
    """Grant this, in place of what was granted before; publishes `AccommodationChanged`.

    Attempts that are open get their new time at once. Called within a unit of work.
    """
    before = find_accommodation(context_id, user_id)
    if before is not None and all(
        getattr(before, name) == value for name, value in asdict(grant).items()
    ):
        return before
    key = {"context_id": context_id, "user_id": user_id}
    stored = upsert(Accommodation, key, {**asdict(grant), "changed_at": utcnow()})
    publish(
        AccommodationChanged(
            user_id=by_user_id,
            context_id=context_id,
            learner_id=user_id,
            granted={name: str(value) for name, value in asdict(grant).items()},
        )
    )
    return stored
