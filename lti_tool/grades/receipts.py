"""What a learner or instructor reads about a grade's way to the gradebook, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lti_tool.grades.models import Delivery, DeliveryState, Grade

SETTLED = (DeliveryState.ACCEPTED, DeliveryState.BLOCKED, DeliveryState.NOT_SENT)


@dataclass(frozen=True)
class Receipt:
    """`state` names the look, `short` fits a table cell, `text` is a sentence; `at` its moment."""

    state: str
    short: str
    text: str
    at: datetime | None = None

    @property
    def settled(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.state in SETTLED


PREVIEW = Receipt(
    DeliveryState.NOT_SENT,
    "Not sent",
    "This is a preview: nothing that you do here goes to the gradebook.",
)


def receipt(grade: Grade) -> Receipt:
    """Where the grade stands on its way."""
    delivery = grade.delivery
    if delivery.state == DeliveryState.ACCEPTED:
        return Receipt(
            delivery.state,
            "In the gradebook",
            "Your score is in the gradebook: your platform accepted it",
            delivery.accepted_at,
        )
    return _on_the_way(delivery)


def _on_the_way(delivery: Delivery) -> Receipt:
    if delivery.state == DeliveryState.RETRYING:
        text = (
            "Your score is saved here. Your platform did not take it yet; "
            "it is sent again by itself until it arrives."
        )
        return Receipt(delivery.state, "Being sent again", text)
    if delivery.state == DeliveryState.BLOCKED:
        text = (
            "Your score is saved here, but it cannot reach the gradebook until your instructor "
            "or administrator has changed something. They can see what; nothing is lost."
        )
        return Receipt(delivery.state, "Needs attention", text)
    return Receipt(
        delivery.state, "On its way", "Your score is saved and on its way to the gradebook."
    )
