"""The whole story in the platform's frame, with cookies in the state that Chromium ships with."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Frame, Page, expect

from demo.people import DANA, MODULE_1, RAVI
from lti_tool.curriculum.items import Item
from lti_tool.db import db
from lti_tool.quiz.attempts import items_of
from lti_tool.quiz.models import Attempt
from tests.answers import right_form
from tests.browser.conftest import Campus, Seat

pytestmark = pytest.mark.browser


def place_module(seat: Seat) -> None:
    """Dana opens the link, chooses the first module and saves."""
    seat.sign_in(DANA)
    frame = seat.open_in_frame(MODULE_1.title)
    expect(frame.get_by_role("heading", level=1)).to_have_text("Set up this activity")
    frame.get_by_role("button", name="Place this module").click()
    expect(frame.get_by_text("Learners who open the link now find the module.")).to_be_visible()


def begin_quiz(campus: Campus, place: Frame | Page) -> tuple[Item, ...]:
    """Press the button; returns the items that were drawn, in their order."""
    place.get_by_role("button", name="Begin the quiz").click()
    expect(place.get_by_role("heading", level=1)).to_contain_text("Question 1")
    with campus.app.app_context():
        attempt = db.session.query(Attempt).order_by(Attempt.id.desc()).first()
        assert attempt is not None
        items = items_of(attempt)
        db.session.remove()
        return items


def answer_rightly(place: Frame | Page, item: Item) -> None:
    """Fill the page's own controls as somebody who knows the answer."""
    for name, value in right_form(item).items():
        for each in value if isinstance(value, list) else [value]:
            fill(place, name, str(each))


def fill(place: Frame | Page, name: str, value: str) -> None:
    control = place.locator(f'[name="{name}"]')
    kind = control.first.evaluate("element => element.type")
    if kind in ("radio", "checkbox"):
        place.locator(f'[name="{name}"][value="{value}"]').check()
    elif kind == "select-one":
        control.select_option(value)
    else:
        control.fill(value)


def read_all_lessons(frame: Frame) -> None:
    frame.get_by_role("link", name="Begin lesson 1").click()
    for number in range(1, 5):
        expect(frame.get_by_text(f"Lesson {number} of 4")).to_be_visible()
        frame.get_by_role("button", name=re.compile("^Done")).click()
    expect(frame.get_by_text("All lessons are done.")).to_be_visible()


def take_quiz(campus: Campus, frame: Frame) -> None:
    """Every question rightly, each seen to be saved; then hand in."""
    for number, item in enumerate(begin_quiz(campus, frame), 1):
        expect(frame.get_by_role("heading", level=1)).to_have_text(f"Question {number} of 10")
        answer_rightly(frame, item)
        expect(frame.locator("#saved")).to_have_text("Saved")
        frame.get_by_role("button", name=re.compile("^Save and")).click()
    expect(frame.get_by_role("heading", level=1)).to_have_text("Ready to hand in")
    frame.get_by_role("button", name="Hand in").click()


def test_from_the_teachers_first_launch_to_the_score_in_the_gradebook(
    seat: Callable[..., Seat], campus: Campus
) -> None:
    teacher = seat()
    place_module(teacher)

    learner = seat()
    learner.sign_in(RAVI)
    frame = learner.open_in_frame(MODULE_1.title)
    read_all_lessons(frame)
    frame.get_by_role("link", name="Go to the quiz").click()
    take_quiz(campus, frame)

    expect(frame.locator(".score-figure")).to_have_text("100%")
    expect(frame.locator(".receipt")).to_contain_text("In the gradebook", timeout=2000)
    grade = campus.lms.gradebook.grade(RAVI, MODULE_1)
    assert grade is not None and (grade.score, grade.maximum) == (100, 100)
    assert learner.complaints == []

    teacher.page.reload()
    row = teacher.frame().locator("tbody tr").filter(has_text="Ravi Menon")
    expect(row).to_contain_text("100% passed")
    expect(row).to_contain_text("In the gradebook")


def test_the_cookie_lives_only_inside_the_platform_that_framed_us(
    seat: Callable[..., Seat], campus: Campus
) -> None:
    teacher = seat()
    place_module(teacher)
    [cookie] = [c for c in teacher.context.cookies() if c["name"] == "__Host-pmo_bridge"]
    assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (True, True, "None")
    assert "localhost" in str(cookie.get("partitionKey"))


def test_an_answer_given_without_a_connection_is_kept_and_saved_when_it_returns(
    seat: Callable[..., Seat], campus: Campus
) -> None:
    place_module(seat())
    learner = seat()
    learner.sign_in(RAVI)
    page = learner.open_in_window(MODULE_1.title)
    page.get_by_role("link", name="Quiz").click()
    item = begin_quiz(campus, page)[0]

    learner.context.set_offline(True)
    answer_rightly(page, item)
    expect(page.locator("#saved")).to_contain_text("Not saved: no connection")

    learner.context.set_offline(False)
    expect(page.locator("#saved")).to_have_text("Saved")
    page.reload()
    expect(page.locator("#saved")).to_contain_text("Saved")
    expect(page.locator(".tick[aria-current]")).to_have_attribute(
        "aria-label", "Question 1, answered"
    )


def test_the_quiz_works_without_scripts(seat: Callable[..., Seat], campus: Campus) -> None:
    place_module(seat())
    learner = seat()
    learner.sign_in(RAVI)
    page = learner.open_in_window(MODULE_1.title)
    plain = learner.context.browser
    assert plain is not None
    context = plain.new_context(java_script_enabled=False)
    context.add_cookies(learner.context.cookies())  # type: ignore[arg-type]
    still = context.new_page()
    still.goto(page.url.replace("/module", "/quiz"))
    for item in begin_quiz(campus, still):
        answer_rightly(still, item)
        still.get_by_role("button", name=re.compile("^Save and")).click()
    still.get_by_role("button", name="Hand in").click()
    expect(still.locator(".score-figure")).to_have_text("100%")
    context.close()
