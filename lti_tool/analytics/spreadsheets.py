"""Writing tables as CSV and XLSX, row by row: memory stays the same, however many rows there are.

Nothing in a cell can become a formula: a text from a learner may begin with "=".
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import IO

from lti_tool.analytics.data_dictionary import TABLES, Table
from lti_tool.analytics.xlsx import TooManyRows, Value, Workbook
from lti_tool.errors import Conflict

Row = Iterable[Value]

FORMULA_STARTS = frozenset("=+-@\t\r\n")
"""OWASP, "CSV Injection": what makes a spreadsheet read a text as a formula."""
WIDTHS = {"text": 24, "moment": 19}
DICTIONARY_HEADS = [("sheet", 12), ("column", 24), ("kind", 12), ("meaning", 80)]


def write_csv(target: IO[bytes], table: Table, rows: Iterable[Row]) -> None:
    """UTF-8 with a line of column names; RFC 4180."""
    text = io.TextIOWrapper(target, encoding="utf-8", newline="")
    writer = csv.writer(text)
    writer.writerow([column.name for column in table.columns])
    writer.writerows([_csv_value(value) for value in row] for row in rows)
    text.detach()


def _csv_value(value: Value) -> str | int | float | None:
    if isinstance(value, str):
        return f"'{value}" if value[:1] in FORMULA_STARTS else value
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return int(value) if isinstance(value, bool) else value


def write_xlsx(
    target: IO[bytes], sheets: Iterable[tuple[Table, Iterable[Row]]], note: str = ""
) -> None:
    """A sheet for each table after one that explains them, with a note to all of them, if any.

    Raises `Conflict` for too many rows.
    """
    book = Workbook(target)
    book.add_sheet("dictionary", DICTIONARY_HEADS, _dictionary_rows(note))
    try:
        for table, rows in sheets:
            heads = [(column.name, WIDTHS.get(column.kind, 12)) for column in table.columns]
            book.add_sheet(table.name, heads, rows)
    except TooManyRows:
        raise Conflict(
            "This course is too large for a spreadsheet",
            "Take the CSV files instead; they have no limit.",
        ) from None
    book.close()


def _dictionary_rows(note: str) -> Iterable[Row]:
    if note:
        yield "all", "", "", note
    for table in TABLES:
        for column in table.columns:
            yield table.name, column.name, column.kind, column.meaning
