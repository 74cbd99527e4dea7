"""An administrator registers the tool inside the platform's own page, in Chromium."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from demo.serving import listen
from lti_tool import create_app
from lti_tool.db import db
from lti_tool.lti.models import Registration
from tests.browser.conftest import _served, picture
from tests.browser.test_access import SCREENS, _faults
from tests.conftest import SECRET
from tests.databases import rows
from tests.platforms import Answer, FakePlatform
from tests.registering.conftest import invite
from tests.registrar import Registrar

pytestmark = pytest.mark.browser
ADMIN_PAGE = """<!doctype html><title>Administration</title><p id="said">nothing yet</p>
<button onclick="window.open({url})">Open in a tab</button>
<iframe width="900" height="700" src={url}></iframe>
<script>addEventListener("message", (event) => {{
  said.textContent = event.origin + " " + event.data.subject;
}});</script>"""


@dataclass(frozen=True)
class Site:
    """The tool, served, and the platform in whose administration it is to be registered."""

    url: str
    app: Flask
    platform: FakePlatform
    registrar: Registrar

    def invite(self) -> str:
        """The invite's token, once the platform's page frames its address."""
        token = invite(self.app)
        address = f"{self.url}/lti/register?{urlencode({'invite': token, **self.registrar.query})}"
        html = ADMIN_PAGE.format(url=json.dumps(address).replace('"', "'"))
        answer = Answer(200, {"Content-Type": "text/html"}, html.encode())
        self.platform.routes["/admin"] = lambda asked, body: answer
        return token


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


def test_registered_in_a_frame_the_platform_is_told(site: Site, page: Page) -> None:
    site.invite()
    page.goto(f"{site.platform.url}/admin")
    frame = page.frame_locator("iframe")
    frame.get_by_label("Nothing").check()
    frame.get_by_role("button", name="Register PMO Bridge").click()
    expect(frame.get_by_role("heading", name="PMO Bridge is registered")).to_be_visible()
    expect(page.locator("#said")).to_have_text(f"{site.url} org.imsglobal.lti.close")
    assert len(rows(site.app, Registration)) == 1


def test_registered_in_a_tab_the_opener_is_told(site: Site, page: Page) -> None:
    site.invite()
    page.goto(f"{site.platform.url}/admin")
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Open in a tab").click()
    opened.value.get_by_role("button", name="Register PMO Bridge").click()
    expect(page.locator("#said")).to_have_text(f"{site.url} org.imsglobal.lti.close")


def test_another_page_cannot_frame_the_confirmation(site: Site, page: Page) -> None:
    """Or it could make an administrator press the button without seeing it."""
    site.invite()
    stranger = FakePlatform()
    try:
        stranger.routes["/admin"] = site.platform.routes["/admin"]
        page.goto(f"{stranger.url}/admin")
        page.wait_for_load_state()
        button = page.frame_locator("iframe").get_by_role("button", name="Register PMO Bridge")
        expect(button).to_have_count(0)
    finally:
        stranger.close()


@pytest.mark.parametrize("screen", SCREENS)
def test_the_pages_are_for_everybody(site: Site, chromium: Browser, screen: str) -> None:
    context = chromium.new_context(**SCREENS[screen])
    page, token, faults = context.new_page(), site.invite(), {}
    address = f"{site.url}/lti/register?{urlencode({'invite': token, **site.registrar.query})}"

    def look(name: str) -> None:
        picture(page, f"{screen}-{name}")
        if found := _faults(page):
            faults[name] = found

    page.goto(f"{site.url}/lti/setup/~{token}")
    look("invited")
    page.goto(f"{site.url}/lti/setup?platform=canvas")
    look("canvas")
    page.goto(f"{site.url}/lti/setup/~{token}/values?profile=canvas")
    look("values")
    page.goto(address)
    look("confirm")
    page.get_by_role("button", name="Register PMO Bridge").click()
    look("registered")
    page.goto(f"{site.url}/lti/setup/~{token}")
    look("state")
    context.close()
    assert faults == {}


def test_a_value_is_copied_by_its_button(site: Site, chromium: Browser) -> None:
    context = chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{site.url}/lti/setup")
    page.get_by_role("button", name="Copy Redirection URI").click()
    expect(page.get_by_role("status")).to_contain_text("Copied Redirection URI")
    assert page.evaluate("navigator.clipboard.readText()") == f"{site.url}/lti/launch"
    context.close()
