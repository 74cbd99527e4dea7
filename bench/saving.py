"""A class answers at once: 300 learners save an answer every five seconds on one web process."""

from __future__ import annotations

import multiprocessing
import statistics
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from bench.courses import Learner, begin_attempts, configure, csrf_tokens, enrol
from bench.databases import KINDS, why_absent
from bench.figures import Figure
from bench.pages import Page, count_queries
from bench.processes import Process
from bench.savers import Outcome, Saver, Step, run
from bench.tools import Tool, tool
from lti_tool.curriculum.items import Item
from lti_tool.db import db
from lti_tool.quiz.attempts import items_of
from lti_tool.quiz.models import Answer, Attempt
from lti_tool.quiz.responses import read_given
from tests.answers import right_form

LEARNERS = 300
EVERY_SECONDS = 5
SECONDS = 60
P95_MS = 100.0
MOST_QUERIES = 3


def measure(seconds: int = SECONDS) -> Iterator[Figure]:
    for kind in KINDS:
        if why_absent(kind):
            print(f"{kind}: left out, {why_absent(kind)}.")
            continue
        with tool(kind) as ours, ours.web() as web:
            configure(ours)
            learners = enrol(ours, LEARNERS + 1)
            begin_attempts(ours, learners, right=0)
            yield _queries(ours, learners.pop(), kind)
            yield from _save_at_once(ours, web, learners, kind, seconds)


def _save_at_once(
    ours: Tool, web: Process, learners: Sequence[Learner], kind: str, seconds: int
) -> Iterator[Figure]:
    savers = [
        Saver(_headers(ours, learner), _steps(learner, items)[: seconds // EVERY_SECONDS])
        for learner, items in zip(learners, _drawn(ours, learners), strict=True)
    ]
    before, server_before = web.cpu_ms(), ours.database_ms()
    outcomes = _run(ours.port, savers)
    spent, served = web.cpu_ms() - before, ours.database_ms() - server_before
    yield from _times(outcomes, kind)
    for name, cpu, row in (
        ("  CPU of the web process", spent, "CPU of a save, in the web process"),
        ("  CPU of the database's server", served, ""),
    ):
        values = (cpu / len(outcomes),)
        yield Figure(name=name, unit="ms", values=values, kind=kind, row=row)
    faults = [outcome.fault for outcome in outcomes if outcome.fault]
    for fault in sorted(set(faults))[:5]:
        print(fault)
    yield Figure(name="  not saved", unit="", values=(len(faults),), at_most=0, kind=kind)
    lost = _lost(ours, learners, savers)
    yield Figure(
        name="  answers that are not the last ones sent",
        unit="",
        values=(lost,),
        at_most=0,
        kind=kind,
    )


def _run(port: int, savers: Sequence[Saver]) -> list[Outcome]:
    """In a new process, so that the client's work disturbs no clock of ours."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(run, port, savers, EVERY_SECONDS).result()


def _times(outcomes: Sequence[Outcome], kind: str) -> Iterator[Figure]:
    values = tuple(outcome.milliseconds for outcome in outcomes)
    name = f"{LEARNERS} learners, each saving an answer every {EVERY_SECONDS} s"
    yield Figure(name=name, unit="ms", values=values, kind=kind)
    percentiles = statistics.quantiles(values, n=100)
    yield Figure(
        name="  95th percentile",
        unit="ms",
        values=(percentiles[94],),
        at_most=P95_MS,
        kind=kind,
        row=f"{name}: 95 % within",
    )
    yield Figure(name="  99th percentile", unit="ms", values=(percentiles[98],), kind=kind)


def _queries(ours: Tool, learner: Learner, kind: str) -> Figure:
    """Of a changed answer; counted in this process."""
    [items] = _drawn(ours, [learner])
    headers, within = _headers(ours, learner), len(learner.person.path(""))
    pages = [
        Page("", learner.person, step.path[within:], step.form, headers)
        for step in _steps(learner, items)[:2]
    ]
    queries = (float(count_queries(ours, *pages)),)
    return Figure(
        name="queries of a save",
        unit="",
        values=queries,
        at_most=MOST_QUERIES,
        kind=kind,
        row="queries of a save",
    )


def _headers(ours: Tool, learner: Learner) -> dict[str, str]:
    cookies = "; ".join(f"{name}={text}" for name, text in learner.person.cookies.items())
    [token] = csrf_tokens(ours, [learner])
    return {"Accept": "application/json", "X-CSRF-Token": token, "Cookie": cookies}


def _drawn(ours: Tool, learners: Sequence[Learner]) -> list[Sequence[Item]]:
    """The questions of each learner's attempt."""
    with ours.app.app_context():
        drawn = {each.user_id: items_of(each) for each in db.session.scalars(select(Attempt))}
        return [drawn[learner.user_id] for learner in learners]


def _steps(learner: Learner, items: Sequence[Item]) -> list[Step]:
    """Each question is answered, cleared, and answered again; then the next."""
    return [
        Step(learner.person.path(f"/quiz/1/{number}"), {**form, f"{item.id}.confidence": sure})
        for number, item in enumerate(items, 1)
        for form, sure in ((right_form(item), "guess"), ({}, "guess"), (right_form(item), "sure"))
    ]


def _lost(ours: Tool, learners: Sequence[Learner], savers: Sequence[Saver]) -> int:
    """How many stored answers are not what was sent last to that question, or are missing."""
    with ours.app.app_context():
        rows = db.session.execute(select(Attempt.user_id, Answer).join(Answer))
        stored = {
            (user_id, answer.item_id): (answer.response, answer.confidence)
            for user_id, answer in rows
        }
    sent = {}
    for learner, saver, items in zip(learners, savers, _drawn(ours, learners), strict=True):
        for step in saver.steps:
            item = items[int(step.path.rpartition("/")[2]) - 1]
            given = read_given(item, _as_form(step.form))
            sent[learner.user_id, item.id] = (given.response, given.confidence)
    return sum(stored.get(key) != last for key, last in sent.items())


def _as_form(form: dict[str, Any]) -> MultiDict[str, str]:
    return MultiDict(
        {name: value if isinstance(value, list) else str(value) for name, value in form.items()}
    )
