"""How fast each engine brings scores to a platform, and at what cost, beside a bare library.

A class has handed in while its platform asked for a pause; the pause ends, and everything goes out
at once, while a web process keeps serving. All engines make the same number of calls at a time.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import update

from bench import brokers, putting
from bench.courses import Learner, begin_attempts, configure, enrol, hand_in
from bench.databases import server_pids, why_absent
from bench.figures import Figure
from bench.processes import Process, cpu_ms, wait_until
from bench.tools import Tool, tool
from lti_tool import outbox
from lti_tool.db import db, unit_of_work, utcnow
from lti_tool.outbox import Lane
from tests.platforms import Answer

LEARNERS = 300
FEWER = 100
"""With a platform that asks for pauses, each of a second, more would only take longer."""
DELAY_MS = 50
CALLS = 16
FAULTY = "50 ms, 10 % answered 503 and 5 % 429"
EMBEDDED_ROW = (
    f"scores a second, platform answers after {DELAY_MS} ms, {CALLS} calls at once: embedded"
)
CELERY_ROW = f"scores a second, platform answers after {DELAY_MS} ms: Celery with two workers"
CPU_ROW = "CPU of a score, database included"


@dataclass(frozen=True, kw_only=True)
class Engine:
    """`at_least` scores a second are wanted from it; `row` is their line in the README."""

    name: str
    kind: str
    row: str
    at_least: float | None
    settings: dict[str, str] = field(default_factory=dict)
    processes: tuple[str, ...] = ("embedded",)


@dataclass
class Gradebook:
    """What the platform takes, and when; with `faulty`, every tenth and twentieth it does not."""

    taken: list[tuple[float, str]] = field(default_factory=list)
    asked: int = 0
    faulty: bool = False
    right: int = 0

    def users(self) -> set[str]:
        """Whose scores it has."""
        return {user for _, user in self.taken}

    def take(self, score: dict[str, object]) -> Answer | None:
        self.asked += 1
        if self.faulty and self.asked % 10 == 0:
            return Answer(503)
        if self.faulty and self.asked % 20 == 5:
            return Answer(429, {"Retry-After": "1"})
        self.taken.append((time.monotonic(), str(score["userId"])))
        return None


def measure() -> Iterator[Figure]:
    for engine in _engines():
        if why_absent(engine.kind) or (engine.settings and brokers.why_absent()):
            print(f"{engine.name}: left out, it needs {engine.kind} and a broker.")
            continue
        yield from _measure(engine)
    yield from putting.measure(CALLS, LEARNERS)


def _engines() -> list[Engine]:
    celery = {
        "LTI_TOOL_ENGINE": "celery",
        "LTI_TOOL_BROKER_URL": brokers.URL,
        "LTI_TOOL_QUEUE_PREFIX": f"bench_{uuid.uuid4().hex[:8]}",
    }
    return [
        Engine(name="embedded", kind="SQLite", row=EMBEDDED_ROW, at_least=60),
        Engine(name="embedded", kind="PostgreSQL", row=EMBEDDED_ROW, at_least=None),
        Engine(
            name="Celery with two workers",
            kind="PostgreSQL",
            row=CELERY_ROW,
            at_least=120,
            settings=celery,
            processes=("worker", "worker", "beat"),
        ),
    ]


def _measure(engine: Engine) -> Iterator[Figure]:
    settings = engine.settings | {
        "LTI_TOOL_PLATFORM_CALLS": str(CALLS),
        "LTI_TOOL_WORKER_THREADS": str(CALLS),
    }
    with ExitStack() as stack:
        ours = stack.enter_context(tool(engine.kind, **settings))
        stack.enter_context(ours.web())
        configure(ours)
        learners = enrol(ours, LEARNERS)
        workers = [
            stack.enter_context(
                ours.worker() if each == "embedded" else ours.celery(f"{each}-{number}", each)
            )
            for number, each in enumerate(engine.processes)
        ]
        gradebook = Gradebook()
        ours.platform.answer_scores = gradebook.take
        _deliver(ours, workers, learners[:20], gradebook)  # connections, token, caches
        ours.platform.delay_seconds = DELAY_MS / 1000
        yield from _round(ours, workers, learners, gradebook, engine)
        gradebook.faulty = True
        yield from _round(ours, workers, learners[:FEWER], gradebook, engine)
    if engine.settings:
        brokers.forget(engine.settings["LTI_TOOL_QUEUE_PREFIX"])


def _round(
    ours: Tool,
    workers: list[Process],
    learners: list[Learner],
    gradebook: Gradebook,
    engine: Engine,
) -> Iterator[Figure]:
    asked, issued = gradebook.asked, ours.platform.tokens_issued
    spent = _deliver(ours, workers, learners, gradebook)
    count = len(gradebook.taken)
    moments = [moment for moment, _ in gradebook.taken]
    limits = {} if gradebook.faulty else {"requests": 1.05, "tokens": 0.02, "cpu": 5.0}

    def figure(name: str, unit: str, value: float, row: str = "", **limit: float | None) -> Figure:
        row = "" if gradebook.faulty else row
        return Figure(name=name, unit=unit, values=(value,), kind=engine.kind, row=row, **limit)

    yield figure(
        f"scores a second: {engine.name}, {FAULTY if gradebook.faulty else f'{DELAY_MS} ms'}",
        "1/s",
        (count - 1) / (moments[-1] - moments[0]),
        engine.row,
        at_least=None if gradebook.faulty else engine.at_least,
    )
    yield figure(
        "  requests a score", "", (gradebook.asked - asked) / count, at_most=limits.get("requests")
    )
    tokens = (ours.platform.tokens_issued - issued) / count
    yield figure("  token requests a score", "", tokens, at_most=limits.get("tokens"))
    yield figure(
        "  CPU a score, workers and database",
        "ms",
        spent / count,
        CPU_ROW if engine.row == EMBEDDED_ROW else "",
        at_most=limits.get("cpu"),
    )
    lost = len(learners) - len(gradebook.users())
    yield figure("  lost", "", lost, at_most=0)
    yield figure("  taken twice", "", count - len(learners), at_most=0)


def _deliver(
    ours: Tool, workers: list[Process], learners: list[Learner], gradebook: Gradebook
) -> float:
    """Let everybody hand in a better attempt than before, then everything go.

    Returns the CPU that the going took, in ms.
    """
    gradebook.right += 1
    _pause(ours, timedelta(hours=1))
    begin_attempts(ours, learners, gradebook.right)
    hand_in(ours, learners)
    gradebook.taken.clear()
    before = _cpu_ms(ours, workers)
    _pause(ours, None)
    wait_until(_until(lambda: len(gradebook.users()) >= len(learners)), workers[0])
    wait_until(_until(lambda: _is_idle(ours)), workers[0])
    after = _cpu_ms(ours, workers)
    return sum(spent - before.get(pid, 0.0) for pid, spent in after.items())


def _cpu_ms(ours: Tool, workers: list[Process]) -> dict[int, float]:
    """What each process has spent so far: the workers', and the database's that serve them."""
    own = {pid: cpu_ms(pid) for worker in workers for pid in worker.pids()}
    return own | {pid: cpu_ms(pid) for pid in server_pids(ours.environ["LTI_TOOL_DATABASE_URL"])}


def _pause(ours: Tool, length: timedelta | None) -> None:
    until = utcnow() + length if length else None
    with ours.app.app_context(), unit_of_work():
        db.session.execute(update(Lane).where(Lane.id != 0).values(paused_until=until, failures=0))


def _until(happened: Callable[[], bool]) -> Iterator[bool]:
    while True:
        yield happened()
        time.sleep(0.1)  # asking costs, too


def _is_idle(ours: Tool) -> bool:
    with ours.app.app_context():
        counted = outbox.count_by_status()
    return counted["waiting"] + counted["running"] == 0
