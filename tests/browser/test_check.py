"""The list of people and the administrator's check in Chromium: for everybody, on every screen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from demo.people import DANA, MODULE_1, SOFIA
from lti_tool.db import db, unit_of_work
from lti_tool.lti.invites import make_invite, use
from lti_tool.lti.registrations import get_registration
from tests.browser.conftest import Campus, Seat
from tests.browser.looking import look, look_at_all
from tests.browser.test_story import place_module

pytestmark = pytest.mark.browser


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
    teacher = seat()
    teacher.sign_in(DANA)
    page = teacher.open_in_window(MODULE_1.title)
    page.goto(re.sub(r"(/l/[^/]+)/.*", r"\1/learners", page.url))
    expect(page.locator(".roster")).to_contain_text("Read from your platform")
    page.reload()
    expect(page.get_by_text("have not opened the course yet")).to_be_visible()
    row = page.locator("tbody tr").filter(has_text="Ravi Menon")
    expect(row).to_contain_text("Has not opened it yet")
    assert look(page, "roster") == []


def test_the_administrator_checks_the_platform(seat: Callable[..., Seat], campus: Campus) -> None:
    place_module(seat())
    look_at_all(campus.app, "doctor", walk_as_administrator(seat().page, invited(campus)))


def walk_as_administrator(page: Page, address: str) -> Iterator[tuple[str, Page]]:
    page.goto(address)
    page.get_by_role("link", name="Check that everything works").click()
    yield "check-none", page
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_text("The roster of the course opened last can be read")).to_be_visible()
    yield "check", page
