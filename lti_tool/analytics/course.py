"""The placements of a course with how far its learners have come: four queries, counted there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Integer,
    and_,
    case,
    cast,
    extract,
    func,
    literal,
    or_,
    select,
    union,
)

from lti_tool.analytics.progress import is_learner
from lti_tool.courses.models import Membership, ResourceLink
from lti_tool.curriculum import catalogue
from lti_tool.curriculum.documents import Module
from lti_tool.curriculum.models import Placement
from lti_tool.db import db
from lti_tool.grades.models import WITH_POINTS, Delivery, DeliveryState, Grade, GradeState
from lti_tool.lessons.models import LessonCompletion
from lti_tool.quiz.models import Attempt, AttemptStatus

BINS = 10
WEEKS = 12
ROUNDING = 5e-8
"""Half of the last place of a pass mark times points: neutral where both are exact, and it keeps
SQLite's binary fractions from failing a learner at the mark."""
SECONDS_A_WEEK = 7 * 24 * 3600
MONDAY = 3 * 24 * 3600
"""The seconds from the Monday before to 1 January 1970, a Thursday."""


@dataclass(frozen=True)
class Tally:
    """Learners of one placement: how many began, handed in, passed; scores that did not arrive.

    `scores` counts learners by their share of the points: 0-9 %, 10-19 % ... 90-100 %.
    """

    begun: int = 0
    finished: int = 0
    passed: int = 0
    on_the_way: int = 0
    blocked: int = 0
    scores: tuple[int, ...] = (0,) * BINS

    @property
    def undelivered(self) -> int:
        return self.on_the_way + self.blocked


@dataclass(frozen=True)
class PlacementRow:
    """A placement with its module, the title of its link, and its tally; `short` heads a column."""

    placement: Placement
    module: Module
    link_title: str
    tally: Tally
    short: str = field(default="")

    @property
    def is_opened(self) -> bool:
        """Whether anybody has opened the link yet; a deep link exists before."""
        return self.placement.resource_link_id is not None


@dataclass(frozen=True)
class Week:
    """So many learners handed in a quiz for the first time in the week from that Monday (UTC)."""

    monday: date
    finished: int


def passes() -> ColumnElement[bool]:
    """In a query with `Grade` and `Placement`: whether the grade reaches the pass mark."""
    reaches = Grade.score_given + ROUNDING >= Placement.pass_mark * Grade.score_maximum
    return and_(Grade.state.in_(WITH_POINTS), reaches)


def _is_handed_in() -> ColumnElement[bool]:
    """What lessons have earned so far is no result yet, unless it is a pass."""
    return or_(Grade.state != GradeState.IN_PROGRESS, passes())


def placement_rows(context_id: int) -> list[PlacementRow]:
    """Every placement of the course, in the order of the curriculum."""
    query = (
        select(Placement, ResourceLink.title)
        .outerjoin(ResourceLink, ResourceLink.id == Placement.resource_link_id)
        .where(Placement.context_id == context_id)
    )
    found = db.session.execute(query).all()
    grades, begun = _grade_tallies(context_id), _begun(context_id)
    rows = [
        _row(placement, title or "", grades.get(placement.id, {}), begun.get(placement.id, 0))
        for placement, title in found
    ]
    return sorted(rows, key=lambda row: (row.module.number, row.placement.id))


def _row(placement: Placement, title: str, grades: dict[str, int], begun: int) -> PlacementRow:
    at_least = [grades.get(f"from_{tenth}", 0) for tenth in range(BINS)] + [0]
    scores = tuple(at_least[tenth] - at_least[tenth + 1] for tenth in range(BINS))
    module = catalogue.module_of(placement)
    tally = Tally(
        begun=begun,
        finished=grades.get("from_0", 0),
        passed=grades.get("passed", 0),
        on_the_way=grades.get("on_the_way", 0),
        blocked=grades.get("blocked", 0),
        scores=scores,
    )
    return PlacementRow(placement, module, title, tally, str(module.number))


def _grade_tallies(context_id: int) -> dict[int, dict[str, int]]:
    """Counts of grades by placement; `from_3` counts those of 30 % or more."""
    waiting = Delivery.state.in_((DeliveryState.WAITING, DeliveryState.RETRYING))
    counted = {
        "passed": passes(),
        "on_the_way": waiting,
        "blocked": Delivery.state == DeliveryState.BLOCKED,
    }
    for tenth in range(BINS):
        least = Grade.score_maximum * tenth / BINS
        counted[f"from_{tenth}"] = and_(_is_handed_in(), Grade.score_given + ROUNDING >= least)
    sums = [func.sum(case((rule, 1), else_=0)).label(name) for name, rule in counted.items()]
    rows = db.session.execute(
        select(Grade.placement_id, *sums)
        .join(Placement, Placement.id == Grade.placement_id)
        .outerjoin(Delivery, Delivery.grade_id == Grade.id)
        .where(Placement.context_id == context_id)
        .group_by(Grade.placement_id)
    ).mappings()
    return {row["placement_id"]: {name: int(row[name]) for name in counted} for row in rows}


def _begun(context_id: int) -> dict[int, int]:
    """Learners who have begun an attempt or completed a lesson, by placement."""
    tried = (
        select(Attempt.placement_id, Attempt.user_id)
        .join(Placement, Placement.id == Attempt.placement_id)
        .where(Placement.context_id == context_id)
        .where(Attempt.number == 1, Attempt.is_preview.is_(False))
    )
    read = (
        select(LessonCompletion.placement_id, LessonCompletion.user_id)
        .join(Placement, Placement.id == LessonCompletion.placement_id)
        .join(Membership, Membership.user_id == LessonCompletion.user_id)
        .where(Placement.context_id == context_id)
        .where(is_learner(context_id))
    )
    both = union(tried, read).subquery()
    rows = db.session.execute(
        select(both.c.placement_id, func.count()).group_by(both.c.placement_id)
    )
    return {placement_id: count for placement_id, count in rows}


def finished_by_week(context_id: int, today: date) -> list[Week]:
    """First attempts handed in over the last `WEEKS` weeks, the oldest first, in UTC."""
    seconds = cast(extract("epoch", Attempt.submitted_at), Integer)
    number = (seconds + literal(MONDAY)) // SECONDS_A_WEEK
    rows = db.session.execute(
        select(number, func.count())
        .join(Placement, Placement.id == Attempt.placement_id)
        .where(Placement.context_id == context_id)
        .where(Attempt.number == 1, Attempt.is_preview.is_(False))
        .where(Attempt.status == AttemptStatus.SUBMITTED)
        .group_by(number)
    )
    counted = {int(week): count for week, count in rows}
    this_week = (_seconds(today) + MONDAY) // SECONDS_A_WEEK
    weeks = range(this_week - WEEKS + 1, this_week + 1)
    return [Week(_monday(week), counted.get(week, 0)) for week in weeks]


def _seconds(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def _monday(week: int) -> date:
    return date(1970, 1, 1) + timedelta(seconds=week * SECONDS_A_WEEK - MONDAY)


def all_scores(rows: Sequence[PlacementRow]) -> tuple[int, ...]:
    """The scores of all placements together, by tenths."""
    return tuple(sum(row.tally.scores[tenth] for row in rows) for tenth in range(BINS))
