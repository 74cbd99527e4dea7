"""What pages do about the frame that they stand in: tell their height, lead back out."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from demo.people import DANA, MODULE_1
from tests.browser.conftest import Campus, Seat

pytestmark = pytest.mark.browser
LISTEN = """window.heard = [];
addEventListener("message", (event) => window.heard.push([event.origin, event.data]));"""


def heard(seat: Seat, count: int) -> list[tuple[str, Any]]:
    """The messages so far, once there are `count` of them (the page's policy forbids to wait)."""
    for _ in range(100):
        messages = seat.page.evaluate("window.heard")
        if len(messages) >= count:
            return [(origin, data) for origin, data in messages]
        seat.page.wait_for_timeout(50)
    raise AssertionError(f"only {messages}")


def test_the_platform_is_told_how_high_the_page_is(
    seat: Callable[..., Seat], campus: Campus
) -> None:
    """As an object with either subject, and as text; again when the page changes its height."""
    dana = seat()
    dana.page.add_init_script(f"if (parent === window) {{ {LISTEN} }}")
    dana.sign_in(DANA)
    frame = dana.open_in_frame(MODULE_1.title)
    expect(frame.get_by_role("heading", level=1)).to_have_text("Set up this activity")
    messages = heard(dana, 3)
    height = frame.evaluate("Math.ceil(document.body.getBoundingClientRect().height)")
    assert {origin for origin, _ in messages} == {campus.tool_url}
    last = [json.loads(data) if isinstance(data, str) else data for _, data in messages[-3:]]
    assert {(each["subject"], each["height"]) for each in last} == {
        ("lti.frameResize", height),
        ("org.imsglobal.lti.frameResize", height),
    }
    dana.page.evaluate("window.heard = []")
    frame.evaluate("document.querySelector('main').prepend('more '.repeat(2000))")
    assert heard(dana, 3)[0][1]["height"] > height


def test_the_way_back_leads_into_the_course(seat: Callable[..., Seat]) -> None:
    dana = seat()
    dana.sign_in(DANA)
    frame = dana.open_in_frame(MODULE_1.title)
    frame.get_by_role("link", name="Back to the course").click()
    expect(dana.page.frame_locator("iframe.tool").get_by_text("Back from the tool")).to_be_visible()
