"""A receipt's code: names an attempt, short enough to type, and nobody can make one up.

Digits and letters that cannot be mistaken for each other: the attempt's number in their count,
then a signature. Whoever holds the code may see how far the attempt has come, and no name.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flask import current_app

from lti_tool.curriculum import catalogue
from lti_tool.curriculum.models import Placement
from lti_tool.curriculum.shown import Shown
from lti_tool.db import db
from lti_tool.errors import ALPHABET, NotFound
from lti_tool.grades.models import Delivery, Grade, Standing
from lti_tool.grades.policy import Policy
from lti_tool.grades.recording import find_grade
from lti_tool.quiz.models import Attempt, AttemptStatus
from lti_tool.quiz.reviewing import shown_of

NUMBER_LETTERS = 4
SIGNATURE_LETTERS = 10
GROUP = 4
LARGEST = 2**31 - 1


def code_of(attempt_id: int) -> str:
    """The code of an attempt's receipt, such as 3222-7K3F-92QD-HM."""
    text = _letters(attempt_id).rjust(NUMBER_LETTERS, ALPHABET[0]) + _signature(attempt_id)
    return "-".join(text[start : start + GROUP] for start in range(0, len(text), GROUP))


def attempt_id_of(code: str) -> int:
    """The attempt that a code names, however it was typed; raises `NotFound`."""
    text = "".join(letter for letter in code.upper() if letter.isalnum())
    number, signature = text[:-SIGNATURE_LETTERS], text[-SIGNATURE_LETTERS:]
    if number and set(text) <= set(ALPHABET) and len(number) <= 2 * NUMBER_LETTERS:
        attempt_id = _number(number)
        wanted = _signature(attempt_id) if attempt_id <= LARGEST else ""
        if hmac.compare_digest(signature, wanted):
            return attempt_id
    raise NotFound(
        "There is no receipt with this code",
        "Look whether each letter and digit is as on the receipt, then try again.",
    )


def _letters(number: int) -> str:
    text = ""
    while number:
        number, place = divmod(number, len(ALPHABET))
        text = ALPHABET[place] + text
    return text


def _number(text: str) -> int:
    number = 0
    for letter in text:
        number = number * len(ALPHABET) + ALPHABET.index(letter)
    return number


def _signature(attempt_id: int) -> str:
    secret = str(current_app.config["LTI_TOOL"].secret_key).encode()
    digest = hmac.new(secret, f"receipt:{attempt_id}".encode(), hashlib.sha256).digest()
    letters = _letters(int.from_bytes(digest))
    return letters[-SIGNATURE_LETTERS:]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that happened to the work; `done` is False for what is still to come."""

    what: str
    at: datetime | None = None
    detail: str = ""

    @property
    def done(self) -> bool:
        return self.at is not None


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What a receipt says, without saying whose it is."""

    code: str
    module: str
    attempt_number: int
    is_preview: bool
    is_deleted: bool
    steps: tuple[Step, ...]
    counts: str


def proof_of(code: str) -> Proof:
    """What the receipt of that code says now; raises `NotFound`."""
    attempt = db.session.get(Attempt, attempt_id_of(code))
    if attempt is not None and attempt.reopened_at is not None and attempt.is_open:
        raise NotFound(
            "This receipt's attempt is open again", "Once it is handed in, the receipt holds again."
        )
    if attempt is None or attempt.submitted_at is None:
        raise NotFound("This receipt's attempt is no longer kept", "Ask the school for its record.")
    placement = db.session.get_one(Placement, attempt.placement_id)
    grade = find_grade(attempt.placement_id, attempt.user_id)
    shown = shown_of(placement, [attempt])[attempt.id].includes(Shown.SCORE)
    return Proof(
        code=code_of(attempt.id),
        module=catalogue.module_of(placement).title,
        attempt_number=attempt.number,
        is_preview=attempt.is_preview,
        is_deleted=attempt.status == AttemptStatus.DELETED,
        steps=_steps(attempt, grade, shows_points=shown),
        counts=_counts(attempt, grade, Policy(placement.grading_policy)),
    )


def _steps(attempt: Attempt, grade: Grade | None, *, shows_points: bool) -> tuple[Step, ...]:
    """Points stay away as long as the learner's own pages do not show them."""
    points = _points(attempt.score_given, attempt.score_maximum) if shows_points else ""
    waits = "Some answers are still to be marked by a person." if attempt.awaits_marking else ""
    steps = (
        Step(what="Handed in", at=attempt.submitted_at),
        Step(what="Marked", at=None if waits else attempt.submitted_at, detail=waits or points),
    )
    if grade is None or attempt.is_preview:
        return steps
    return steps + _on_the_way(grade.delivery, shows_points=shows_points)


def _on_the_way(delivery: Delivery, *, shows_points: bool) -> tuple[Step, ...]:
    is_accepted = delivery.accepted_at is not None
    points = _points(delivery.accepted_given, delivery.accepted_maximum) if shows_points else ""
    answer = f"it answered {delivery.accepted_status}" if delivery.accepted_status else ""
    steps = (
        Step(what="Sent to the learning platform", at=delivery.tried_at),
        Step(
            what="Accepted by the learning platform",
            at=delivery.accepted_at,
            detail="; ".join(part for part in (points, answer) if part and is_accepted),
        ),
    )
    read = Step(what="Seen in the platform's gradebook", at=delivery.read_at)
    return (*steps, read) if delivery.standing == Standing.IN_STEP else steps


def _counts(attempt: Attempt, grade: Grade | None, policy: Policy) -> str:
    """Which score went to the platform, where it is not simply this attempt's."""
    if grade is None or attempt.is_preview:
        return ""
    if grade.by_hand:
        return "Somebody who teaches the course has set the score that was sent."
    if grade.attempt_id is None:
        return "Lessons alone make the score here; no attempt counts."
    beside = " Completed lessons count beside it." if grade.lessons_counted else ""
    if policy == Policy.AVERAGE:
        return f"The average of all attempts counts; it is what was sent.{beside}"
    if grade.attempt_id == attempt.id:
        return f"This attempt counts.{beside}"
    return f"Another attempt of the same learner counts, for the {policy} one does."


def _points(given: Decimal | None, maximum: Decimal | None) -> str:
    if given is None or maximum is None:
        return ""
    return f"{given.normalize():f} of {maximum.normalize():f} points"
