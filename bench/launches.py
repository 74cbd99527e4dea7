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
            yield from _flow(ours, web, f"ours, {kind}", CPU_LIMIT_MS)
    with tool() as ours, _reference(ours) as web:
        yield from _flow(ours, web, "pylti1p3next with a minimal page, no database", None)


def _reference(ours: Tool) -> AbstractContextManager[Process]:
    """The library's own Flask integration, registered at the same platform."""
    platform = ours.platform
    return ours.web(
        "bench.reference_tool:app",
        BENCH_ISSUER=platform.url,
        BENCH_CLIENT_ID=platform.client_id,
        BENCH_DEPLOYMENT_ID=platform.deployment_id,
    )


def _flow(ours: Tool, web: Process, name: str, cpu_limit: float | None) -> Iterator[Figure]:
    alone, together, cpu = [], [], []
    people = _strangers("warm", 40)
    launch_all(ours.port, ours.platform, people)
    for number in rounds(ROUNDS, SECONDS):
        before = web.cpu_ms()
        one_by_one = _strangers(f"a{number}", LAUNCHES // 2)
        seconds = launch_all(ours.port, ours.platform, one_by_one, threads=1)
        alone.append(1000 * seconds / len(one_by_one))
        crowd = _strangers(f"b{number}", LAUNCHES)
        together.append(LAUNCHES / launch_all(ours.port, ours.platform, crowd))
        cpu.append((web.cpu_ms() - before) / (len(one_by_one) + LAUNCHES))
    yield Figure(name=f"launches a second, 8 at a time: {name}", unit="1/s", values=tuple(together))
    yield Figure(name=f"one launch, one at a time: {name}", unit="ms", values=tuple(alone))
    yield Figure(name=f"CPU of one launch: {name}", unit="ms", values=tuple(cpu), at_most=cpu_limit)


def _strangers(prefix: str, count: int) -> list[Person]:
    return [Person(f"{prefix}-{number}", LINK) for number in range(count)]
