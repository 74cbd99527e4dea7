"""The form on which an instructor repairs a question."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load, validate

from lti_tool.curriculum.items import Item
from lti_tool.quiz.judging import Repair, RepairKind
from lti_tool.quiz.repairing import WITH_ANSWER, Proposal
from lti_tool.quiz.responses import Form, read_response

LONGEST = 500


def _prose(**more: Any) -> fields.String:
    text = f"Give at most {LONGEST} characters."
    return fields.String(validate=validate.Length(max=LONGEST, error=text), **more)


class RepairForm(Schema):
    class Meta:
        unknown = EXCLUDE

    kind = fields.Enum(
        RepairKind,
        by_value=True,
        required=True,
        error_messages={"required": "Choose what to do.", "unknown": "Choose what to do."},
    )
    never_lower = fields.Boolean(load_default=False)
    reason = _prose(load_default="")
    note = _prose(load_default="")

    @post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        return data | {name: data[name].strip() for name in ("reason", "note")}


def as_proposal(item: Item, values: dict[str, Any], form: Form) -> Proposal:
    """What the form proposes; the answer is read as a learner's would be."""
    kind = values.pop("kind")
    response = read_response(item, form) if kind in WITH_ANSWER else {}
    return Proposal(item_id=item.id, repair=Repair(kind, response), **values)
