"""What a learner or instructor reads about a grade's way to the gradebook, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lti_tool.grades.models import ANOTHER_GRADE, Delivery, DeliveryState, Grade, GradeState

SETTLED = (DeliveryState.ACCEPTED, DeliveryState.BLOCKED, DeliveryState.NOT_SENT)


@dataclass(frozen=True)
class Receipt:
    """`state` names the look, `short` fits a table cell, `text` is a sentence; `at` its moment.

    `send_again`: whether that may help.
    """

    state: str
    short: str
    text: str
    at: datetime | None = None
    send_again: bool = False

    @property
    def settled(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.state in SETTLED


PREVIEW = Receipt(
    DeliveryState.NOT_SENT,
    "Not sent",
    "This is a preview: nothing that you do here goes to the gradebook.",
)
AWAITS_MARKING = Receipt(
    DeliveryState.NOT_SENT,
    "Waits to be marked",
    "Your work is handed in. Some answers are marked by a person; "
    "the score goes to the gradebook when that is done.",
)
ON_ITS_WAY = Receipt(
    DeliveryState.WAITING, "On its way", "Your score is saved and on its way to the gradebook."
)
BEING_SENT_AGAIN = Receipt(
    DeliveryState.RETRYING,
    "Being sent again",
    "Your score is saved here. Your platform did not take it yet; "
    "it is sent again by itself until it arrives.",
    send_again=True,
)
NEEDS_ATTENTION = Receipt(
    DeliveryState.BLOCKED,
    "Needs attention",
    "Your score is saved here, but it cannot reach the gradebook until your instructor "
    "or administrator has changed something. They can see what; nothing is lost.",
    send_again=True,
)
HELD_BACK = Receipt(
    DeliveryState.BLOCKED,
    "Held back",
    "Your new score is saved here. The gradebook holds a grade that somebody who teaches the "
    "course has entered; they decide which of the two stands.",
)
NOT_SHOWN = Receipt(
    DeliveryState.BLOCKED,
    "Not shown",
    "Your platform accepted your score, but its gradebook does not show it.",
    send_again=True,
)
BLOCKED_BY = {"overridden": HELD_BACK, "not_shown": NOT_SHOWN}


def receipt(grade: Grade) -> Receipt:
    """Where the grade stands on its way."""
    if grade.state == GradeState.AWAITS_MARKING:
        return AWAITS_MARKING
    delivery = grade.delivery
    if delivery.state == DeliveryState.ACCEPTED:
        return _arrived(delivery)
    if delivery.state == DeliveryState.RETRYING:
        return BEING_SENT_AGAIN
    if delivery.state == DeliveryState.BLOCKED:
        return BLOCKED_BY.get(delivery.cause, NEEDS_ATTENTION)
    return ON_ITS_WAY


def _arrived(delivery: Delivery) -> Receipt:
    if delivery.standing in ANOTHER_GRADE:
        return Receipt(
            DeliveryState.ACCEPTED,
            "Another grade",
            "Your platform accepted your score, and its gradebook shows another grade. Whoever "
            "teaches the course can tell you why. Your score was accepted",
            delivery.accepted_at,
        )
    return Receipt(
        DeliveryState.ACCEPTED,
        "In the gradebook",
        "Your score is in the gradebook: your platform accepted it",
        delivery.accepted_at,
    )
