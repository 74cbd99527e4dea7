"""An administrator registers the tool inside the platform's own page, in Chromium."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from lti_tool.lti.models import Registration
from tests.browser.conftest import Site
from tests.browser.looking import look_at_all
from tests.databases import rows
from tests.platforms import Answer, FakePlatform
from tests.registering.conftest import invite

pytestmark = pytest.mark.browser
ADMIN_PAGE = """<!doctype html><title>Administration</title><p id="said">nothing yet</p>
<button onclick="window.open({url})">Open in a tab</button>
<iframe width="900" height="700" src={url}></iframe>
<script>addEventListener("message", (event) => {{
  said.textContent = event.origin + " " + event.data.subject;
}});</script>"""


def framed(site: Site) -> str:
    """An invite's token, once the platform's page frames its address."""
    token = invite(site.app)
    address = f"{site.url}/lti/register?{urlencode({'invite': token, **site.registrar.query})}"
    html = ADMIN_PAGE.format(url=json.dumps(address).replace('"', "'"))
    answer = Answer(200, {"Content-Type": "text/html"}, html.encode())
    site.platform.routes["/admin"] = lambda asked, body: answer
    return token


def test_registered_in_a_frame_the_platform_is_told(site: Site, page: Page) -> None:
    framed(site)
    page.goto(f"{site.platform.url}/admin")
    frame = page.frame_locator("iframe")
    frame.get_by_label("Nothing").check()
    frame.get_by_role("button", name="Register PMO Bridge").click()
    expect(frame.get_by_role("heading", name="PMO Bridge is registered")).to_be_visible()
    expect(page.locator("#said")).to_have_text(f"{site.url} org.imsglobal.lti.close")
    assert len(rows(site.app, Registration)) == 1


def test_registered_in_a_tab_the_opener_is_told(site: Site, page: Page) -> None:
    framed(site)
    page.goto(f"{site.platform.url}/admin")
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Open in a tab").click()
    opened.value.get_by_role("button", name="Register PMO Bridge").click()
    expect(page.locator("#said")).to_have_text(f"{site.url} org.imsglobal.lti.close")


def test_another_page_cannot_frame_the_confirmation(site: Site, page: Page) -> None:
    """Or it could make an administrator press the button without seeing it."""
    framed(site)
    stranger = FakePlatform()
    try:
        stranger.routes["/admin"] = site.platform.routes["/admin"]
        page.goto(f"{stranger.url}/admin")
        page.wait_for_load_state()
        button = page.frame_locator("iframe").get_by_role("button", name="Register PMO Bridge")
        expect(button).to_have_count(0)
    finally:
        stranger.close()


def walk(site: Site, page: Page) -> Iterator[tuple[str, Page]]:
    token = framed(site)
    page.goto(f"{site.url}/lti/setup/~{token}")
    yield "invited", page
    page.goto(f"{site.url}/lti/setup?platform=canvas")
    yield "canvas", page
    page.goto(f"{site.url}/lti/setup/~{token}/values?profile=canvas")
    yield "values", page
    for field in page.locator("input[required]").all():
        field.fill("not an address")
    page.get_by_role("button", name="Add the registration").click()
    yield "values-fault", page
    page.goto(f"{site.url}/lti/register?{urlencode({'invite': token, **site.registrar.query})}")
    yield "confirm", page
    page.get_by_role("button", name="Register PMO Bridge").click()
    yield "registered", page
    page.goto(f"{site.url}/lti/setup/~{token}")
    yield "state", page


def test_the_pages_of_registering(site: Site, page: Page) -> None:
    look_at_all(site.app, "registering", walk(site, page))


def test_a_value_is_copied_by_its_button(site: Site, chromium: Browser) -> None:
    context = chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{site.url}/lti/setup")
    page.get_by_role("button", name="Copy Redirection URI").click()
    expect(page.get_by_role("status")).to_contain_text("Copied Redirection URI")
    assert page.evaluate("navigator.clipboard.readText()") == f"{site.url}/lti/launch"
    context.close()
