"""A class hands in at once: how soon every score is in the platform's gradebook."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bench.courses import Learner, begin_attempts, configure, csrf_tokens, enrol
from bench.databases import KINDS, why_absent
from bench.figures import Figure, rounds
from bench.people import Caller, at_once
from bench.processes import Process, wait_until
from bench.tools import Tool, tool
from lti_tool import outbox

LEARNERS = 200
DELAY_MS = 50
ROUNDS = 3
SECONDS = 10.0
LIMIT_SECONDS = 10.0


@dataclass
class Course:
    """The class, its tool and worker; `taken` holds the moment of each score."""

    ours: Tool
    worker: Process
    learners: Sequence[Learner]
    taken: list[float] = field(default_factory=list)
    right: int = 0

    def take(self, _score: object) -> None:
        """What the platform does with a score: it takes it, and we note when."""
        self.taken.append(time.monotonic())


@dataclass(frozen=True)
class Delivered:
    """One round: what `measure` prints."""

    seconds: float
    scores_a_second: float
    requests: float
    tokens: float
    cpu_ms: float


def measure() -> Iterator[Figure]:
    for kind in KINDS:
        if why_absent(kind):
            print(f"{kind}: left out, {why_absent(kind)}.")
            continue
        with tool(kind) as ours, ours.web(), ours.worker() as worker:
            configure(ours)
            course = Course(ours, worker, enrol(ours, LEARNERS))
            ours.platform.answer_scores = course.take
            ours.platform.delay_seconds = DELAY_MS / 1000
            yield from _figures([deliver(course) for _ in rounds(ROUNDS, SECONDS)], kind)


def deliver(course: Course) -> Delivered:
    """Everybody hands in a better attempt over HTTP, eight at a time, while the worker runs."""
    ours, learners = course.ours, course.learners
    course.right += 1
    numbers = begin_attempts(ours, learners, course.right)
    tokens = csrf_tokens(ours, learners)
    course.taken.clear()
    asked, issued = len(ours.platform.requests), ours.platform.tokens_issued
    cpu = course.worker.cpu_ms()
    at_once(
        ours.port,
        [
            lambda caller, s=(learner, number, token): _submit(caller, *s)  # type: ignore[misc]
            for learner, number, token in zip(learners, numbers, tokens, strict=True)
        ],
    )
    last_submit = time.monotonic()
    wait_until(_all_taken(course), course.worker)
    wait_until(_idle(ours), course.worker)
    count = len(course.taken)
    return Delivered(
        seconds=max(course.taken[-1] - last_submit, 0),
        scores_a_second=(count - 1) / (course.taken[-1] - course.taken[0]),
        requests=(len(ours.platform.requests) - asked) / count,
        tokens=(ours.platform.tokens_issued - issued) / count,
        cpu_ms=(course.worker.cpu_ms() - cpu) / count,
    )


def _submit(caller: Caller, learner: Learner, number: int, token: str) -> None:
    person = learner.person
    path = person.path(f"/quiz/{number}/submit")
    person.send(caller, "POST", path, {"csrf_token": token}).expect(303)


def _all_taken(course: Course) -> Iterator[bool]:
    while True:
        yield len(course.taken) >= len(course.learners)


def _idle(ours: Tool) -> Iterator[bool]:
    while True:
        with ours.app.app_context():
            counted = outbox.count_by_status()
        yield counted["waiting"] + counted["running"] == 0


def _figures(done: Sequence[Delivered], kind: str) -> Iterator[Figure]:
    name = f"{LEARNERS} scores, platform answers after {DELAY_MS} ms: last submit to last score"
    yield Figure(
        name=name,
        unit="s",
        values=tuple(each.seconds for each in done),
        at_most=LIMIT_SECONDS,
        kind=kind,
        row=name,
    )
    for name, unit, values in (
        ("scores a second, first to last", "1/s", [each.scores_a_second for each in done]),
        ("requests of the worker, a score", "", [each.requests for each in done]),
        ("token requests, a score", "", [each.tokens for each in done]),
        ("CPU of the worker, a score", "ms", [each.cpu_ms for each in done]),
    ):
        yield Figure(name=f"  {name}", unit=unit, values=tuple(values), kind=kind)
