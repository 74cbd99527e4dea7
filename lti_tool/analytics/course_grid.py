"""Learners against modules, a page at a time: two queries, whatever the size of the course."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import (
    ScalarSelect,
    and_,
    exists,
    func,
    select,
)

from lti_tool.analytics.course import PlacementRow
from lti_tool.analytics.grid_members import PAGE_ROWS, GridQuery, members_of_page
from lti_tool.analytics.groups import in_words
from lti_tool.courses.models import Membership, User
from lti_tool.curriculum.models import Placement
from lti_tool.db import db
from lti_tool.grades.models import LACKING, WITH_POINTS, Delivery, Grade, GradeState
from lti_tool.lessons.completing import is_included
from lti_tool.lessons.models import LessonCompletion
from lti_tool.quiz.models import Accommodation, Attempt, AttemptStatus, ExtraAttempts

QUIET = timedelta(days=14)


@dataclass(frozen=True)
class Cell:
    """One learner at one placement: lessons completed, attempts begun, and the grade."""

    lessons_done: int = 0
    attempts: int = 0
    is_open: bool = False
    score_given: Decimal | None = None
    score_maximum: Decimal | None = None
    passed: bool = False
    delivery: str = ""
    is_used_up: bool = False

    @property
    def percent(self) -> int | None:
        """The score, rounded down as everywhere; None without one."""
        if self.score_given is None or not self.score_maximum:
            return None
        return int(100 * self.score_given / self.score_maximum)

    @property
    def state(self) -> str:
        """none, reading, trying, passed or failed: what the cell looks like."""
        if self.score_given is not None:
            return "passed" if self.passed else "failed"
        if self.attempts:
            return "trying"
        return "reading" if self.lessons_done else "none"

    @property
    def is_missing(self) -> bool:
        """Whether there is a score that the gradebook lacks."""
        return self.delivery in LACKING


@dataclass(frozen=True)
class GridRow:
    """A learner with a cell for each placement, in their order, and why to look, if at all."""

    user: User
    last_launch_at: datetime | None
    groups: str
    cells: tuple[Cell, ...]
    look: str


@dataclass(frozen=True)
class Grid:
    """A page of the grid; `found` counts the learners that the search finds."""

    rows: Sequence[GridRow]
    page: int
    pages: int
    found: int


def grid(
    context_id: int,
    placements: Sequence[PlacementRow],
    wanted: GridQuery,
    now: datetime,
    page_rows: int | None = PAGE_ROWS,
) -> Grid:
    """The learners of that page; of a page beyond the last, the last. No `page_rows`: everybody."""
    members, found = members_of_page(context_id, wanted, page_rows)
    pages = max(-(-found // page_rows), 1) if page_rows else 1
    cells = _cells(context_id, placements, [member.user_id for member, _ in members])
    rows = []
    for member, groups in members:
        own = tuple(cells.get((member.user_id, row.placement.id), Cell()) for row in placements)
        look = _why_look(member.last_launch_at, own, placements, now)
        rows.append(GridRow(member.user, member.last_launch_at, in_words(groups), own, look))
    return Grid(rows, min(wanted.page, pages), pages, found)


OWN_ATTEMPT = and_(
    Attempt.placement_id == Placement.id,
    Attempt.user_id == Membership.user_id,
    Attempt.status != AttemptStatus.DELETED,
)


OWN_GRADE = and_(
    Grade.placement_id == Placement.id,
    Grade.user_id == Membership.user_id,
    Grade.state.in_(WITH_POINTS),
)


def lessons_completed() -> ScalarSelect[int]:
    """In a query with `Membership` and `Placement`: lessons of the one that the other completed."""
    return (
        select(func.count(LessonCompletion.id))
        .where(LessonCompletion.placement_id == Placement.id)
        .where(LessonCompletion.user_id == Membership.user_id, is_included())
        .scalar_subquery()
    )


def attempts_begun() -> ScalarSelect[int]:
    """In a query with `Membership` and `Placement`: attempts begun at the one by the other."""
    return select(func.count(Attempt.id)).where(OWN_ATTEMPT).scalar_subquery()


def _cells(
    context_id: int, placements: Sequence[PlacementRow], user_ids: Sequence[int]
) -> Mapping[tuple[int, int], Cell]:
    by_id = {row.placement.id: row.placement for row in placements}
    opened = exists().where(OWN_ATTEMPT, Attempt.status == AttemptStatus.OPEN)
    extra = select(Accommodation.extra_attempts).where(
        Accommodation.context_id == context_id, Accommodation.user_id == Membership.user_id
    )
    extra_here = select(ExtraAttempts.extra).where(
        ExtraAttempts.placement_id == Placement.id, ExtraAttempts.user_id == Membership.user_id
    )
    rows = db.session.execute(
        select(
            Membership.user_id,
            Placement.id,
            lessons_completed(),
            attempts_begun(),
            opened,
            func.coalesce(extra.scalar_subquery(), 0)
            + func.coalesce(extra_here.scalar_subquery(), 0),
            Grade.score_given,
            Grade.score_maximum,
            Grade.state,
            Delivery.state,
        )
        .join(Placement, Placement.context_id == Membership.context_id)
        .outerjoin(Grade, OWN_GRADE)
        .outerjoin(Delivery, Delivery.grade_id == Grade.id)
        .where(Membership.context_id == context_id, Membership.user_id.in_(user_ids))
    )
    return {(row[0], row[1]): _cell(by_id[row[1]], *row[2:]) for row in rows}


def _cell(
    placement: Placement,
    lessons_done: int,
    attempts: int,
    is_open: bool,
    extra_attempts: int,
    given: Decimal | None,
    maximum: Decimal | None,
    state: str | None,
    delivery: str | None,
) -> Cell:
    passed = given is not None and maximum is not None and placement.passes(given, maximum)
    if state == GradeState.IN_PROGRESS and not passed:
        given = maximum = None  # what lessons have earned so far is no result yet
    allowed = placement.attempts_allowed
    used_up = (
        not passed and not is_open and allowed is not None and attempts >= allowed + extra_attempts
    )
    return Cell(
        lessons_done, attempts, bool(is_open), given, maximum, passed, delivery or "", used_up
    )


def _why_look(
    last_visit: datetime | None,
    cells: Sequence[Cell],
    placements: Sequence[PlacementRow],
    now: datetime,
) -> str:
    """The one thing to know about a learner who may be stuck; "" for the others."""
    pairs = list(zip(cells, placements, strict=True))
    used_up = [row.short for cell, row in pairs if cell.is_used_up]
    if used_up:
        return f"No attempt left in {_modules(used_up)}"
    failed = [row.short for cell, row in pairs if cell.state == "failed"]
    if failed:
        return f"Not passed yet: {_modules(failed)}"
    if last_visit is None:
        return "Has not opened the course yet"
    if now - last_visit >= QUIET and not all(cell.passed for cell in cells):
        return f"Away for {(now - last_visit).days} days"
    return ""


def _modules(numbers: Sequence[str]) -> str:
    word = "module" if len(numbers) == 1 else "modules"
    return f"{word} {', '.join(numbers)}"
