"""Every page for everybody: axe-core, a narrow phone, a low frame, the keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from demo.people import DANA, MODULE_1, SOFIA
from lti_tool.courses.models import Context
from lti_tool.curriculum.models import ContextCopy, Placement, PlacementCopy
from lti_tool.curriculum.settings import settings_of
from lti_tool.db import db, unit_of_work
from lti_tool.quiz.models import Answer, Attempt
from tests.browser.conftest import Campus, Seat, picture
from tests.browser.test_story import answer_rightly, begin_quiz, place_module
from tests.versions import ITEM, LESSON, publish_next

pytestmark = pytest.mark.browser
SCREENS: dict[str, dict[str, Any]] = {
    "1280": {"viewport": {"width": 1280, "height": 900}},
    "360": {"viewport": {"width": 360, "height": 740}},
    "320-dark": {"viewport": {"width": 320, "height": 568}, "color_scheme": "dark"},
}


def walk(
    seat: Callable[..., Seat], campus: Campus, screen: dict[str, Any], content: Path
) -> Iterator[Any]:
    """Every kind of page, one after the other, each in a window of its own: (name, page)."""
    teacher = seat(**screen)
    teacher.sign_in(DANA)
    page = teacher.open_in_window(MODULE_1.title)
    yield "set-up", page
    page.get_by_label("Pass mark, in percent").fill("140")
    page.get_by_role("button", name="Place this module").click()
    yield "set-up-fault", page
    page.get_by_label("Pass mark, in percent").fill("80")
    page.get_by_role("button", name="Place this module").click()
    yield "learners-none", page
    yield from _walk_learner(seat, campus, screen)
    with_a_text_to_mark(campus.app)
    page.reload()
    yield "learners", page
    yield from _walk_marking(page)
    yield from _walk_insight(page)
    page.get_by_role("link", name="Settings").click()
    yield "settings", page
    yield from _walk_settings(page)
    yield from _walk_changes(campus, page, content)
    page.goto(f"{campus.tool_url}/l/nowhere/module")
    yield "refusal", page


def _walk_insight(page: Page) -> Iterator[Any]:
    """The course, its report and exports, one learner, the questions and one of them."""
    tabs = page.get_by_role("navigation", name="Pages of this activity")
    tabs.get_by_role("link", name="Course").click()
    yield "course", page
    page.get_by_role("link", name="Report to print").click()
    yield "report", page
    page.go_back()
    with page.expect_navigation():
        page.get_by_role("link", name="Export to CSV or XLSX").click()
    for details in page.locator("details").all():
        details.evaluate("element => element.open = true")
    yield "exports", page
    tabs.get_by_role("link", name="Learners").click()
    page.get_by_role("link", name=SOFIA.name).click()
    yield "learner", page
    yield from _walk_decisions(page)
    tabs.get_by_role("link", name="Questions").click()
    yield "questions", page
    page.locator("tbody th a").first.click()
    yield "question", page


def with_a_text_to_mark(app: Flask) -> None:
    """Let the attempt that was handed in hold a text that a person marks."""
    with app.app_context(), unit_of_work():
        attempt = db.session.scalars(select(Attempt)).one()
        attempt.item_ids = [*attempt.item_ids, "M5-ST-001"]
        attempt.awaits_marking = True
        text = "Please agree to open the customer portal on 11 March instead of 1 March."
        db.session.add(Answer(attempt_id=attempt.id, item_id="M5-ST-001", response={"text": text}))


def _walk_marking(page: Page) -> Iterator[Any]:
    """What waits to be marked; one answer, marked with the keyboard."""
    page.get_by_role("link", name="Mark them").click()
    yield "marking", page
    page.locator(".attempts a").first.click()
    yield "marking-answer", page
    page.get_by_label("The decision wanted").check()
    page.get_by_label("Comment to the learner").fill("Begin with the value next time.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/marking?**")
    yield "marking-done", page


def _walk_decisions(page: Page) -> Iterator[Any]:
    """What can be decided about a learner's work, and what was."""
    for details in page.locator(".act").all():
        details.evaluate("element => element.open = true")
    yield "decisions", page
    page.get_by_role("button", name="Set the score").click()
    expect(page.locator("#grade-reason-fault")).to_be_visible()
    yield "decisions-fault", page
    page.locator("#grade-reason").fill("Two questions were read out wrongly")
    page.get_by_role("button", name="Set the score").click()
    expect(page.locator(".log")).to_contain_text("set the score in Module 1")
    yield "decided", page


def _walk_settings(page: Page) -> Iterator[Any]:
    """A change that moves grades, the history of changes, and settings of the whole course."""
    at = page.url
    page.get_by_label("Pass mark, in percent").fill("5")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What this changes for learners")
    yield "settings-preview", page
    page.goto(at)
    page.get_by_role("link", name="Who changed what, and when").click()
    page.wait_for_url("**/settings/history")
    for details in page.locator("details").all():
        details.evaluate("element => element.open = true")
    yield "settings-history", page
    page.goto(at)
    page.get_by_role("link", name="Use these settings in the whole course").click()
    page.wait_for_url("**/settings/course")
    yield "course-settings", page
    page.goto(at)


def _walk_changes(campus: Campus, page: Page, content: Path) -> Iterator[Any]:
    """A newer version of the curriculum, and a copied course."""
    publish_next(campus.app, content, LESSON | ITEM)
    page.reload()
    page.get_by_role("link", name="See what changes").click()
    for details in page.locator("details").all():
        details.evaluate("element => element.open = true")
    yield "update", page
    come_from_last_year(campus.app)
    page.goto(re.sub(r"(/l/[^/]+)/.*", r"\1/copied", page.url))
    yield "copied", page


