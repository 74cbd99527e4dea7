"""Grades from the event log: what they should be, and where what is stored differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from lti_tool.curriculum.models import Placement
from lti_tool.curriculum.settings import from_text, settings_of
from lti_tool.db import begin_long_reading, db
from lti_tool.events import EventRecord
from lti_tool.grades import policy
from lti_tool.grades.lessons_counted import lessons_counted
from lti_tool.grades.models import Grade, GradeState
from lti_tool.grades.policy import Decided, MarkedAttempt, Outcome, Policy
from lti_tool.grades.recording import MOVE_LESSONS, Whose, put_outcome, state_of
from lti_tool.lessons.models import LessonCompletion
from lti_tool.quiz.models import Attempt, AttemptStatus

OF_ATTEMPTS = ("AttemptSubmitted", "AttemptRemarked", "AttemptDeleted", "AttemptReopened")
OF_DECISIONS = ("GradeOverridden", "OverrideTakenBack")
OF_LESSONS = "LessonCompleted"
NAMES = (*OF_ATTEMPTS, *OF_DECISIONS, OF_LESSONS, "PlacementConfigured")
SETTINGS = ("grading_policy", *MOVE_LESSONS, "lesson_weight")
"""The settings by which work is counted."""
BATCH = 1000
Key = tuple[int, int]
"""Placement and learner."""


@dataclass
class Log:
    """What the events say: attempts and lessons by learner and placement, settings, decisions.

    `ended` has every attempt that was ever handed in, `attempts` those that count; `completed` the
    lessons that count, with their moments. `uncounted` are those of which only the store knows that
    they do not: events have not always said it.
    """

    attempts: dict[Key, dict[int, MarkedAttempt]] = field(default_factory=dict)
    ended: dict[Key, dict[int, MarkedAttempt]] = field(default_factory=dict)
    completed: dict[Key, dict[str, datetime]] = field(default_factory=dict)
    uncounted: set[tuple[int, int, str]] = field(default_factory=set)
    decided: dict[Key, Decided] = field(default_factory=dict)
    contexts: dict[int, int | None] = field(default_factory=dict)
    settings: dict[int, dict[str, str | None]] = field(default_factory=dict)
    placements: dict[int, Placement] = field(default_factory=dict)


@dataclass(frozen=True)
class Difference:
    """`text` says what the log and what the store says; `outcome` is the log's, None: no grade."""

    text: str
    whose: Whose
    outcome: Outcome | None = None
    is_of_grade: bool = True


def differences(placement_id: int | None = None) -> list[Difference]:
    """Every grade and every attempt's points that are not what the log makes of them."""
    log = _read(placement_id)
    return [*_of_attempts(log, placement_id), *_of_grades(log, placement_id)]


def put_right(found: Sequence[Difference]) -> None:
    """Let grades say what the log says; they go to the platforms as ever. In a unit of work."""
    for each in found:
        if each.is_of_grade:
            put_outcome(each.whose, each.outcome)


def _read(placement_id: int | None) -> Log:
    left_out = select(LessonCompletion).where(LessonCompletion.counts.is_(False))
    log = Log()
    for each in db.session.scalars(left_out):
        log.uncounted.add((each.placement_id, each.user_id, each.lesson_id))
    begin_long_reading()
    query = select(EventRecord).where(EventRecord.name.in_(NAMES)).order_by(EventRecord.id)
    for record in db.session.scalars(query.execution_options(yield_per=BATCH)):
        if placement_id in (None, record.data["placement_id"]):
            _apply(log, record)
    return log


def _apply(log: Log, record: EventRecord) -> None:
    data = record.data
    if record.name == "PlacementConfigured":
        changed = {name: pair[1] for name, pair in data["changes"].items() if name in SETTINGS}
        log.settings.setdefault(data["placement_id"], {}).update(changed)
        return
    if record.user_id is None or data.get("is_preview"):
        return
    log.contexts.setdefault(data["placement_id"], record.context_id)
    key = (data["placement_id"], record.user_id)
    if record.name in OF_ATTEMPTS:
        _apply_to_attempts(log, key, record)
    elif record.name == OF_LESSONS:
        if data.get("counts", (*key, data["lesson_id"]) not in log.uncounted):
            log.completed.setdefault(key, {})[data["lesson_id"]] = record.at
    elif record.name == "GradeOverridden":
        points = Decimal(data["score_given"]), Decimal(data["score_maximum"])
        log.decided[key] = Decided(*points)
    else:
        log.decided.pop(key, None)


def _apply_to_attempts(log: Log, key: Key, record: EventRecord) -> None:
    data, attempt_id = record.data, record.data["attempt_id"]
    attempts = log.attempts.setdefault(key, {})
    known = attempts.get(attempt_id)
    if record.name == "AttemptSubmitted":
        attempts[attempt_id] = _submitted(data, record.at)
    elif record.name == "AttemptRemarked" and known is not None:
        attempts[attempt_id] = replace(known, **_points(data))
    elif record.name in ("AttemptDeleted", "AttemptReopened"):
        attempts.pop(attempt_id, None)
    log.ended.setdefault(key, {}).update(attempts)


