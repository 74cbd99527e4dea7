"""Real brokers, and Celery's processes as they run in production."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from kombu import Connection

from tests.conftest import ROOT

URLS = {
    "rabbitmq": os.environ.get("TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672"),
    "redis": os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379"),
}
QUEUES = ("scores", "rosters", "upkeep")
CELERY = (sys.executable, "-m", "celery", "-A", "lti_tool.celery_app")
WAIT_SECONDS = 30


@dataclass(frozen=True)
class Broker:
    """One of the machine's brokers, with queues of the test's own."""

    url: str
    prefix: str

    def settings(self) -> dict[str, str]:
        return {
            "LTI_TOOL_ENGINE": "celery",
            "LTI_TOOL_BROKER_URL": self.url,
            "LTI_TOOL_QUEUE_PREFIX": self.prefix,
        }


@contextmanager
def broker(kind: str) -> Iterator[Broker]:
    """Skips the test where the broker is missing."""
    url, prefix = URLS[kind], f"test_{uuid.uuid4().hex[:12]}"
    options = {"global_keyprefix": f"{prefix}:"} if kind == "redis" else {}
    with Connection(url, connect_timeout=3, transport_options=options) as connection:
        try:
            connection.ensure_connection(max_retries=1, interval_start=0)
        except Exception as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(f"no {kind} at {url.rpartition('@')[2]}: {error!r}")
        yield Broker(url, prefix)
        for queue in QUEUES:
            with contextlib.suppress(Exception), connection.channel() as channel:
                channel.queue_delete(f"{prefix}.{queue}")


@contextmanager
def celery(
    environ: Mapping[str, str], log: Path, *arguments: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A process of Celery; ended at the end, if the test has not done that."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("LTI_TOOL_")}
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*CELERY, *arguments],
            cwd=ROOT,
            env={**inherited, **environ},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_until(
    happened: Callable[[], bool], processes: Sequence[subprocess.Popen[bytes]], log: Path
) -> None:
    """Fails with what the processes said when it does not happen or one of them ends."""
    end = time.monotonic() + WAIT_SECONDS
    while not happened():
        ended = any(process.poll() is not None for process in processes)
        if ended or time.monotonic() > end:
            pytest.fail(f"it did not happen; {ended=}:\n{log.read_text()[-3000:]}")
        time.sleep(0.05)
