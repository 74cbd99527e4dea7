"""Fixtures: the Open edX platform in its own process, the tool served on loopback, people."""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from lti_tool import create_app
from lti_tool.db import db, unit_of_work
from lti_tool.lti.registrations import NewRegistration, add_registration
from tests.conftest import ROOT, environ_for
from tests.interop import xblock_venv
from tests.interop.openedx import Component, OpenEdx, Person, run_openedx

LOOPBACK = "127.0.0.1"


@pytest.fixture(scope="session")
def xblock_python() -> Path:
    """The Python that has Open edX's code; installs it on the first run."""
    try:
        return xblock_venv.ensure(ROOT / ".venv-xblock")
    except xblock_venv.NoPackageIndex as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"Open edX's code cannot be fetched: {error}")


@pytest.fixture(scope="session")
def openedx(xblock_python: Path) -> Iterator[OpenEdx]:
    with run_openedx(xblock_python) as platform:
        yield platform


@dataclass(frozen=True)
class Tool:
    """The tool as it is reached over HTTP, with `component` registered."""

    url: str
    app: Flask
    component: Component


@pytest.fixture
def tool(sqlite_template: Path, tmp_path: Path, openedx: OpenEdx) -> Iterator[Tool]:
    """The tool, served, and a component of the course that opens it.

    On SQLite only: what crosses the wire does not depend on the database.
    """
    path = tmp_path / "tool.db"
    shutil.copy(sqlite_template, path)
    with socket.create_server((LOOPBACK, 0)) as listener:
        url = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
        origins = {"LTI_TOOL_PUBLIC_URL": url, "LTI_TOOL_TRUSTED_ORIGINS": openedx.url}
        app = create_app(environ_for(f"sqlite:///{path}", **origins))
        with _served(app, listener):
            component = openedx.add_component(url)
            with app.app_context(), unit_of_work():
                add_registration(NewRegistration(**component.registration()))
            yield Tool(url, app, component)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


class _Quiet(WSGIRequestHandler):
    def log_request(self, *args: object) -> None:
        pass


@contextmanager
def _served(app: Flask, listener: socket.socket) -> Iterator[None]:
    server = make_server(
        LOOPBACK,
        listener.getsockname()[1],
        app,
        threaded=True,
        request_handler=_Quiet,
        fd=listener.fileno(),
    )
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def person() -> Iterator[Callable[[str], Person]]:
    """Signs a person in to the platform, by user name, in a browser of their own."""
    made: list[Person] = []

    def sign_in(username: str) -> Person:
        made.append(Person(username))
        return made[-1]

    yield sign_in
    for each in made:
        each.session.close()
