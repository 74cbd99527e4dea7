"""Whole launches: login, signed id_token, launch, and the learner's page of a configured module."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager

from bench.courses import LINK, configure
from bench.databases import KINDS, why_absent
from bench.figures import Figure, rounds
from bench.people import Person, launch_all
from bench.processes import Process
from bench.tools import Tool, tool

LAUNCHES = 200
ROUNDS = 5
SECONDS = 10.0
CPU_LIMIT_MS = 3.0


def measure() -> Iterator[Figure]:
    for kind in KINDS:
        if why_absent(kind):
            print(f"{kind}: left out, {why_absent(kind)}.")
            continue
        with tool(kind) as ours, ours.web() as web:
            configure(ours)
            yield from _flow(ours, web, "ours", kind)
    with tool() as ours, _reference(ours) as web:
        yield from _flow(ours, web, "pylti1p3next with a minimal page, no database", "")


def _reference(ours: Tool) -> AbstractContextManager[Process]:
    """The library's own Flask integration, registered at the same platform."""
    platform = ours.platform
    return ours.web(
        "bench.reference_tool:app",
        BENCH_ISSUER=platform.url,
        BENCH_CLIENT_ID=platform.client_id,
        BENCH_DEPLOYMENT_ID=platform.deployment_id,
    )


def _flow(ours: Tool, web: Process, name: str, kind: str) -> Iterator[Figure]:
    alone, together, cpu, served = [], [], [], []
    people = _strangers("warm", 40)
    launch_all(ours.port, ours.platform, people)
    for number in rounds(ROUNDS, SECONDS):
        before, served_before = web.cpu_ms(), ours.database_ms()
        one_by_one = _strangers(f"a{number}", LAUNCHES // 2)
        seconds = launch_all(ours.port, ours.platform, one_by_one, threads=1)
        alone.append(1000 * seconds / len(one_by_one))
        crowd = _strangers(f"b{number}", LAUNCHES)
        together.append(LAUNCHES / launch_all(ours.port, ours.platform, crowd))
        launched = len(one_by_one) + LAUNCHES
        cpu.append((web.cpu_ms() - before) / launched)
        served.append((ours.database_ms() - served_before) / launched)
    yield Figure(
        name=f"launches a second, 8 at a time: {name}",
        unit="1/s",
        values=tuple(together),
        kind=kind,
        row=kind and "launches a second, 8 at a time",
    )
    title = f"one launch, one at a time: {name}"
    yield Figure(name=title, unit="ms", values=tuple(alone), kind=kind)
    yield Figure(
        name=f"CPU of one launch: {name}",
        unit="ms",
        values=tuple(cpu),
        at_most=CPU_LIMIT_MS if kind else None,
        kind=kind,
        row=kind and "CPU of a whole launch, with its landing page",
    )
    if kind:
        name = "  CPU of the database's server"
        yield Figure(name=name, unit="ms", values=tuple(served), kind=kind)


def _strangers(prefix: str, count: int) -> list[Person]:
    return [Person(f"{prefix}-{number}", LINK) for number in range(count)]
