"""The forms with which an instructor sets right what went wrong for one learner."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load, validate

from lti_tool.curriculum.forms import Blank
from lti_tool.quiz.more_attempts import MOST

REASON_LENGTH, COMMENT_LENGTH = 500, 2000
NOT_POINTS = "Give points as a number, such as 8 or 7.5."


def _prose(longest: int, **more: Any) -> fields.String:
    return fields.String(
        validate=validate.Length(max=longest, error=f"Give at most {longest} characters."), **more
    )


class ReasonForm(Schema):
    """Every decision says why, for whoever asks later."""

    class Meta:
        unknown = EXCLUDE

    reason = fields.String(
        required=True,
        validate=[
            validate.Regexp(r"(?s)\s*\S", error="Say why, for whoever asks later."),
            validate.Length(max=REASON_LENGTH, error=f"Give at most {REASON_LENGTH} characters."),
        ],
        error_messages={"required": "Say why, for whoever asks later."},
    )

    @post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> Decision:
        reason = data.pop("reason").replace("\0", "").strip()
        return Decision(reason=reason, **data)


class OverrideForm(ReasonForm):
    points = fields.Decimal(
        required=True,
        places=4,
        validate=validate.Range(min=0, error=NOT_POINTS),
        error_messages=dict.fromkeys(("required", "invalid", "special"), NOT_POINTS),
    )


class AttemptsForm(ReasonForm):
    extra = Blank(0, MOST, empty=0, required=True, error_messages={"required": "Give a number."})


class CommentForm(Schema):
    class Meta:
        unknown = EXCLUDE

    comment = _prose(COMMENT_LENGTH, required=True, error_messages={"required": "Write it."})

    @post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> str:
        return str(data["comment"]).replace("\0", "").strip()


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a form decides, and why; fields that the form does not have stay as they are here."""

    reason: str
    points: Decimal = Decimal(0)
    extra: int = 0
