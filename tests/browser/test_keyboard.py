"""The keyboard alone takes a learner through a module, and an instructor through a course."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from demo.people import DANA, MODULE_1, SOFIA
from lti_tool.curriculum import catalogue
from lti_tool.curriculum.models import Placement
from lti_tool.db import db
from lti_tool.quiz.models import Answer, Attempt
from tests.browser.conftest import Campus, Seat
from tests.browser.keyboard import (
    answer,
    arrive,
    choose,
    focused,
    follow,
    press,
    tab_to,
    write,
)
from tests.browser.test_story import place_module
from tests.classes import hold_class
from tests.databases import change, rows

pytestmark = pytest.mark.browser
LOOKED_UP = {
    "Glossary": "Glossary",
    "Sources": "Sources",
    "Your data": "What is kept about you",
}
STILL = {"reduced_motion": "reduce"}  # a page that glides to the focus has not arrived yet


def launch(seat: Seat) -> Page:
    """Open the first module from the platform's page, in a window of its own."""
    with seat.context.expect_page() as opened:
        press(seat.page, f"Open {MODULE_1.title} in a new window")
    return opened.value


def test_a_learner_goes_through_a_module(seat: Callable[..., Seat], campus: Campus) -> None:
    place_module(seat())
    learner = seat(viewport={"width": 1000, "height": 400}, **STILL)
    learner.sign_in(SOFIA)
    page = launch(learner)
    arrive(page, "Two jobs compared")
    _skip_to_the_text(page)
    _read(page)
    _look_up(page)
    follow(page, "Go to the quiz", "Quiz")
    follow(page, "Begin the quiz", re.compile("^Question 1"))
    for number in range(1, 11):
        arrive(page, f"Question {number} of 10")
        answer(page, "Save and")
    arrive(page, "Ready to hand in")
    follow(page, "Hand in", re.compile("passed", re.IGNORECASE))
    expect(page.locator(".receipt")).to_contain_text("In the gradebook")
    _look_back(page)
    _practise(page)
    assert learner.complaints == []


def _skip_to_the_text(page: Page) -> None:
    """The first Tab offers to pass over the header."""
    page.keyboard.press("Tab")
    assert focused(page)["name"] == "Skip to the text"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused(page)["name"] == "Begin lesson 1"
    tab_to(page, "PMO Bridge", key="Shift+Tab")


def _read(page: Page) -> None:
    """Every lesson: answer its check, read why, go on; a term is explained on the way."""
    press(page, "Begin lesson 1")
    for number in range(1, 5):
        expect(page.get_by_text(f"Lesson {number} of 4")).to_be_visible()
        answer(page, "Check my answer")
        expect(page.get_by_role("button", name="Try it again")).to_be_visible()
        press(page, "Done")
    arrive(page, "Two jobs compared")
    expect(page.get_by_text("All lessons are done.")).to_be_visible()


def _look_up(page: Page) -> None:
    for name, heading in LOOKED_UP.items():
        follow(page, name, heading)
        follow(
            page, "Module 1" if name == "Your data" else "Two jobs compared", "Two jobs compared"
        )


def _look_back(page: Page) -> None:
    """The receipt's code opens its check; questions are reviewed below."""
    with page.context.expect_page() as opened:
        tab_to(page, page.locator("a.code").inner_text())
        page.keyboard.press("Enter")
    expect(opened.value.get_by_role("heading", level=1)).to_be_visible()
    opened.value.close()
    expect(page.get_by_role("heading", name="Question by question")).to_be_visible()
    follow(page, "How sure you were", re.compile("sure"))
    page.go_back()


def _practise(page: Page) -> None:
    press(page, "Practise what you missed")
    arrive(page, re.compile("^Question 1"))
    answer(page, "Check my answer")
    expect(page.locator(".marked, .verdict").first).to_be_visible()
    follow(page, "Next question", re.compile("^Question 2"))


