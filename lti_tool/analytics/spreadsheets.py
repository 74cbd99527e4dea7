"""Writing tables as CSV and XLSX, row by row: memory stays the same, however many rows there are.

Nothing in a cell can become a formula: a text from a learner may begin with "=".
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import IO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from lti_tool.analytics.data_dictionary import TABLES, Column, Table
from lti_tool.errors import Conflict

Value = str | int | float | bool | datetime | None
Row = Iterable[Value]

FORMULA_STARTS = frozenset("=+-@\t\r\n")
"""OWASP, "CSV Injection": what makes a spreadsheet read a text as a formula."""
SHEET_ROWS = 1_048_576
CELL_LETTERS = 32_767
WIDTHS = {"text": 24, "moment": 19}
XLSX_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


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


def write_xlsx(target: IO[bytes], sheets: Iterable[tuple[Table, Iterable[Row]]]) -> None:
    """A sheet for each table after one that explains them; raises `Conflict` for too many rows."""
    book = Workbook(target, XLSX_OPTIONS)
    heads = book.add_format({"bold": True})
    moments = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    explained = book.add_worksheet("dictionary")
    _write_sheet(explained, _DICTIONARY, _dictionary_rows(), heads, moments)
    for table, rows in sheets:
        _write_sheet(book.add_worksheet(table.name), table, rows, heads, moments)
    book.close()


_DICTIONARY = Table(
    "dictionary",
    "Data dictionary",
    "one column of one sheet",
    tuple(Column(name, "text", "") for name in ("sheet", "column", "kind", "meaning")),
)


def _dictionary_rows() -> Iterable[Row]:
    for table in TABLES:
        for column in table.columns:
            yield table.name, column.name, column.kind, column.meaning


def _write_sheet(
    sheet: Worksheet, table: Table, rows: Iterable[Row], heads: Format, moments: Format
) -> None:
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, WIDTHS.get(column.kind, 12))
        sheet.write_string(0, place, column.name, heads)
    for number, row in enumerate(rows, 1):
        if number >= SHEET_ROWS:
            raise Conflict(
                "This course is too large for a spreadsheet",
                "Take the CSV files instead; they have no limit.",
            )
        for place, value in enumerate(row):
            _write_cell(sheet, number, place, value, moments)


def _write_cell(sheet: Worksheet, row: int, place: int, value: Value, moments: Format) -> None:
    if isinstance(value, datetime):
        sheet.write_datetime(row, place, value.astimezone(UTC).replace(tzinfo=None), moments)
    elif isinstance(value, str):
        sheet.write_string(row, place, value[:CELL_LETTERS])
    elif value is not None:
        sheet.write_number(row, place, value)
