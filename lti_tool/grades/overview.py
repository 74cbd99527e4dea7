"""How the scores of a placement stand: what an instructor has to know, grouped by cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import contains_eager

from lti_tool.courses.models import User
from lti_tool.db import db
from lti_tool.grades.models import ANOTHER_GRADE, LACKING, Delivery, DeliveryState, Grade
from lti_tool.lti.score_refusals import CAUSES, Cause

PAGE_ROWS = 50
ALIKE = ("not_a_student", "no_access", "refused", "course_ended", "column_gone")
"""What platforms say, each in its way, of a course that is not published yet."""
_LACKS = Delivery.state.in_(LACKING)
_ARRIVED = Delivery.state == DeliveryState.ACCEPTED
SHOWN: Mapping[str, tuple[str, ColumnElement[bool]]] = {
    "lacking": ("Not yet there", _LACKS),
    "changed": (
        "Another grade there",
        or_(
            and_(_ARRIVED, Delivery.standing.in_(ANOTHER_GRADE)),
            Delivery.cause == "overridden",
        ),
    ),
    "arrived": ("In the gradebook", and_(_ARRIVED, Delivery.standing.not_in(ANOTHER_GRADE))),
    "all": ("All", Grade.id.is_not(None)),
}
"""What may be shown: its label, and which deliveries it means."""


@dataclass(frozen=True)
class Group:
    """Scores that one cause keeps from the gradebook."""

    cause: Cause
    count: int

    @property
    def by_itself(self) -> bool:
        return self.cause.kind in ("retry", "wait")


@dataclass(frozen=True)
class Row:
    user: User
    grade: Grade
    delivery: Delivery
    cause: Cause | None


@dataclass(frozen=True)
class Overview:
    """`shown` names the filter; `counts` how many each has; `likely` a guess at the one reason."""

    groups: Sequence[Group]
    counts: Mapping[str, int]
    likely: str
    shown: str
    rows: Sequence[Row]
    page: int
    pages: int

    @property
    def lacking(self) -> int:
        return self.counts["lacking"]

    @property
    def total(self) -> int:
        return self.counts["all"]


def overview(placement_id: int, shown: str, page: int) -> Overview:
    """Page `page` (from 1) of what is shown; four queries, whatever the number of learners."""
    counts = _counts(placement_id)
    if shown not in SHOWN:
        shown = next(name for name in SHOWN if counts[name] or name == "all")
    pages = max((counts[shown] + PAGE_ROWS - 1) // PAGE_ROWS, 1)
    page = min(max(page, 1), pages)
    groups = _groups(placement_id)
    return Overview(
        groups=groups,
        counts=counts,
        likely=_likely(placement_id, groups, counts),
        shown=shown,
        rows=_rows(placement_id, shown, page),
        page=page,
        pages=pages,
    )


def _counts(placement_id: int) -> Mapping[str, int]:
    columns = [func.count().filter(condition).label(name) for name, (_, condition) in SHOWN.items()]
    return dict(db.session.execute(_of(placement_id, *columns)).one()._mapping)


def _groups(placement_id: int) -> Sequence[Group]:
    """What a person has to cure first, then what cures itself; the larger before the smaller."""
    found = db.session.execute(
        _of(placement_id, Delivery.cause, func.count())
        .where(_LACKS, Delivery.cause != "")
        .group_by(Delivery.cause)
    )
    groups = [Group(CAUSES[cause], count) for cause, count in found if cause in CAUSES]
    return sorted(groups, key=lambda group: (group.by_itself, -group.count, group.cause.key))


def _likely(placement_id: int, groups: Sequence[Group], counts: Mapping[str, int]) -> str:
    """Where none has ever arrived and all are refused alike, it is the course, not the people."""
    alone = groups[0] if len(groups) == 1 else None
    if alone is None or alone.count < 2 or alone.count < counts["all"]:
        return ""
    if alone.cause.key not in ALIKE or _has_arrived(placement_id):
        return ""
    return (
        "No score of this activity has ever arrived, and the platform refuses all alike. Most "
        "often the course or the activity is not published yet: publish it, then send again."
    )


def _has_arrived(placement_id: int) -> bool:
    query = _of(placement_id, Grade.id).where(Delivery.accepted_at.is_not(None)).limit(1)
    return db.session.scalar(query) is not None


def _rows(placement_id: int, shown: str, page: int) -> Sequence[Row]:
    found = db.session.execute(
        _of(placement_id, Grade, User)
        .join(User, User.id == Grade.user_id)
        .where(SHOWN[shown][1])
        .options(contains_eager(Grade.delivery))
        .order_by(User.family_name, User.name, User.id)
        .limit(PAGE_ROWS)
        .offset((page - 1) * PAGE_ROWS)
    )
    return [
        Row(user, grade, grade.delivery, CAUSES.get(grade.delivery.cause)) for grade, user in found
    ]


def _of(placement_id: int, *what: Any) -> Any:
    return (
        select(*what)
        .select_from(Grade)
        .join(Delivery, Delivery.grade_id == Grade.id)
        .where(Grade.placement_id == placement_id)
    )
