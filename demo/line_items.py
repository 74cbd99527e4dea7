"""Line items: the gradebook's columns (AGS 2.0, 3.2 Line item service)."""

import math
import sqlite3
from dataclasses import dataclass
from typing import Any

from demo.people import LINKS
from demo.storage import Storage

DEFAULT_MAXIMUM = 100


class BadLineItem(ValueError):
    """A line item sent by the tool breaks a rule; the text says which."""


@dataclass(frozen=True)
class LineItem:
    """One column; `resource_link_id` is None when it belongs to no link."""

    id: int
    label: str
    score_maximum: float
    resource_id: str | None = None
    tag: str | None = None
    resource_link_id: str | None = None


def seed_line_items(storage: Storage) -> None:
    """Give each link of the course its own column, on a new database only."""
    if storage.setting("line_items_seeded"):
        return
    for link in LINKS.values():
        fields = {"label": link.title, "scoreMaximum": DEFAULT_MAXIMUM, "resourceLinkId": link.id}
        add_line_item(storage, fields)
    storage.keep_setting("line_items_seeded", "yes")


def line_items(storage: Storage) -> list[LineItem]:
    return [_line_item(row) for row in storage.all("SELECT * FROM line_item ORDER BY id")]


def find_line_item(storage: Storage, line_item_id: int) -> LineItem | None:
    rows = storage.all("SELECT * FROM line_item WHERE id = ?", [line_item_id])
    return _line_item(rows[0]) if rows else None


def line_item_of(storage: Storage, link_id: str) -> LineItem | None:
    """The link's column, if it has exactly one: with more, none is *the* line item."""
    rows = storage.all("SELECT * FROM line_item WHERE resource_link_id = ?", [link_id])
    return _line_item(rows[0]) if len(rows) == 1 else None


def add_line_item(storage: Storage, fields: dict[str, Any]) -> LineItem:
    """Add a column from the service's JSON. Raises BadLineItem."""
    values = _checked(fields)
    with storage.transaction() as connection:
        cursor = connection.execute(
            "INSERT INTO line_item (label, score_maximum, resource_id, tag, resource_link_id)"
            " VALUES (?, ?, ?, ?, ?)",
            values,
        )
    return LineItem(int(cursor.lastrowid or 0), *values)


def replace_line_item(storage: Storage, line_item_id: int, fields: dict[str, Any]) -> LineItem:
    """Set all fields of a column: what is left out is emptied. Raises BadLineItem."""
    values = _checked(fields)
    with storage.transaction() as connection:
        connection.execute(
            "UPDATE line_item SET label = ?, score_maximum = ?, resource_id = ?, tag = ?,"
            " resource_link_id = ? WHERE id = ?",
            [*values, line_item_id],
        )
    return LineItem(line_item_id, *values)


def delete_line_item(storage: Storage, line_item_id: int) -> None:
    """Remove a column and all that was ever posted to it."""
    with storage.transaction() as connection:
        connection.execute("DELETE FROM line_item WHERE id = ?", [line_item_id])


def plain_number(value: float) -> int | float:
    """100.0 as 100, for people and for JSON."""
    return int(value) if float(value).is_integer() else value


def _checked(fields: dict[str, Any]) -> tuple[str, float, str | None, str | None, str | None]:
    label, maximum = fields.get("label"), fields.get("scoreMaximum")
    if not isinstance(label, str) or not label.strip():
        raise BadLineItem("label must be a text that is not empty")
    if isinstance(maximum, bool) or not isinstance(maximum, int | float):
        raise BadLineItem("scoreMaximum must be a number")
    if not math.isfinite(maximum) or maximum <= 0:
        raise BadLineItem("scoreMaximum must be above 0")
    link_id = _text(fields, "resourceLinkId")
    if link_id is not None and link_id not in LINKS:
        raise BadLineItem("resourceLinkId names no link of this course")
    return label, float(maximum), _text(fields, "resourceId"), _text(fields, "tag"), link_id


def _text(fields: dict[str, Any], name: str) -> str | None:
    value = fields.get(name)
    if value is not None and not isinstance(value, str):
        raise BadLineItem(f"{name} must be a text")
    return value


def _line_item(row: sqlite3.Row) -> LineItem:
    return LineItem(**dict(row))