def test_all_nine_types_are_answered(seat: Callable[..., Seat], campus: Campus) -> None:
    place_module(seat())
    learner = seat(viewport={"width": 320, "height": 400}, **STILL)
    learner.sign_in(SOFIA)
    page = learner.open_in_window(MODULE_1.title)
    follow(page, "Quiz", "Quiz")
    follow(page, "Begin the quiz", re.compile("^Question 1"))
    with campus.app.app_context():
        curriculum = catalogue.curriculum(db.session.query(Attempt).one().version_id)
        db.session.remove()
    each = {item.type: item.id for item in curriculum.items if item.pool == "graded"}
    assert len(each) == 9
    change(campus.app, Attempt, item_ids=list(each.values()))
    page.reload()
    for number in range(1, 10):
        arrive(page, f"Question {number} of 9")
        answer(page, "Save and")
    arrive(page, re.compile("hand in"))
    follow(page, "Hand in", re.compile("passed", re.IGNORECASE))
    expect(page.locator(".score-figure")).to_be_visible()
    given = {found.item_id for found in rows(campus.app, Answer) if found.response}
    assert given == set(each.values())


def test_an_instructor_goes_through_a_course(seat: Callable[..., Seat], campus: Campus) -> None:
    teacher = seat(**STILL)
    teacher.sign_in(DANA)
    page = launch(teacher)
    arrive(page, "Set up this activity")
    write(page, "Pass mark, in percent", "140")
    press(page, "Place this module")
    expect(page.get_by_role("alert")).to_be_visible()
    write(page, "Pass mark, in percent", "80")
    press(page, "Place this module")
    expect(page.get_by_text("Learners who open the link now find")).to_be_visible()
    with campus.app.app_context():
        bad = hold_class(db.session.scalars(select(Placement.id)).one())
        db.session.remove()
    _change_settings(page)
    _decide_about_a_learner(page)
    _repair(page, bad.id)
    _take_along(page)
    assert teacher.complaints == []


def _change_settings(page: Page) -> None:
    follow(page, "Settings", "Settings")
    write(page, "Pass mark, in percent", "5")
    follow(page, "Save", "What this changes for learners")
    press(page, "Save it")
    expect(page.get_by_text("Saved.")).to_be_visible()


def _decide_about_a_learner(page: Page) -> None:
    follow(page, "Learners", "Two jobs compared")
    follow(page, "Classmate 1", "Classmate 1")
    follow(page, "More time", "More time, attempts or days")
    choose(page, "Time limits are multiplied by", downs=2)
    write(page, "Extra attempts", "1")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Attempts that are open have their new time")).to_be_visible()
    follow(page, "Classmate 1", "Classmate 1")
    press(page, "Set the score")
    write(page, "Reason", "Two questions were read out wrongly")
    press(page, "Set the score")
    expect(page.locator(".log")).to_contain_text("set the score in Module 1")


def _repair(page: Page, item_id: str) -> None:
    follow(page, "Questions", "Questions of Two jobs compared")
    press(page, item_id)
    expect(page.get_by_role("link", name="Repair this question")).to_be_visible()
    follow(page, "Repair this question", "Repair this question")
    press(page, "Take it out", key="Space")
    write(page, "Reason, for the log", "The key was wrong")
    follow(page, "See who gains or loses", "Take the question out")
    follow(page, "Repair the question", "Repair this question")
    expect(page.get_by_text("Grades that changed are on their way")).to_be_visible()


def _take_along(page: Page) -> None:
    follow(page, "Course", "PMO Academy, autumn term")
    follow(page, "Report to print", "PMO Academy, autumn term: report")
    follow(page, "Course", "PMO Academy, autumn term")
    follow(page, "Export to CSV or XLSX", "Take the results with you")
    with page.expect_download() as downloaded:
        press(page, "Everything as one XLSX file")
    assert downloaded.value.suggested_filename.endswith("course.xlsx")
