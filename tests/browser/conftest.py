"""A running tool with a worker and a platform, and Chromium in front of them."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Frame, Page
from werkzeug.serving import WSGIRequestHandler, make_server

from demo.people import Person
from demo.serving import RunningLms, listen, serve_lms
from lti_tool import create_app
from lti_tool.db import db, unit_of_work
from lti_tool.lti.registrations import NewRegistration, add_registration
from lti_tool.worker import Worker
from tests.conftest import SECRET
from tests.platforms import FakePlatform
from tests.registrar import Registrar

PICTURES = os.environ.get("PICTURES")


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        pass


@dataclass(frozen=True)
class Campus:
    """The tool and the platform, both answering."""

    tool_url: str
    app: Flask
    lms: RunningLms


@contextmanager
def _served(app: Flask, host: str, port: int, fd: int) -> Iterator[None]:
    server = make_server(host, port, app, threaded=True, request_handler=_Quiet, fd=fd)
    worker = Worker(app)
    threads = [
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True),
        threading.Thread(target=worker.run, daemon=True),
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        server.shutdown()
        worker.stop()
        for thread in threads:
            thread.join()
        server.server_close()


@pytest.fixture
def campus(
    tmp_path: Path, sqlite_template: Path, request: pytest.FixtureRequest
) -> Iterator[Campus]:
    """`@pytest.mark.parametrize("campus", ["storage"], indirect=True)`: the platform keeps data."""
    shutil.copy(sqlite_template, tmp_path / "tool.db")
    keeps_storage = getattr(request, "param", "") == "storage"
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        tool_url = f"http://127.0.0.1:{port}"
        with serve_lms(tool_url, keeps_storage=keeps_storage) as lms:
            app = create_app(
                {
                    "LTI_TOOL_DATABASE_URL": f"sqlite:///{tmp_path / 'tool.db'}",
                    "LTI_TOOL_PUBLIC_URL": tool_url,
                    "LTI_TOOL_SECRET_KEY": SECRET,
                    "LTI_TOOL_TRUSTED_ORIGINS": lms.url,
                }
            )
            with app.app_context(), unit_of_work():
                add_registration(_registration(lms))
            with _served(app, "127.0.0.1", port, listener.fileno()):
                yield Campus(tool_url, app, lms)
            with app.app_context():
                db.session.remove()
                db.engine.dispose()


def _registration(lms: RunningLms) -> NewRegistration:
    """From the very arguments that the demo gives to `registrations add`."""
    words = lms.settings.registration_arguments()
    options: dict[str, Any] = dict(zip(words[::2], words[1::2], strict=True))
    return NewRegistration(
        **{name.removeprefix("--").replace("-", "_"): value for name, value in options.items()}
    )


@dataclass(frozen=True)
class Site:
    """The tool, served, and a platform at which it is not registered yet."""

    url: str
    app: Flask
    platform: FakePlatform
    registrar: Registrar


@pytest.fixture
def site(tmp_path: Path, sqlite_template: Path, platform: FakePlatform) -> Iterator[Site]:
    path = shutil.copy(sqlite_template, tmp_path / "tool.db")
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        settings = {
            "LTI_TOOL_DATABASE_URL": f"sqlite:///{path}",
            "LTI_TOOL_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "LTI_TOOL_SECRET_KEY": SECRET,
            "LTI_TOOL_TRUSTED_ORIGINS": platform.url,
        }
        app = create_app(settings)
        with _served(app, "127.0.0.1", port, listener.fileno()):
            yield Site(f"http://127.0.0.1:{port}", app, platform, Registrar(platform, "canvas"))
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


class Seat:
    """One person at a screen: signs in to the platform, opens links, looks at pages."""

    def __init__(self, context: BrowserContext, campus: Campus) -> None:
        self.context, self.campus = context, campus
        self.page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def sign_in(self, person: Person) -> None:
        self.page.goto(self.campus.lms.url)
        self.page.get_by_role("button", name=person.name).click()
        self.page.wait_for_url("**/course")

    def open_in_frame(self, title: str) -> Frame:
        """Launch a link within the platform's page; returns the tool's frame."""
        self.page.get_by_role("link", name=f"Open {title}", exact=True).click()
        return self.frame()

    def frame(self) -> Frame:
        """The tool's frame, once a page of a visit stands in it."""
        self.page.wait_for_selector("iframe.tool")
        for _ in range(100):
            for frame in self.page.frames:
                if frame.url.startswith(f"{self.campus.tool_url}/l/"):
                    frame.wait_for_load_state()
                    return frame
            self.page.wait_for_timeout(50)
        raise AssertionError(f"no visit in {[frame.url for frame in self.page.frames]}")

    def open_in_window(self, title: str) -> Page:
        """Launch a link into a window of its own."""
        with self.context.expect_page() as opened:
            self.page.get_by_role("link", name=f"Open {title} in a new window").click()
        opened.value.wait_for_url(f"{self.campus.tool_url}/l/**")
        return opened.value


@pytest.fixture
def seat(chromium: Browser, campus: Campus) -> Iterator[Callable[..., Seat]]:
    """Makes a seat; the options are those of a browser context, such as `viewport`."""
    contexts: list[BrowserContext] = []

    def take(**options: Any) -> Seat:
        options = {"viewport": {"width": 1280, "height": 900}} | options
        contexts.append(chromium.new_context(**options))
        contexts[-1].set_default_timeout(10_000)
        return Seat(contexts[-1], campus)

    yield take
    for context in contexts:
        context.close()


def picture(page: Page, name: str) -> None:
    """Keep a picture of the whole page where PICTURES names a folder; nothing otherwise."""
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)
