"""The instructor's pages on a course after a term: 500 learners, ten modules, three attempts."""

from __future__ import annotations

import time
from collections.abc import Iterator

from sqlalchemy import select

from bench.classes import Size, fill
from bench.courses import configure
from bench.databases import KINDS, why_absent
from bench.figures import Figure, rounds
from bench.pages import Page, count_queries
from bench.people import Caller, Person
from bench.processes import Process
from bench.tools import Tool, tool
from lti_tool.courses.models import Context
from lti_tool.db import db

SIZE = Size(learners=500, modules=10, attempts=3)
TIMES = 20
SECONDS = 3.0
COURSE_MS, ITEMS_MS = 150.0, 1000.0
MOST_QUERIES = 8.0
ANSWERS = Size(learners=2000, modules=1, attempts=1)
"""Some 20,000 answers, all in first attempts at one module."""
EXPORT_MIB = 30.0
EXPORT_SECONDS = 180.0


def measure() -> Iterator[Figure]:
    for kind in KINDS:
        if why_absent(kind):
            print(f"{kind}: left out, {why_absent(kind)}.")
            continue
        with tool(kind) as ours, ours.web() as web:
            yield from _course(ours, web, kind)
        with tool(kind) as ours, ours.web():
            instructor = _filled(ours, ANSWERS)
            page = Page("item analysis of 20,000 answers", instructor, "/items")
            yield from _page(ours, page, ITEMS_MS, kind, row=page.name)


def _filled(ours: Tool, size: Size) -> Person:
    """An instructor of a course of that size."""
    instructor = configure(ours)
    with ours.app.app_context():
        fill(db.session.scalars(select(Context.id)).one(), size)
        db.session.remove()
    return instructor


def _course(ours: Tool, web: Process, kind: str) -> Iterator[Figure]:
    instructor = _filled(ours, SIZE)
    for name, path, row in (
        ("course page", "/course", f"page of a course of {SIZE.learners} learners, ten modules"),
        ("course page, who needs a look first", "/course?sort=look", ""),
    ):
        yield from _page(ours, Page(name, instructor, path), COURSE_MS, kind, row=row)
    for path, row in (
        ("/exports/answers.csv", ""),
        ("/exports/course.xlsx", "the same course as a workbook"),
    ):
        yield from _export(ours, web, Page(path[9:], instructor, path), kind, row=row)


def _page(ours: Tool, page: Page, limit_ms: float, kind: str, *, row: str) -> Iterator[Figure]:
    values = _milliseconds(ours.port, page)
    yield Figure(name=page.name, unit="ms", values=values, at_most=limit_ms, kind=kind, row=row)
    queries = (float(count_queries(ours, page, page)),)
    yield Figure(name="  queries", unit="", values=queries, at_most=MOST_QUERIES, kind=kind)


def _milliseconds(port: int, page: Page) -> tuple[float, ...]:
    """As `pages` measures it, after one request that warms the caches."""
    caller, values = Caller(port), []
    for number in rounds(TIMES + 1, SECONDS):
        began = time.perf_counter()
        page.person.send(caller, "GET", page.person.path(page.path)).expect(200)
        if number:
            values.append(1000 * (time.perf_counter() - began))
    return tuple(values)


def _export(ours: Tool, web: Process, page: Page, kind: str, *, row: str) -> Iterator[Figure]:
    """How long a whole export takes, how large it is, and what it adds to the web process."""
    caller, before = Caller(ours.port, timeout=EXPORT_SECONDS), web.pss_mib()
    began = time.perf_counter()
    answer = page.person.send(caller, "GET", page.person.path(page.path)).expect(200)
    seconds = time.perf_counter() - began
    added = max(web.pss_mib() - before, 0.0)
    yield Figure(name=page.name, unit="s", values=(seconds,), kind=kind, row=row)
    yield Figure(name="  size", unit="MiB", values=(len(answer.body) / 2**20,), kind=kind)
    yield Figure(
        name="  memory that stays with the web process",
        unit="MiB",
        values=(added,),
        at_most=EXPORT_MIB,
        kind=kind,
    )
