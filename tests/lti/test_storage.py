"""Launches that the platform's storage ties to their browser (LTI Client Side postMessages)."""

from __future__ import annotations

import html
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Flask

from lti_tool.lti.models import LoginState
from tests.browsers import TOOL, Browser
from tests.databases import on_sqlite, rows
from tests.lti.refused import assert_refused
from tests.platforms import FakePlatform

pytestmark = on_sqlite


class Frame:
    """One of several frames of a page: they share the browser's cookies."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        form = {
            "iss": browser.platform.url,
            "login_hint": "hint-1",
            "target_link_uri": f"{TOOL}/",
            "lti_storage_target": "storage_frame",
        }
        page = browser.client.post(
            "/lti/login", data=form, base_url=TOOL, headers={"Sec-Fetch-Dest": "iframe"}
        )
        found = re.search(r'data-keep="([^"]+)"', page.text)
        assert found, page.text
        self.kept: dict[str, Any] = json.loads(html.unescape(found[1]))
        query = parse_qs(urlsplit(self.kept["address"]).query)
        self.state, nonce = query["state"][0], query["nonce"][0]
        platform = browser.platform
        self.token = platform.sign(platform.claims(nonce, target=f"{TOOL}/"))

    def finish(self, **more: str) -> Any:
        return self.browser.finish(self.state, self.token, **more)


def test_two_frames_of_one_page_may_begin_at_once(app: Flask, platform: FakePlatform) -> None:
    """The second one's cookie replaces the first one's; the storage still knows both."""
    browser, second = Browser(app, platform), Browser(app, platform)
    first = Frame(browser)
    other = Frame(second)  # asked before the answer to the first had set its cookie
    browser.client = second.client
    page = first.finish()
    assert page.status_code == 200 and "data-fetch" in page.text
    assert first.finish(storage_secret=first.kept["value"]).status_code == 303
    assert other.finish().status_code == 303
    assert sorted(each.way for each in rows(app, LoginState)) == ["cookie", "storage"]


def test_another_browser_finds_no_secret_in_its_storage(app: Flask, platform: FakePlatform) -> None:
    frame = Frame(Browser(app, platform))
    frame.browser = Browser(app, platform)
    Frame(frame.browser)
    assert_refused(frame.finish(storage_secret=""), app, "state_foreign")
    assert_refused(frame.finish(storage_secret="guessed"), app, "state_foreign")
