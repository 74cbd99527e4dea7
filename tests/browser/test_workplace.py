"""The instructor's pages on a phone: every one of them is reached."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from demo.people import DANA, MODULE_1
from tests.browser.conftest import Campus, Seat, picture

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 360, "height": 740}}


def test_every_page_of_an_instructor_is_reached_on_a_phone(
    seat: Callable[..., Seat], campus: Campus
) -> None:
    teacher = seat(**PHONE)
    teacher.sign_in(DANA)
    page = teacher.open_in_window(MODULE_1.title)
    page.get_by_role("button", name="Place this module").click()
    for name in ("Course", "Learners", "Questions", "Settings", "Preview"):
        tab = page.get_by_role("navigation", name="Pages of this activity").get_by_role(
            "link", name=name
        )
        box = tab.bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 360, (name, box)
        tab.press("Enter")
        expect(page.locator("h1")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
    picture(page, "workplace-360")
