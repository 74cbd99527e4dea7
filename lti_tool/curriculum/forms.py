"""The settings form of a placement, as the browser sends it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate
from werkzeug.datastructures import MultiDict

from lti_tool.curriculum.configuring import CORE, PlacementSettings
from lti_tool.curriculum.documents import Curriculum
from lti_tool.curriculum.shown import Shown
from lti_tool.errors import Invalid

GRADING_POLICIES = ("best", "last", "first", "average")
DATES = ("opens_at", "due_at", "closes_at")


class Blank(fields.Field[Any]):
    """A whole number from `low` to `high`; nothing typed means `empty`."""

    def __init__(self, low: int, high: int, empty: int | None = None, **more: Any) -> None:
        super().__init__(**more)
        self._low, self._high, self._empty = low, high, empty

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int | None:
        text = str(value).strip()
        if not text:
            return self._empty
        number = int(text) if re.fullmatch("[0-9]{1,4}", text) else -1
        if not self._low <= number <= self._high:
            wanted = f"Give a whole number from {self._low} to {self._high}"
            raise ValidationError(f"{wanted}, or leave it empty.")
        return number


class LocalMoment(fields.Field[Any]):
    """What `<input type="datetime-local">` sends: a moment without its zone; empty means None."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = str(value).strip()
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise ValidationError("Give a date and a time.") from None
        if moment.tzinfo is not None or not 2000 <= moment.year <= 2200:
            raise ValidationError("Give a date and a time between the years 2000 and 2200.")
        return moment


class Ticked(fields.Field[bool]):
    """A check box, "yes" or "no": a hidden field of the same name says "no" for an empty one."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        return str(value) == "yes"


class OneOf(fields.Field[str]):
    """An entry of a select."""

    def __init__(self, *values: str, **more: Any) -> None:
        super().__init__(**more)
        self._values = values

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if value not in self._values:
            raise ValidationError("Choose one of the entries in the list.")
        return str(value)


class PlacementForm(Schema):
    """Moments are in the zone that the page names in `timezone` (UTC without scripts).

    The fields after the dates need not be there: what is missing stays as it is.
    """

    class Meta:
        unknown = EXCLUDE

    module_id = fields.String(
        required=True,
        validate=validate.Length(1, 64),
        error_messages={"required": "Choose a module."},
    )
    attempts_allowed = Blank(1, 20, load_default=None)
    pass_percent = fields.Integer(
        required=True,
        validate=validate.Range(0, 100, error="Give a percentage from 0 to 100."),
        error_messages={"invalid": "Give a percentage from 0 to 100.", "required": "Give it."},
    )
    timezone = fields.String(load_default="UTC")
    opens_at = LocalMoment(load_default=None)
    due_at = LocalMoment(load_default=None)
    closes_at = LocalMoment(load_default=None)
    grading_policy = OneOf(*GRADING_POLICIES)
    lesson_weight = Blank(0, 100, empty=0)
    cooling_off_hours = Blank(0, 2160, empty=0)
    corrective_path = Ticked()
    practice = Ticked()
    time_limit_minutes = Blank(1, 600)
    may_extend = Ticked()
    accepts_late = Ticked()
    shuffle = Ticked()
    feedback_during = OneOf(Shown.NOTHING, Shown.MARKS, Shown.EVERYTHING)
    feedback_after = OneOf(*Shown)
    feedback_later = OneOf(*Shown)
    feedback_closed = OneOf(*Shown)

    @post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> PlacementSettings:
        zone = data.pop("timezone")
        for name in DATES:
            data[name] = in_zone(data[name], zone)
        pass_mark = Decimal(data.pop("pass_percent")) / 100
        core = {name: data.pop(name) for name in ("module_id", *CORE) if name in data}
        return PlacementSettings(pass_mark=pass_mark, **core, more=data)


def with_lessons(
    settings: PlacementSettings, form: MultiDict[str, str], curriculum: Curriculum
) -> PlacementSettings:
    """The settings with the lessons that are not ticked left out.

    `lessons_of` names the module whose lessons the page offered: another module has them all.
    Raises `Invalid` when none is ticked.
    """
    module = curriculum.module_by_id.get(form.get("lessons_of", ""))
    if module is None or module.id != settings.module_id or not module.lessons:
        return settings
    ticked = form.getlist("lesson")
    left_out = [lesson.id for lesson in module.lessons if lesson.id not in ticked]
    if len(left_out) == len(module.lessons):
        raise Invalid(fields={"lesson": ["Keep at least one lesson."]})
    more = {**settings.more, "lessons_left_out": " ".join(left_out)}
    return replace(settings, more=more)


def in_zone(moment: datetime | None, zone: str) -> datetime | None:
    """A moment that was typed in a zone, as an aware one; an unknown zone counts as UTC."""
    return moment and moment.replace(tzinfo=ZoneInfo(known_zone(zone))).astimezone(UTC)


def known_zone(name: str) -> str:
    """The name of a zone as it is, "UTC" for any other text."""
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, KeyError):
        return "UTC"
