"""Which columns of a placement are its settings, whatever they are: all but who and where it is.

A setting that is added to the table is copied, shifted and reset with the others by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from lti_tool.curriculum.documents import Module
from lti_tool.curriculum.models import Placement
from lti_tool.db import UTCDateTime

IDENTITY = ("id", "public_id", "context_id", "resource_link_id", "changed_at")
CONTENT = ("version_id", "module_id")
COLUMNS = {
    column.key: column for column in Placement.__table__.columns if column.key not in IDENTITY
}
DATES = tuple(name for name, column in COLUMNS.items() if isinstance(column.type, UTCDateTime))


def settings_of(placement: Placement) -> dict[str, Any]:
    """The module and every setting, by column."""
    return {name: getattr(placement, name) for name in COLUMNS}


def dates_of(placement: Placement) -> dict[str, datetime]:
    """The dates that are set."""
    dates = {name: getattr(placement, name) for name in DATES}
    return {name: at for name, at in dates.items() if at is not None}


def suggested_settings(module: Module) -> dict[str, Any]:
    """What the curriculum suggests for a module; every other setting as it is by itself."""
    own = {name: _default(name) for name in COLUMNS if name not in CONTENT}
    return own | {
        "attempts_allowed": module.quiz.attempts,
        "pass_mark": Decimal(str(module.quiz.pass_mark)),
        "cooling_off_hours": module.quiz.cooling_off_hours,
        "corrective_path": module.quiz.corrective_path,
        "time_limit_minutes": module.quiz.time_limit_minutes,
    }


def _default(name: str) -> Any:
    default = COLUMNS[name].default
    return default.arg if default is not None and default.is_scalar else None


def as_text(settings: Mapping[str, Any]) -> dict[str, str | None]:
    """Settings as the log of events keeps them."""
    return {name: _text(value) for name, value in settings.items()}


def _text(value: Any) -> str | None:
    """Equal numbers are equal texts, however many places the database keeps."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return None if value is None else str(value)


def from_text(name: str, text: str | None) -> Any:
    """The value of a setting that `as_text` wrote."""
    if text is None:
        return None
    column = COLUMNS[name]
    if isinstance(column.type, UTCDateTime):
        return datetime.fromisoformat(text)
    kind = column.type.python_type
    return text == str(True) if kind is bool else kind(text)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[str | None]]:
    """Old and new text of each setting that differs."""
    old, new = as_text(before), as_text(after)
    return {name: [old[name], new[name]] for name in new if old[name] != new[name]}


def as_new(placement: Placement) -> dict[str, list[str | None]]:
    """The changes of a placement that was not there before."""
    return {name: [None, text] for name, text in as_text(settings_of(placement)).items() if text}