def _submitted(data: Mapping[str, Any], at: datetime) -> MarkedAttempt:
    def moment(name: str) -> datetime:
        text = data.get(name)
        return datetime.fromisoformat(text) if text else at

    return MarkedAttempt(
        attempt_id=data["attempt_id"],
        number=data["number"],
        started_at=moment("started_at"),
        submitted_at=moment("submitted_at"),
        **_points(data),
    )


def _points(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "score_given": Decimal(data["score_given"]),
        "score_maximum": Decimal(data["score_maximum"]),
        "awaits_marking": bool(data.get("awaits_marking")),
    }


def _of_grades(log: Log, placement_id: int | None) -> Iterator[Difference]:
    query = (
        select(Grade)
        if placement_id is None
        else select(Grade).filter_by(placement_id=placement_id)
    )
    stored = {(grade.placement_id, grade.user_id): grade for grade in db.session.scalars(query)}
    for key in sorted(log.attempts.keys() | log.completed.keys() | stored.keys()):
        outcome = _outcome(log, key)
        said, kept = _outcome_text(outcome), _grade_text(stored.get(key))
        if said != kept:
            whose = Whose(key[0], key[1], log.contexts.get(key[0]))
            text = f"placement {key[0]}, person {key[1]}: the log makes {said}, stored is {kept}"
            yield Difference(text, whose, outcome)


def _outcome(log: Log, key: Key) -> Outcome | None:
    placement = _placement(log, key[0])
    attempts = log.attempts.get(key, {}).values()
    quiz = policy.compute(attempts, Policy(placement.grading_policy))
    earned = policy.weigh(quiz, lessons_counted(placement, log.completed.get(key, {})))
    ended = log.ended.get(key, {}).values()
    last = max(ended, key=lambda attempt: attempt.number, default=None)
    return policy.decide(earned, log.decided.get(key), last)


def _placement(log: Log, placement_id: int) -> Placement:
    """As last configured; where the log is silent, as the placement is stored."""
    if placement_id not in log.placements:
        stored = db.session.get_one(Placement, placement_id)
        said = log.settings.get(placement_id, {})
        values = {name: from_text(name, text) for name, text in said.items()}
        log.placements[placement_id] = Placement(**(settings_of(stored) | values))
    return log.placements[placement_id]


def _outcome_text(outcome: Outcome | None) -> str:
    if outcome is None:
        return "no grade"
    attempt_id = outcome.attempt.attempt_id if outcome.attempt else None
    lessons = (outcome.lessons.done, outcome.lessons.counted) if outcome.lessons else (0, 0)
    source = _source(attempt_id, lessons, by_hand=outcome.by_hand)
    return _text(state_of(outcome), outcome.score_given, outcome.score_maximum, source)


def _grade_text(grade: Grade | None) -> str:
    if grade is None or grade.state == GradeState.WITHDRAWN:
        return "no grade"
    lessons = (grade.lessons_done, grade.lessons_counted)
    source = _source(grade.attempt_id, lessons, by_hand=grade.by_hand)
    return _text(grade.state, grade.score_given, grade.score_maximum, source)


def _source(attempt_id: int | None, lessons: tuple[int, int], *, by_hand: bool) -> str:
    if by_hand:
        return "by hand"
    parts = [f"attempt {attempt_id}"] if attempt_id else []
    parts += [f"{lessons[0]} of {lessons[1]} lessons"] if lessons[1] else []
    return "by " + " and ".join(parts)


def _text(state: str, given: Decimal, maximum: Decimal, source: str) -> str:
    waits = ", waiting to be marked" if state == GradeState.AWAITS_MARKING else ""
    return f"{_number(given)} of {_number(maximum)} {source}{waits}"


def _of_attempts(log: Log, placement_id: int | None) -> Iterator[Difference]:
    query = select(Attempt).where(
        Attempt.status == AttemptStatus.SUBMITTED, Attempt.is_preview.is_(False)
    )
    if placement_id is not None:
        query = query.where(Attempt.placement_id == placement_id)
    for attempt in db.session.scalars(query.order_by(Attempt.id)):
        key = (attempt.placement_id, attempt.user_id)
        known = log.attempts.get(key, {}).get(attempt.id)
        kept = f"{_number(attempt.score_given)} of {_number(attempt.score_maximum)}"
        said = (
            f"{_number(known.score_given)} of {_number(known.score_maximum)}" if known else "none"
        )
        if said != kept:
            text = (
                f"attempt {attempt.id} (placement {key[0]}): the log has {said}, stored is {kept}"
            )
            yield Difference(text, Whose(*key, log.contexts.get(key[0])), is_of_grade=False)


def _number(points: Decimal | None) -> str:
    return f"{(points or Decimal(0)).normalize():f}"
