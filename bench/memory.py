"""Memory after work: PSS of the web process (with its master) and of the worker."""

from __future__ import annotations

from collections.abc import Iterator

from bench.courses import LINK, configure, enrol
from bench.databases import KINDS, why_absent
from bench.deliveries import Course, deliver
from bench.figures import Figure
from bench.people import Person, launch_all
from bench.tools import tool

LAUNCHES = 1000
DELIVERIES = 200
LIMIT_MIB = 110.0


def measure() -> Iterator[Figure]:
    for kind in KINDS:
        if why_absent(kind):
            print(f"{kind}: left out, {why_absent(kind)}.")
            continue
        yield from _measure(kind)


def _measure(kind: str) -> Iterator[Figure]:
    with tool(kind) as ours, ours.web() as web:
        configure(ours)
        learners = enrol(ours, DELIVERIES)
        more = [Person(f"person-{number}", LINK) for number in range(LAUNCHES - DELIVERIES)]
        launch_all(ours.port, ours.platform, more)
        yield _figure(f"web process after {LAUNCHES:,} launches", web.pss_mib(), kind)
        with ours.worker() as worker:
            course = Course(ours, worker, learners)
            ours.platform.answer_scores = course.take
            deliver(course)
            yield _figure(f"worker after {DELIVERIES} scores", worker.pss_mib(), kind)


def _figure(name: str, mib: float, kind: str) -> Figure:
    title = f"{name} (PSS)"
    return Figure(name=title, unit="MiB", values=(mib,), at_most=LIMIT_MIB, kind=kind, row=title)
