"""An instructor chooses what to place from within the platform, in Chromium (Deep Linking 2.0)."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from lti_tool.db import unit_of_work
from lti_tool.lti.registrations import NewRegistration, add_registration
from tests.browser.conftest import Site
from tests.browser.looking import look_at_all
from tests.platforms import CLAIM, Answer

pytestmark = pytest.mark.browser
DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
AUTHORISED = """<!doctype html><title>Platform</title><form method="post" action="{url}/lti/launch">
<input type="hidden" name="state" value="{state}">
<input type="hidden" name="id_token" value="{token}">
<button>Go on</button></form>"""


def begin(site: Site, page: Page) -> None:
    """The platform sends the instructor to the tool, which asks who it is; the platform tells."""
    with site.app.app_context(), unit_of_work():
        add_registration(NewRegistration(**site.platform.registration()))
    site.platform.routes["/auth"] = lambda asked, body: _authorise(site, asked)
    query = {
        "iss": site.platform.url,
        "client_id": site.platform.client_id,
        "lti_deployment_id": site.platform.deployment_id,
        "login_hint": "hint",
        "target_link_uri": f"{site.url}/",
    }
    page.goto(f"{site.url}/lti/login?{urlencode(query)}")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose what to place")


def _authorise(site: Site, asked: BaseHTTPRequestHandler) -> Answer:
    query = {name: values[0] for name, values in parse_qs(urlsplit(asked.path).query).items()}
    request = {
        "deep_link_return_url": f"{site.platform.url}/return",
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["iframe"],
        "accept_multiple": True,
    }
    message: dict[str, Any] = {
        CLAIM + "message_type": "LtiDeepLinkingRequest",
        CLAIM + "resource_link": None,
        DL + "deep_linking_settings": request,
    }
    claims = site.platform.claims(
        query["nonce"], target=f"{site.url}/", role="Instructor", **message
    )
    token = site.platform.sign(claims)
    html = AUTHORISED.format(url=site.url, state=query["state"], token=token)
    return Answer(200, {"Content-Type": "text/html"}, html.encode())


def walk(site: Site, page: Page) -> Iterator[tuple[str, Page]]:
    begin(site, page)
    yield "choose", page
    page.locator("summary").first.click()
    page.get_by_label("Points in the gradebook").first.fill("many")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Place these modules").click()
    yield "choose-fault", page


def test_the_pages_of_choosing(site: Site, page: Page) -> None:
    look_at_all(site.app, "choosing", walk(site, page))
