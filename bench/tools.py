"""The tool on a new database: its web process and its worker as they run in production."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, current_app
from flask_migrate import upgrade

from bench.databases import database, server_pids
from bench.people import Caller
from bench.processes import (
    CELERY,
    FLASK,
    GUNICORN,
    ROOT,
    BenchFailed,
    Process,
    cpu_ms,
    running,
    wait_until,
)
from lti_tool import create_app, migrating
from lti_tool.curriculum import publishing
from lti_tool.curriculum.checking import check
from lti_tool.db import db, unit_of_work, utcnow
from lti_tool.lti.registrations import NewRegistration, add_registration
from tests.platforms import FakePlatform

CONTENT = ROOT / "lti_tool/curriculum/content/pm-to-pmo"
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Tool:
    """One installation; `app` is the same application within this process, for set-up."""

    folder: Path
    port: int
    environ: dict[str, str]
    platform: FakePlatform
    app: Flask

    @contextmanager
    def web(self, target: str = "wsgi:app", **more: str) -> Iterator[Process]:
        """gunicorn with one process of eight threads, ready to answer."""
        command = [*GUNICORN, "--bind", f"{HOST}:{self.port}", target]
        with running(command, self.environ | more, self.folder / "web.log") as process:
            wait_until(answers(self.port), process)
            yield process

    def database_ms(self) -> float:
        """CPU that the database's server has spent so far on whoever is connected now."""
        return sum(cpu_ms(pid) for pid in server_pids(self.environ["LTI_TOOL_DATABASE_URL"]))

    def worker(self) -> AbstractContextManager[Process]:
        return running([*FLASK, "outbox", "run"], self.environ, self.folder / "worker.log")

    def celery(self, name: str, command: str) -> AbstractContextManager[Process]:
        """A process of Celery: `command` is "worker" or "beat"."""
        return running([*CELERY, command], self.environ, self.folder / f"{name}.log")


@contextmanager
def tool(kind: str = "SQLite", **settings: str) -> Iterator[Tool]:
    """A migrated tool with a published curriculum, registered at a platform of its own.

    `settings` are more of its variables.
    """
    with (
        closing(FakePlatform()) as platform,
        tempfile.TemporaryDirectory(prefix="pmo-bridge-bench-") as name,
        database(kind, Path(name)) as url,
    ):
        folder, port = Path(name), free_port()
        environ = _environ(url, port, platform.url) | settings
        app = create_app(environ)
        try:
            with app.app_context():
                _prepare(platform)
            yield Tool(folder, port, environ, platform, app)
        finally:
            with app.app_context():
                db.session.remove()
                db.engine.dispose()


def _environ(database_url: str, port: int, platform_url: str) -> dict[str, str]:
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("LTI_TOOL")}
    return inherited | {
        "LTI_TOOL_DATABASE_URL": database_url,
        "LTI_TOOL_PUBLIC_URL": f"http://{HOST}:{port}",
        "LTI_TOOL_SECRET_KEY": "a secret key for benches that is long enough",
        "LTI_TOOL_TRUSTED_ORIGINS": platform_url,
        "LTI_TOOL_LOG_LEVEL": "ERROR",
    }


def _prepare(platform: FakePlatform) -> None:
    migrating.init_app(current_app)
    upgrade(str(ROOT / "migrations"))
    checked = check(CONTENT, utcnow().date())
    if checked.curriculum is None:
        raise BenchFailed(f"{CONTENT} has faults: {checked.faults[0]}")
    with unit_of_work():
        publishing.publish(checked)
        add_registration(NewRegistration(**platform.registration()))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def answers(port: int, path: str = "/healthz") -> Iterator[bool]:
    """Whether the server answers now, asked again at each step."""
    while True:
        try:
            yield Caller(port).send("GET", path).status == 200
        except OSError:
            yield False
