"""What grades would become, before anything is saved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import select, tuple_

from lti_tool.courses.models import User
from lti_tool.curriculum.models import Placement
from lti_tool.db import db
from lti_tool.grades import policy
from lti_tool.grades.models import GradeOverride
from lti_tool.grades.policy import Decided, MarkedAttempt, Outcome, Policy
from lti_tool.grades.recording import as_marked
from lti_tool.quiz.models import Attempt, AttemptStatus

Score = tuple[Decimal, Decimal]
"""Points earned and to be had."""


@dataclass(frozen=True)
class Foreseen:
    """A learner's grade at a placement as it is and as it would be, and whether it is a pass."""

    user: User
    placement_id: int
    before: Outcome
    after: Outcome
    passes: bool
    will_pass: bool

    @property
    def gains(self) -> bool:
        return (self._share(self.after), self.will_pass) > (self._share(self.before), self.passes)

    @property
    def loses(self) -> bool:
        return (self._share(self.after), self.will_pass) < (self._share(self.before), self.passes)

    @property
    def moves(self) -> bool:
        """Whether anything that anybody sees would change."""
        return self._said(self.before, self.passes) != self._said(self.after, self.will_pass)

    @property
    def changes_score(self) -> bool:
        return self._said(self.before, True) != self._said(self.after, True)

    @staticmethod
    def _said(outcome: Outcome, passes: bool) -> tuple[Decimal, Decimal, bool]:
        return outcome.score_given, outcome.score_maximum, passes

    @staticmethod
    def _share(outcome: Outcome) -> Fraction:
        if not outcome.score_maximum:
            return Fraction(0)
        return Fraction(outcome.score_given) / Fraction(outcome.score_maximum)


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
    users = db.session.scalars(
        select(Attempt.user_id).filter_by(placement_id=placement.id, is_preview=False).distinct()
    )
    keys = [(placement.id, user_id) for user_id in users]
    return _foreseen(keys, {placement.id: placement}, {placement.id: wanted}, {})


def _foreseen(
    keys: Sequence[tuple[int, int]],
    now: Mapping[int, Placement],
    then: Mapping[int, Placement],
    scores: Mapping[int, Score],
) -> list[Foreseen]:
    users = {
        each.id: each
        for each in db.session.scalars(select(User).where(User.id.in_({key[1] for key in keys})))
    }
    decided = _decided(now)
    found = []
    for (placement_id, user_id), attempts in _attempts_of(keys).items():
        by_hand = decided.get((placement_id, user_id))
        before, after = ([_marked(each, by) for each in attempts] for by in ({}, scores))
        was, passes = _standing(before, by_hand, now[placement_id])
        would, will_pass = _standing(after, by_hand, then[placement_id])
        found.append(Foreseen(users[user_id], placement_id, was, would, passes, will_pass))
    moved = [each for each in found if each.moves]
    return sorted(moved, key=lambda each: each.user.display_name.casefold())


def _decided(placement_ids: Collection[int]) -> dict[tuple[int, int], Decided]:
    """The points that people decided on at these placements: they stand, whatever is earned."""
    rows = db.session.scalars(
        select(GradeOverride).where(GradeOverride.placement_id.in_(placement_ids))
    )
    return {
        (row.placement_id, row.user_id): Decided(row.score_given, row.score_maximum) for row in rows
    }


def _standing(
    attempts: Sequence[MarkedAttempt], by_hand: Decided | None, placement: Placement
) -> tuple[Outcome, bool]:
    """What counts of at least one attempt, and whether it reaches the pass mark."""
    earned = policy.compute(attempts, Policy(placement.grading_policy))
    outcome = policy.decide(earned, by_hand, None)
    if outcome is None:
        raise ValueError("nothing counts of no attempts")
    return outcome, placement.passes(outcome.score_given, outcome.score_maximum)


def _attempts_of(keys: Sequence[tuple[int, int]]) -> Mapping[tuple[int, int], list[Attempt]]:
    found: dict[tuple[int, int], list[Attempt]] = defaultdict(list)
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
