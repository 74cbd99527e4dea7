"""One run: submissions on one side, a misbehaving platform on the other, death in between."""

from __future__ import annotations

import os
import random
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from bench.databases import database
from bench.processes import CELERY, FLASK, BenchFailed
from faults.broker import RabbitMQ
from faults.course import ATTEMPTS, Verdict, count_open, enrol, hand_in, judge
from faults.crew import Crew
from faults.unreliable import Unreliable
from lti_tool import create_app
from lti_tool.db import db
from tests.conftest import environ_for, prepare, register
from tests.platforms import FakePlatform

PATIENCE_SECONDS = 300.0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be proved, and how hard it is made.

    A worker is killed about every `kill_every_posts` posts, at a random moment: so that there is
    always one that has got to work, however slow the machine is.

    Celery gets a broker of its own, which `broker_crashes` times is killed; or the one at
    `broker_url`, which is let live.
    """

    engine: str
    submissions: int
    seed: int
    kill_every_posts: int
    workers: int = 2
    lease_seconds: int = 5
    broker_url: str = ""
    queue_prefix: str = "faults"
    broker_crashes: int = 0
    slow: bool = True


@dataclass(frozen=True, kw_only=True)
class Outcome:
    verdict: Verdict
    faults: Mapping[str, int]
    submissions: int
    posts: int
    tokens: int
    kills: int
    broker_restarts: int
    seconds: float

    def lines(self) -> Iterator[str]:
        """What happened, and what came of it."""
        verdict = self.verdict
        faults = ", ".join(f"{count} x {name}" for name, count in sorted(self.faults.items()))
        counted = f"{self.posts} posts, {self.tokens} token requests"
        wrong = {
            "lost": verdict.lost,
            "differing": verdict.differing,
            "went back": verdict.went_back,
        }
        yield f"{self.submissions} submissions in {self.seconds:.0f} s, {counted}"
        yield f"{self.kills} workers killed, the broker killed {self.broker_restarts} times"
        yield f"the platform: {faults}"
        yield ", ".join(f"{name} {len(found)}" for name, found in wrong.items())
        yield f"duplicate posts that the platform took: {verdict.duplicates}"
        for name, found in wrong.items():
            yield from (f"  {name}: {each}" for each in found[:10])


def prove(plan: Plan) -> Outcome:
    """Run the plan to its end. Raises `BenchFailed` when work does not come to an end."""
    kind = "PostgreSQL" if plan.engine == "celery" else "SQLite"
    with ExitStack() as stack:
        platform = stack.enter_context(closing(FakePlatform()))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pmo-bridge-faults-")))
        url = stack.enter_context(database(kind, folder))
        broker = None
        if plan.engine == "celery" and not plan.broker_url:
            broker = stack.enter_context(RabbitMQ(folder / "rabbitmq"))
        settings = _settings(plan, platform, plan.broker_url or (broker.url if broker else ""))
        prepare(url)
        app = stack.enter_context(_application(environ_for(url, **settings)))
        register(app, platform)
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("LTI_TOOL_")}
        environ = inherited | environ_for(url, **settings)
        crews = [stack.enter_context(each) for each in _crews(plan, environ, folder)]
        return _run(plan, app, platform, crews, broker, folder)


def _settings(plan: Plan, platform: FakePlatform, broker_url: str) -> dict[str, str]:
    settings = {
        "LTI_TOOL_TRUSTED_ORIGINS": platform.url,
        "LTI_TOOL_LEASE_SECONDS": str(plan.lease_seconds),
        "LTI_TOOL_LOG_LEVEL": "ERROR",
    }
    if plan.engine == "celery":
        settings |= {
            "LTI_TOOL_ENGINE": "celery",
            "LTI_TOOL_BROKER_URL": broker_url,
            "LTI_TOOL_QUEUE_PREFIX": plan.queue_prefix,
        }
    return settings


def _crews(plan: Plan, environ: Mapping[str, str], folder: Path) -> list[Crew]:
    log = folder / "workers.log"
    if plan.engine == "celery":
        return [
            Crew([*CELERY, "worker"], plan.workers, environ, log),
            Crew([*CELERY, "beat"], 1, environ, log),
        ]
    return [Crew([*FLASK, "outbox", "run"], plan.workers, environ, log)]


@contextmanager
def _application(environ: Mapping[str, str]) -> Iterator[Flask]:
    app = create_app(environ)
    try:
        yield app
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def _run(
    plan: Plan,
    app: Flask,
    platform: FakePlatform,
    crews: list[Crew],
    broker: RabbitMQ | None,
    folder: Path,
) -> Outcome:
    began = time.monotonic()
    learners = enrol(app, platform, plan.submissions // ATTEMPTS)
    gradebook = Unreliable(platform, plan.seed, slow=plan.slow)
    ended = threading.Event()
    trouble = threading.Thread(target=_make_trouble, args=(plan, gradebook, crews, broker, ended))
    trouble.start()
    try:
        for right in range(1, ATTEMPTS + 1):
            for user_id in learners:
                hand_in(app, user_id, right)
        _await_the_end(app, folder)
    finally:
        ended.set()
        trouble.join()
    return Outcome(
        verdict=judge(app, gradebook),
        faults=gradebook.faults,
        submissions=len(learners) * ATTEMPTS,
        posts=gradebook.posts,
        tokens=platform.tokens_issued,
        kills=sum(crew.kills for crew in crews),
        broker_restarts=broker.restarts if broker else 0,
        seconds=time.monotonic() - began,
    )


def _make_trouble(
    plan: Plan,
    gradebook: Unreliable,
    crews: list[Crew],
    broker: RabbitMQ | None,
    ended: threading.Event,
) -> None:
    """Kill workers at random moments, beat too, and now and then the broker."""
    chance = random.Random(plan.seed)  # noqa: S311 (chooses moments, guards nothing)
    crashes, target, kills = plan.broker_crashes, 1, 0
    while not ended.wait(chance.uniform(0, 0.1)):
        if gradebook.posts < target:
            continue
        target = gradebook.posts + chance.randint(1, 2 * plan.kill_every_posts)
        chance.choice([crews[0], crews[0], *crews]).kill_one(chance)
        kills += 1
        if broker is not None and crashes and kills % 4 == 0:
            crashes -= 1
            broker.crash()


def _await_the_end(app: Flask, folder: Path) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while count_open(app):
        if time.monotonic() > end:
            log = (folder / "workers.log").read_text(errors="replace")[-3000:]
            raise BenchFailed(f"{count_open(app)} scores are still on their way:\n{log}")
        time.sleep(0.2)
