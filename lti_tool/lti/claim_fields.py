"""How single values of a claim are read: what is not said, and what cannot be stored.

Texts lose what cannot be stored and are cut to a length that fits a page; identifiers that do not
fit are refused, for cutting would merge them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeGuard
from urllib.parse import urlsplit

from marshmallow import ValidationError, fields

UNSTORABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
"""Control characters, and halves of characters, which JSON can hold and no database takes."""
UNKNOWN_VARIABLE = re.compile(r"\$[A-Za-z]\w*(\.\w+)*")
"""A variable that the platform could not fill in comes as its name (LTI 1.3 core, appendix B)."""
LOCALE = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{2}))?(?![A-Za-z])")
IDENTIFIER_CHARACTERS = 255
TITLE_CHARACTERS = 300


class Text(fields.Field[str]):
    """Text to show: never fails; null, foreign types and unknown variables count as not said."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = UNSTORABLE.sub("", value).strip() if isinstance(value, str) else ""
        return "" if UNKNOWN_VARIABLE.fullmatch(text) else text[:TITLE_CHARACTERS]


class Locale(Text):
    """A language and perhaps a country, as "en" or "en-US", however a platform writes them."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        found = LOCALE.match(super()._deserialize(value, *args, **kwargs))
        if found is None:
            return ""
        language, country = found.groups(default="")
        return f"{language.lower()}-{country.upper()}".rstrip("-")


def is_identifier(value: object) -> TypeGuard[str]:
    """Whether it can be an opaque identifier: 1 to 255 characters that can be stored."""
    fits = isinstance(value, str) and 1 <= len(value) <= IDENTIFIER_CHARACTERS
    return fits and not UNSTORABLE.search(str(value))


class Identifier(fields.String):
    """An opaque identifier, kept exactly as sent."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, *args, **kwargs))
        if not is_identifier(text):
            raise ValidationError(f"Must have 1 to {IDENTIFIER_CHARACTERS} ordinary characters.")
        return text


class WebAddress(fields.Field[str]):
    """An http or https address; anything else counts as not said."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or UNSTORABLE.search(value) or len(value) > 2000:
            return ""
        try:
            parts = urlsplit(value)
        except ValueError:
            return ""
        return value if parts.scheme in ("http", "https") and parts.hostname else ""


class Texts(fields.Field[tuple[str, ...]]):
    """A list of texts in which members that are no text are passed over."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        members = value if isinstance(value, list) else []
        return tuple(member for member in members if isinstance(member, str))[:100]


class Identifiers(Texts):
    """A list of identifiers; what can be none is passed over."""

    def _deserialize(self, *args: Any, **kwargs: Any) -> Any:
        return tuple(each for each in super()._deserialize(*args, **kwargs) if is_identifier(each))


class Members(fields.Field[Mapping[str, Any]]):
    """A claim of a platform's own, as it is; anything but an object counts as not said."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return value if isinstance(value, dict) else {}


class Flag(fields.Field[bool | None]):
    """true or false, also as text, which some platforms send; anything else is not said."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool | None:
        return {"true": True, "false": False}.get(str(value).lower())
