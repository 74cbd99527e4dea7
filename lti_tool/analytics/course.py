"""The placements of a course with how far its learners have come: four queries, counted there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
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
    not_,
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
        _row(placement, title or "", grades.get(placement.id, Tally()), begun.get(placement.id, 0))
        for placement, title in found
    ]
    return sorted(rows, key=lambda row: (row.module.number, row.placement.id))


def _row(placement: Placement, title: str, grades: Tally, begun: int) -> PlacementRow:
    module = catalogue.module_of(placement)
    return PlacementRow(placement, module, title, replace(grades, begun=begun), str(module.number))


def _grade_tallies(context_id: int) -> dict[int, Tally]:
    """Counts of grades by placement, as far as grades tell.

    Each grade is looked at once: a sum for each tenth would compare its score ten times.
    """
    waiting = Delivery.state.in_((DeliveryState.WAITING, DeliveryState.RETRYING))
    least = [Grade.score_maximum * tenth / BINS for tenth in range(1, BINS)]
    reaches = [(Grade.score_given + ROUNDING >= each, bin_) for bin_, each in enumerate(least, 1)]
    each = (
        select(
            Grade.placement_id,
            case((not_(_is_handed_in()), None), *reversed(reaches), else_=0).label("tenth"),
            case((passes(), 1), else_=0).label("passed"),
            case((waiting, 1), else_=0).label("on_the_way"),
            case((Delivery.state == DeliveryState.BLOCKED, 1), else_=0).label("blocked"),
        )
        .join(Placement, Placement.id == Grade.placement_id)
        .outerjoin(Delivery, Delivery.grade_id == Grade.id)
        .where(Placement.context_id == context_id)
        .subquery()
    ).c
    sums = [func.sum(column) for column in (each.passed, each.on_the_way, each.blocked)]
    rows = db.session.execute(
        select(each.placement_id, each.tenth, func.count(), *sums).group_by(
            each.placement_id, each.tenth
        )
    )
    tallies: dict[int, Tally] = {}
    for placement_id, tenth, count, *counted in rows:
        so_far = tallies.get(placement_id, Tally())
        tallies[placement_id] = _added(so_far, tenth, count, *counted)
    return tallies


def _added(
    tally: Tally, tenth: int | None, count: int, passed: int, on_the_way: int, blocked: int
) -> Tally:
    """With so many more grades, of which all lie in that tenth of the points, or none."""
    scores = list(tally.scores)
    if tenth is not None:
        scores[tenth] += count
    return replace(
        tally,
        finished=sum(scores),
        passed=tally.passed + passed,
        on_the_way=tally.on_the_way + on_the_way,
        blocked=tally.blocked + blocked,
        scores=tuple(scores),
    )


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
