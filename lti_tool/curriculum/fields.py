"""Strict marshmallow fields: nothing is converted silently, and each fault says what to write."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, ClassVar

from marshmallow import RAISE, Schema, ValidationError, fields, post_load

from lti_tool.curriculum.typography import typeset

_Messages = dict[str, str | list[Any] | dict[Any, Any]]
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def messages(**messages: str) -> _Messages:
    return {"required": "is missing", "null": "is empty", **messages}


class Text(fields.Field[str]):
    """A text without surrounding white space; a required one is not empty."""

    default_error_messages = messages(text="must be a text: put it in quotes")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("text")
        text = value.strip()
        if self.required and not text:
            raise self.make_error("null")
        return text


class Written(Text):
    """A text that may be written as a whole number, such as the year 2025."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> str:
        whole = isinstance(value, int) and not isinstance(value, bool)
        return super()._deserialize(str(value) if whole else value, attr, data, **more)


class Prose(Text):
    """A text that people read: it comes out typeset, with curly quotes and apostrophes."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> str:
        return typeset(super()._deserialize(value, attr, data, **more))


class Cell(Written):
    """A text or whole number in a table that people read."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> str:
        return typeset(super()._deserialize(value, attr, data, **more))


class Choice(Text):
    """One of a few given words."""

    default_error_messages = messages(choice="must be one of {choices}")

    def __init__(self, *choices: str, **more: Any) -> None:
        super().__init__(**more)
        self._choices = choices

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str:
        if value not in self._choices:
            raise self.make_error("choice", choices=", ".join(self._choices))
        return str(value)


class Number(fields.Field[float]):
    """A finite number within limits that both count."""

    default_error_messages = messages(
        number="must be a number", limits="must be a number from {low:g} to {high:g}"
    )

    def __init__(self, low: float = -1e15, high: float = 1e15, **more: Any) -> None:
        super().__init__(**more)
        self._low, self._high = low, high

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> float:
        return float(self._checked(value, int | float))

    def _checked(self, value: Any, kinds: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, kinds) or not math.isfinite(value):
            raise self.make_error("number")
        if not self._low <= value <= self._high:
            raise self.make_error("limits", low=self._low, high=self._high)
        return value


class Whole(Number):
    """A whole number within limits that both count."""

    default_error_messages = messages(
        number="must be a whole number", limits="must be a whole number from {low:g} to {high:g}"
    )

    def __init__(self, low: int = 0, high: int = 10_000, **more: Any) -> None:
        super().__init__(low, high, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int:
        return int(self._checked(value, int))


class Flag(fields.Field[bool]):
    default_error_messages = messages(flag="must be true or false")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("flag")
        return value


class Day(fields.Field[date]):
    default_error_messages = messages(day="must be a date such as 2027-11-24")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> date:
        if not isinstance(value, str) or not _ISO_DATE.fullmatch(value):
            raise self.make_error("day")
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise self.make_error("day") from None


class Several(fields.Field[tuple[Any, ...]]):
    """A list of values of one kind, as a tuple."""

    default_error_messages = messages(list="must be a list")

    def __init__(self, inner: fields.Field[Any], **more: Any) -> None:
        super().__init__(**more)
        self._inner = inner

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise self.make_error("list")
        return tuple(_each(self._inner, dict(enumerate(value))).values())


class MapOf(fields.Field[dict[str, Any]]):
    """Names with values of one kind; the fault of a value stands under its name.

    `names` are the only names allowed; without them any will do.
    """

    default_error_messages = messages(map="must be names with values, such as {{p1: t1}}")

    def __init__(self, inner: fields.Field[Any], names: Collection[str] = (), **more: Any) -> None:
        super().__init__(**more)
        self._inner = inner
        self._names = names

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.make_error("map")
        unknown = [name for name in value if self._names and name not in self._names]
        if unknown:
            message = f"must be one of {', '.join(self._names)}"
            raise ValidationError({name: [message] for name in unknown})
        return _each(self._inner, value)


def _each(inner: fields.Field[Any], values: Mapping[Any, Any]) -> dict[Any, Any]:
    """Load each value; raise one ValidationError with the faults of all."""
    loaded, errors = {}, {}
    for key, value in values.items():
        try:
            loaded[key] = inner.deserialize(value)
        except ValidationError as error:
            errors[key] = error.messages
    if errors:
        raise ValidationError(errors)
    return loaded


_RECORD_MESSAGES = {
    "unknown": "unknown field",
    "type": "must hold fields, such as {id: a, text: ...}",
}


class Record(Schema):
    """A schema that refuses unknown fields and builds the class `builds` from the known ones."""

    class Meta:
        unknown = RAISE

    builds: ClassVar[type[Any]] = dict
    error_messages = _RECORD_MESSAGES

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Any:
        return self.builds(**self.arrange(data))

    def arrange(self, data: dict[str, Any]) -> dict[str, Any]:
        """Bring fields as written into the form that `builds` takes."""
        return data


class One(fields.Nested):
    """A record within a record."""

    default_error_messages = messages()

    def __init__(self, schema: type[Record], **more: Any) -> None:
        super().__init__(schema(), **more)


def records(schema: type[Record], **more: Any) -> Several:
    """A list of records."""
    return Several(One(schema, required=True), **more)
