"""The instructor's answer about a copied activity, as the browser sends it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

from lti_tool.curriculum.copying import Decision, Way, shift_between
from lti_tool.curriculum.forms import LocalMoment, in_zone, known_zone

WAYS = (Way.SHIFT, Way.UNDATED, Way.AFRESH)


@dataclass(frozen=True, kw_only=True)
class CopyAnswer:
    """`first_at` is where the first date shall fall, typed in `zone`."""

    way: Way
    first_at: datetime | None
    zone: str
    for_course: bool

    def decision(self, first: datetime | None) -> Decision:
        """What it means where the first date is `first`; without any date nothing is moved."""
        shift = timedelta(0)
        if self.way == Way.SHIFT and first is not None and self.first_at is not None:
            shift = shift_between(first, self.first_at, self.zone)
        return Decision(way=self.way, shift=shift, zone=self.zone)


class CopyForm(Schema):
    class Meta:
        unknown = EXCLUDE

    way = fields.Enum(
        Way,
        by_value=True,
        required=True,
        validate=validate.OneOf(WAYS, error="Choose one of the answers."),
        error_messages={"required": "Choose one of the answers.", "unknown": "Choose one of them."},
    )
    first_at = LocalMoment(load_default=None)
    timezone = fields.String(load_default="UTC")
    for_course = fields.Boolean(load_default=False)

    @post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> CopyAnswer:
        zone = known_zone(data.pop("timezone"))
        if data["way"] == Way.SHIFT and data["first_at"] is None:
            raise ValidationError("Give the day on which the dates begin.", "first_at")
        data["first_at"] = in_zone(data["first_at"], zone)
        return CopyAnswer(zone=zone, **data)