def come_from_last_year(app: Flask) -> None:
    """Let the course's activity be a copy about which nobody has decided yet."""
    with app.app_context(), unit_of_work():
        placement = db.session.scalars(select(Placement)).one()
        deployment_id = db.session.get_one(Context, placement.context_id).deployment_id
        origin = Context(
            deployment_id=deployment_id, context_id="last", label="PMO-25", title="PMO Academy 2025"
        )
        db.session.add(origin)
        db.session.flush()
        settings = settings_of(placement) | {
            "opens_at": datetime(2025, 9, 8, 7, tzinfo=UTC),
            "due_at": datetime(2025, 10, 31, 17, tzinfo=UTC),
        }
        source, other = (Placement(context_id=origin.id, **settings) for _ in range(2))
        db.session.add_all([source, other])
        db.session.flush()
        copy = {"placement_id": placement.id, "source_id": source.id, "found_by": "public id"}
        db.session.add_all(
            [
                PlacementCopy(**copy),
                ContextCopy(context_id=placement.context_id, origin_id=origin.id),
            ]
        )


def _walk_learner(
    seat: Callable[..., Seat], campus: Campus, screen: dict[str, Any]
) -> Iterator[Any]:
    learner = seat(**screen)
    learner.sign_in(SOFIA)
    page = learner.open_in_window(MODULE_1.title)
    yield from _walk_lesson(page)
    page.goto(page.url.split("/lessons")[0] + "/quiz")
    yield "quiz", page
    seen = set()
    for number, item in enumerate(begin_quiz(campus, page), 1):
        expect(page.get_by_role("heading", level=1)).to_contain_text(f"Question {number} ")
        if item.type not in seen:
            seen.add(item.type)
            yield f"question-{item.type}", page
        if number % 3:
            answer_rightly(page, item)
        with page.expect_navigation():  # it is saved first, then the page turns
            page.get_by_role("button", name=re.compile("^Save and")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Before you hand in")
    yield "last-look", page
    page.get_by_role("button", name="Hand in").click()
    expect(page.locator(".receipt")).to_contain_text("In the gradebook")
    for details in page.locator("details").all():
        details.evaluate("element => element.open = true")
    yield "result", page


def _walk_lesson(page: Page) -> Iterator[Any]:
    yield "module", page
    page.get_by_role("link", name="Your data").click()
    page.wait_for_url("**/data")
    yield "data", page
    page.go_back()
    page.get_by_role("link", name="Begin lesson 1").click()
    yield "lesson", page
    page.get_by_label("True", exact=True).check()
    page.locator("[name$='.reason']").first.check()
    page.get_by_role("button", name="Check my answer").click()
    yield "lesson-checked", page


def _faults(page: Page) -> list[str]:
    """What axe finds on the page, and whether it is wider than its screen."""
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    faults = [
        f"{violation['id']}: {violation['nodes'][0]['html'][:120]}"
        for violation in found.response["violations"]
    ]
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > page.evaluate("document.documentElement.clientWidth"):
        faults.append(f"{width} pixels wide")
    return faults


@pytest.mark.parametrize("screen", SCREENS)
def test_no_page_has_a_fault_that_axe_finds_or_is_wider_than_its_screen(
    seat: Callable[..., Seat], campus: Campus, screen: str, tmp_path: Path
) -> None:
    faults: dict[str, Any] = {}
    for name, page in walk(seat, campus, SCREENS[screen], tmp_path / "content"):
        page.wait_for_load_state()
        picture(page, f"{screen}-{name}")
        if found := _faults(page):
            faults[name] = found
    assert faults == {}


def test_a_quiz_is_taken_and_handed_in_with_the_keyboard_alone(
    seat: Callable[..., Seat], campus: Campus
) -> None:
    place_module(seat())
    learner = seat(viewport={"width": 1000, "height": 400})
    learner.sign_in(SOFIA)
    page = learner.open_in_window(MODULE_1.title)
    tab_to(page, "Begin lesson 1")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Lesson 1 of 4")).to_be_visible()
    page.goto(page.url.split("/lessons")[0] + "/quiz")
    tab_to(page, "Begin the quiz")
    page.keyboard.press("Enter")
    for _ in range(10):
        answer_by_keyboard(page)
        page.wait_for_load_state()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("hand in"))
    tab_to(page, "Hand in")
    page.keyboard.press("Enter")
    expect(page.locator(".score-figure")).to_be_visible()


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the control of that name has the focus."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            return
    raise AssertionError(f"Tab never reaches {name!r}")


def answer_by_keyboard(page: Page) -> None:
    """Give some answer wherever Tab leads, then press the button at the end."""
    heading = page.get_by_role("heading", level=1).text_content()
    keys = {
        "radio": "Space",
        "checkbox": "Space",
        "select-one": "ArrowDown",
        "text": "b",
        "textarea": "b",
    }
    selects = 0  # the first gets its first entry, the second its second: an order is complete
    for _ in range(80):
        page.keyboard.press("Tab")
        kind = page.evaluate("document.activeElement.type")
        selects += kind == "select-one"
        if kind in keys:
            for _ in range(selects if kind == "select-one" else 1):
                page.keyboard.press(keys[kind])
        elif page.evaluate("document.activeElement.textContent").startswith("Save and"):
            page.keyboard.press("Enter")
            expect(page.get_by_role("heading", level=1)).not_to_have_text(str(heading))
            return
    raise AssertionError(f"the keyboard does not get through {heading}")
