"""Taking the results of a course away: CSV, XLSX, and what every column means."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import IO

from flask import Blueprint, render_template, request, send_file
from flask.typing import ResponseReturnValue

from lti_tool.analytics.data_dictionary import ANSWERS, GRADES, ITEMS, KINDS, TABLES
from lti_tool.analytics.exporting import count_left_out, export_rows
from lti_tool.analytics.spreadsheets import write_csv, write_xlsx
from lti_tool.curriculum.documents import term_slug
from lti_tool.db import begin_long_reading, utcnow
from lti_tool.errors import NotFound
from lti_tool.launch import session
from lti_tool.launch.session import Visit
from lti_tool.lti.roles import Power

blueprint = Blueprint("exports", __name__, url_prefix="/l/<launch_id>/exports")
BY_NAME = {table.name: table for table in TABLES}
IN_BOOK = (GRADES, ANSWERS, ITEMS)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("")
def choose(launch_id: str) -> str:
    """What can be taken, with names or with pseudonyms, and the data dictionary."""
    visit = session.visit_with(launch_id, Power.SEE_LEARNERS)
    return render_template(
        "analytics/exports.html",
        visit=visit,
        tables=TABLES,
        kinds=KINDS,
        names=_with_names(),
        left_out=_left_out(visit),
    )


@blueprint.get("/<name>.csv")
def table(launch_id: str, name: str) -> ResponseReturnValue:
    """One table as CSV."""
    visit = session.visit_with(launch_id, Power.SEE_LEARNERS)
    wanted = BY_NAME.get(name)
    if wanted is None:
        raise NotFound("There is no such table")
    rows = export_rows(wanted, visit.context.id, names=_with_names())
    file = _file(lambda target: write_csv(target, wanted, rows))
    return _download(file, visit, f"{name}.csv", "text/csv; charset=utf-8")


@blueprint.get("/course.xlsx")
def book(launch_id: str) -> ResponseReturnValue:
    """Grades, answers and item statistics in one file, with the data dictionary."""
    visit = session.visit_with(launch_id, Power.SEE_LEARNERS)
    context_id, names = visit.context.id, _with_names()
    sheets = [(each, export_rows(each, context_id, names=names)) for each in IN_BOOK]
    file = _file(lambda target: write_xlsx(target, sheets, _left_out(visit)))
    return _download(file, visit, "course.xlsx", XLSX)


def _left_out(visit: Visit) -> str:
    """Who is missing from tables without names, in a sentence; "" where nobody is."""
    count = 0 if _with_names() else count_left_out(visit.context.id)
    if not count:
        return ""
    who, are = ("1 learner has", "is") if count == 1 else (f"{count} learners have", "are")
    return f"{who} said that their answers are not to be used for research, and {are} left out."


def _with_names() -> bool:
    return request.args.get("people") == "names"


def _file(write: Callable[[IO[bytes]], None]) -> IO[bytes]:
    """A file on disk that is gone once it has been sent: a fault midway spoils no download."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 it outlives this function
    try:
        begin_long_reading()
        write(file)
    except BaseException:
        file.close()
        raise
    return file


def _download(file: IO[bytes], visit: Visit, name: str, media_type: str) -> ResponseReturnValue:
    course = term_slug(visit.context.label or visit.context.title) or "course"
    file.seek(0)
    return send_file(
        file,
        mimetype=media_type,
        as_attachment=True,
        download_name=f"{course}-{utcnow():%Y-%m-%d}-{name}",
    )
