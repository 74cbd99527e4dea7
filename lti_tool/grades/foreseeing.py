"""What grades would become, before anything is saved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import select, tuple_

from lti_tool.courses.models import User
from lti_tool.curriculum.models import Placement
from lti_tool.db import db
from lti_tool.grades import policy
from lti_tool.grades.lessons_counted import lessons_counted
from lti_tool.grades.models import GradeOverride
from lti_tool.grades.policy import Decided, MarkedAttempt, Outcome, Policy
from lti_tool.grades.recording import as_marked, learners_with_work
from lti_tool.lessons.completing import counting_lessons
from lti_tool.quiz.models import Attempt, AttemptStatus

Score = tuple[Decimal, Decimal]
"""Points earned and to be had."""
Key = tuple[int, int]
"""Placement and learner."""


@dataclass(frozen=True)
class Work:
    """What a learner has handed in, completed (lesson -> when), and had decided by hand."""

    attempts: Sequence[MarkedAttempt]
    completed: Mapping[str, datetime]
    by_hand: Decided | None


@dataclass(frozen=True)
class Foreseen:
    """A learner's grade at a placement as it is and as it would be, and whether it is a pass.

    None where there is no grade.
    """

    user: User
    placement_id: int
    before: Outcome | None
    after: Outcome | None
    passes: bool
    will_pass: bool

    @property
    def gains(self) -> bool:
        return (_share(self.after), self.will_pass) > (_share(self.before), self.passes)

    @property
    def loses(self) -> bool:
        return (_share(self.after), self.will_pass) < (_share(self.before), self.passes)

    @property
    def moves(self) -> bool:
        """Whether anything that anybody sees would change."""
        return self.changes_score or self.passes != self.will_pass

    @property
    def changes_score(self) -> bool:
        return _score(self.before) != _score(self.after)


def _score(outcome: Outcome | None) -> Score | None:
    return (outcome.score_given, outcome.score_maximum) if outcome else None


def _share(outcome: Outcome | None) -> Fraction:
    """No grade is less than one of zero."""
    return outcome.share if outcome else Fraction(-1)


def foresee_scores(scores: Mapping[int, Score]) -> list[Foreseen]:
    """The grades that would move if attempts had these scores, by attempt id; by learner's name."""
    pairs = db.session.execute(
        select(Attempt.placement_id, Attempt.user_id)
        .where(Attempt.id.in_(scores), Attempt.is_preview.is_(False))
        .distinct()
    )
    keys = [(placement_id, user_id) for placement_id, user_id in pairs]
    placements = {key[0]: db.session.get_one(Placement, key[0]) for key in keys}
    return _foreseen(keys, placements, placements, scores)


def foresee_settings(placement: Placement, wanted: Placement) -> list[Foreseen]:
    """The grades, and passes, that would move if the placement's settings were those of `wanted`.

    `wanted` is not stored (`configuring.wanted`); by learner's name.
    """
    tried = select(Attempt.user_id).filter_by(placement_id=placement.id, is_preview=False)
    users = {*db.session.scalars(tried.distinct()), *learners_with_work(placement)}
    if wanted.lesson_weight:
        users |= counting_lessons(placement.id).keys()
    keys = [(placement.id, user_id) for user_id in users]
    return _foreseen(keys, {placement.id: placement}, {placement.id: wanted}, {})


def _foreseen(
    keys: Sequence[Key],
    now: Mapping[int, Placement],
    then: Mapping[int, Placement],
    scores: Mapping[int, Score],
) -> list[Foreseen]:
    users = {
        each.id: each
        for each in db.session.scalars(select(User).where(User.id.in_({key[1] for key in keys})))
    }
    decided, attempts = _decided(now), _attempts_of(keys)
    completed = {
        place: counting_lessons(place)
        for place in now
        if now[place].lesson_weight or then[place].lesson_weight
    }
    found = []
    for key in keys:
        place, user_id = key
        before, after = ([_marked(each, by) for each in attempts[key]] for by in ({}, scores))
        work = Work(before, completed.get(place, {}).get(user_id, {}), decided.get(key))
        was, passes = _standing(work, now[place])
        would, will_pass = _standing(replace(work, attempts=after), then[place])
        found.append(Foreseen(users[user_id], place, was, would, passes, will_pass))
    moved = [each for each in found if each.moves]
    return sorted(moved, key=lambda each: each.user.display_name.casefold())


def _decided(placement_ids: Collection[int]) -> dict[Key, Decided]:
    """The points that people decided on at these placements: they stand, whatever is earned."""
    rows = db.session.scalars(
        select(GradeOverride).where(GradeOverride.placement_id.in_(placement_ids))
    )
    return {
        (row.placement_id, row.user_id): Decided(row.score_given, row.score_maximum) for row in rows
    }


def _standing(work: Work, placement: Placement) -> tuple[Outcome | None, bool]:
    """What counts under these settings, and whether it reaches the pass mark."""
    quiz = policy.compute(work.attempts, Policy(placement.grading_policy))
    earned = policy.weigh(quiz, lessons_counted(placement, work.completed))
    outcome = policy.decide(earned, work.by_hand, None)
    if outcome is None:
        return None, False
    return outcome, placement.passes(outcome.score_given, outcome.score_maximum)


def _attempts_of(keys: Sequence[Key]) -> Mapping[Key, list[Attempt]]:
    found: dict[Key, list[Attempt]] = defaultdict(list)
    rows = db.session.scalars(
        select(Attempt)
        .where(tuple_(Attempt.placement_id, Attempt.user_id).in_(keys))
        .where(Attempt.status == AttemptStatus.SUBMITTED, Attempt.is_preview.is_(False))
        .order_by(Attempt.number)
    )
    for attempt in rows:
        found[attempt.placement_id, attempt.user_id].append(attempt)
    return found


def _marked(attempt: Attempt, scores: Mapping[int, Score]) -> MarkedAttempt:
    marked = as_marked(attempt)
    given, maximum = scores.get(attempt.id, (marked.score_given, marked.score_maximum))
    return replace(marked, score_given=given, score_maximum=maximum)
