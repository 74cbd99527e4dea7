"""What grades would become, before anything is saved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import select, tuple_

from lti_tool.courses.models import User
from lti_tool.db import db
from lti_tool.grades import policy
from lti_tool.grades.policy import MarkedAttempt, Outcome, Policy
from lti_tool.grades.recording import as_marked, policy_of
from lti_tool.quiz.models import Attempt, AttemptStatus

Score = tuple[Decimal, Decimal]
"""Points earned and to be had."""


@dataclass(frozen=True)
class Foreseen:
    """A learner's grade at a placement as it is and as it would be."""

    user: User
    placement_id: int
    before: Outcome
    after: Outcome

    @property
    def gains(self) -> bool:
        return self._share(self.after) > self._share(self.before)

    @property
    def loses(self) -> bool:
        return self._share(self.after) < self._share(self.before)

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
    policies = {placement_id: policy_of(placement_id) for placement_id, _ in keys}
    found = []
    for (placement_id, user_id), attempts in _attempts_of(keys).items():
        before = [_marked(each, {}) for each in attempts]
        after = [_marked(each, scores) for each in attempts]
        rule = policies[placement_id]
        found.append((placement_id, user_id, _pair(before, after, rule, rule)))
    return _named(found)


def foresee_policy(placement_id: int, new: Policy) -> list[Foreseen]:
    """The grades of the placement that would move under another policy."""
    old = policy_of(placement_id)
    users = db.session.scalars(
        select(Attempt.user_id).filter_by(placement_id=placement_id, is_preview=False).distinct()
    )
    found = []
    for (_, user_id), attempts in _attempts_of([(placement_id, each) for each in users]).items():
        marked = [_marked(each, {}) for each in attempts]
        found.append((placement_id, user_id, _pair(marked, marked, old, new)))
    return _named(found)


def _pair(
    before: Sequence[MarkedAttempt], after: Sequence[MarkedAttempt], old: Policy, new: Policy
) -> tuple[Outcome, Outcome] | None:
    was, will_be = policy.compute(before, old), policy.compute(after, new)
    if was is None or will_be is None:
        return None
    is_same = (was.score_given, was.score_maximum) == (will_be.score_given, will_be.score_maximum)
    return None if is_same else (was, will_be)


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


def _named(found: Sequence[tuple[int, int, tuple[Outcome, Outcome] | None]]) -> list[Foreseen]:
    moved = [(place, who, pair) for place, who, pair in found if pair is not None]
    ids = {user_id for _, user_id, _ in moved}
    users = {each.id: each for each in db.session.scalars(select(User).where(User.id.in_(ids)))}
    foreseen = [Foreseen(users[who], place, *pair) for place, who, pair in moved]
    return sorted(foreseen, key=lambda each: each.user.display_name.casefold())
