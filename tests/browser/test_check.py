"""The list of people and the administrator's check in Chromium: for everybody, on every screen."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from demo.people import DANA, MODULE_1, SOFIA
from lti_tool.db import db, unit_of_work
from lti_tool.lti.invites import make_invite, use
from lti_tool.lti.registrations import get_registration
from tests.browser.conftest import Campus, Seat, picture
from tests.browser.test_access import SCREENS, _faults
from tests.browser.test_story import place_module

pytestmark = pytest.mark.browser
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def check_page(page: Page, name: str) -> None:
    picture(page, name)
    assert _faults(page) == []
    assert not page.evaluate(TOO_WIDE)


def invited(campus: Campus) -> str:
    """The address of the check, for somebody whose invitation made the registration."""
    with campus.app.app_context(), unit_of_work():
        invite = make_invite("School")
        db.session.flush()
        use(invite.invite.id, get_registration(1))
        return invite.setup_url


def test_people_who_never_came_appear_while_the_instructor_looks(
    seat: Callable[..., Seat], campus: Campus
) -> None:
    """The page says that the list is being read, and then that it has been."""
    place_module(seat())
    learner = seat()
    learner.sign_in(SOFIA)
    learner.open_in_window(MODULE_1.title)
    for screen, options in SCREENS.items():
        teacher = seat(**options)
        teacher.sign_in(DANA)
        page = teacher.open_in_window(MODULE_1.title)
        page.goto(re.sub(r"(/l/[^/]+)/.*", r"\1/learners", page.url))
        expect(page.locator(".roster")).to_contain_text("Read from your platform")
        page.reload()
        expect(page.get_by_text("have not opened the course yet")).to_be_visible()
        row = page.locator("tbody tr").filter(has_text="Ravi Menon")
        expect(row).to_contain_text("Has not opened it yet")
        check_page(page, f"{screen}-roster")


def test_the_administrator_checks_the_platform(
    chromium: Browser, seat: Callable[..., Seat], campus: Campus
) -> None:
    place_module(seat())
    address = invited(campus)
    for number, (screen, options) in enumerate(SCREENS.items()):
        page = chromium.new_context(**options).new_page()
        page.goto(address)
        page.get_by_role("link", name="Check that everything works").click()
        if number == 0:
            check_page(page, f"{screen}-check-none")
            page.get_by_role("button", name="Check now").click()
        expect(page.get_by_text("The roster of the course opened last can be read")).to_be_visible()
        check_page(page, f"{screen}-check")
        page.context.close()
