"""A workbook of plain tables, streamed into its ZIP row by row (ECMA-376, SpreadsheetML).

Only what a table of values needs: texts, numbers, moments, a bold first row that stays in view.
No cell is ever a formula. Libraries for this ask ten questions about each cell, which takes more
than a minute for a large course.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import IO
from xml.sax.saxutils import escape

Value = str | int | float | bool | datetime | None

SHEET_ROWS = 1_048_576
CELL_LETTERS = 32_767
DAY_ZERO = datetime(1899, 12, 30, tzinfo=UTC)
"""From when a spreadsheet counts its days (ECMA-376, part 1, 18.17.4.1)."""
NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    "</cellXfs></styleSheet>"
)
BOLD, MOMENT = 1, 2
BUFFER_BYTES = 1 << 16
KEPT_TEXTS = 2048
"""Names, questions and answers come again and again; the longest that are kept take 8 MiB."""


class TooManyRows(Exception):
    """A sheet holds no more than `SHEET_ROWS` rows."""


class Workbook:
    """Sheets are added one after the other; `close` makes the file whole."""

    def __init__(self, target: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self._names: list[str] = []

    def add_sheet(
        self, name: str, heads: Sequence[tuple[str, int]], rows: Iterable[Iterable[Value]]
    ) -> None:
        """`heads` are the columns' names and widths in letters; raises `TooManyRows`."""
        self._names.append(name)
        part = f"xl/worksheets/sheet{len(self._names)}.xml"
        with (
            self._zip.open(part, "w", force_zip64=True) as packed,
            io.BufferedWriter(packed, BUFFER_BYTES) as sheet,
        ):
            sheet.write(_sheet_head(heads).encode())
            for number, row in enumerate(rows, 2):
                if number > SHEET_ROWS:
                    raise TooManyRows
                sheet.write(f"<row>{''.join(map(_cell, row))}</row>".encode())
            sheet.write(b"</sheetData></worksheet>")

    def close(self) -> None:
        numbered = list(enumerate(self._names, 1))
        sheets = "".join(
            f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>' for n, name in numbered
        )
        book = f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{sheets}</sheets></workbook>'
        links = [("worksheet", f"worksheets/sheet{n}.xml") for n, _ in numbered]
        types = [(f"/xl/{path}", kind) for kind, path in links]
        self._write("xl/workbook.xml", book)
        self._write("xl/styles.xml", STYLES.removeprefix(HEAD))
        self._write("xl/_rels/workbook.xml.rels", _links([*links, ("styles", "styles.xml")]))
        self._write("_rels/.rels", _links([("officeDocument", "xl/workbook.xml")]))
        self._write("[Content_Types].xml", _types([*types, ("/xl/styles.xml", "styles")]))
        self._zip.close()

    def _write(self, part: str, xml: str) -> None:
        self._zip.writestr(part, HEAD + xml)


def _sheet_head(heads: Sequence[tuple[str, int]]) -> str:
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>'
        for n, (_, width) in enumerate(heads, 1)
    )
    names = "".join(_text(name, BOLD) for name, _ in heads)
    return (
        f'{HEAD}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        f"</sheetView></sheetViews><cols>{columns}</cols><sheetData><row>{names}</row>"
    )


def _cell(value: Value) -> str:
    if isinstance(value, str):
        return _text(value) if value else "<c/>"
    if value is None:
        return "<c/>"
    if isinstance(value, datetime):
        days = (value - DAY_ZERO).total_seconds() / 86400
        return f'<c s="{MOMENT}"><v>{days!r}</v></c>'
    return f"<c><v>{int(value) if isinstance(value, bool) else value!r}</v></c>"


@lru_cache(KEPT_TEXTS)
def _text(value: str, style: int = 0) -> str:
    """A text as it stands, without the few characters that XML has no way to write."""
    text = escape(NO_XML.sub("", value[:CELL_LETTERS]))
    return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _links(targets: Sequence[tuple[str, str]]) -> str:
    """The relationships of a part: kind and path."""
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/{kind}" Target="{path}"/>'
        for n, (kind, path) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'


def _types(parts: Sequence[tuple[str, str]]) -> str:
    overrides = "".join(
        f'<Override PartName="{path}" ContentType="{KIND}.{kind}+xml"/>'
        for path, kind in [("/xl/workbook.xml", "sheet.main"), *parts]
    )
    return (
        f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )
