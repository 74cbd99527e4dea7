"""Pages of a course with 300 learners: how long the server takes, and how many queries."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event

from bench.courses import (
    Learner,
    begin_attempts,
    configure,
    enrol,
    hand_in,
    read_first_lesson,
)
from bench.databases import KINDS, why_absent
from bench.figures import Figure, rounds
from bench.people import Caller, Person
from bench.processes import BenchFailed
from bench.tools import Tool, tool
from lti_tool.db import db

LEARNERS = 300
TIMES = 100
SECONDS = 2.0
MODULE_QUERIES = 6


@dataclass(frozen=True)
class Page:
    """A request of one person; `path` is under the visit."""

    name: str
    person: Person
    path: str
    form: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def method(self) -> str:
        return "GET" if self.form is None else "POST"


def measure() -> Iterator[Figure]:
    for kind in KINDS:
        if why_absent(kind):
            print(f"{kind}: left out, {why_absent(kind)}.")
            continue
        yield from _measure(kind)


def _measure(kind: str) -> Iterator[Figure]:
    with tool(kind) as ours, ours.web():
        instructor = configure(ours)
        learners = enrol(ours, LEARNERS)
        read_first_lesson(ours, learners)
        begin_attempts(ours, learners, right=10)
        hand_in(ours, learners)
        for page in _pages(ours, learners[0], instructor):
            is_module = page.name == "module page"
            values = _milliseconds(ours.port, page)
            row = "module page" if is_module else ""
            yield Figure(name=page.name, unit="ms", values=values, kind=kind, row=row)
            yield Figure(
                name="  queries",
                unit="",
                values=(float(count_queries(ours, page, page)),),
                at_most=MODULE_QUERIES if is_module else None,
                kind=kind,
                row="queries of the module page" if is_module else "",
            )


def _pages(ours: Tool, learner: Learner, instructor: Person) -> Iterator[Page]:
    person = learner.person
    yield Page("module page", person, "/module")
    yield Page("lesson", person, "/lessons/l1")
    yield Page("result of ten questions", person, "/quiz/1/result")
    yield Page(f"instructor's table, {LEARNERS} learners (50 a page)", instructor, "/learners")
    begin_attempts(ours, [learner], right=5)
    yield Page("question", person, "/quiz/2/1")


def _milliseconds(port: int, page: Page) -> tuple[float, ...]:
    """From sending the request to the last byte of the answer, over loopback, one at a time."""
    caller, values = Caller(port), []
    for number in rounds(TIMES + 5, SECONDS):
        began = time.perf_counter()
        answer = page.person.send(
            caller, page.method, page.person.path(page.path), page.form, **page.headers
        )
        passed = 1000 * (time.perf_counter() - began)
        answer.expect(200)
        if number >= 5:
            values.append(passed)
    return tuple(values)


def count_queries(ours: Tool, *pages: Page) -> int:
    """Statements of the last of these requests, counted in this process; the others warm up."""
    client = ours.app.test_client()
    for name, text in pages[0].person.cookies.items():
        client.set_cookie(name, text, domain="127.0.0.1")
    counted: list[str] = []

    def count(_c: object, _u: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            counted.append(statement)

    base = f"https://127.0.0.1:{ours.port}"
    for page in pages:
        counted.clear()
        with ours.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", count)
        answer = client.open(
            page.person.path(page.path),
            method=page.method,
            data=page.form,
            headers=page.headers,
            base_url=base,
        )
        event.remove(engine, "before_cursor_execute", count)
        if answer.status_code != 200:
            raise BenchFailed(f"{answer.status_code} instead of 200: {answer.text[:2000]}")
    return len(counted)
