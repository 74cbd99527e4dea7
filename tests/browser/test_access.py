"""Every page of a course, for everybody: each is looked at on every screen, and with axe-core."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from demo.people import DANA, MODULE_1, MODULE_3, NEW_ACTIVITY, SOFIA
from lti_tool.curriculum.models import Placement
from lti_tool.db import db, unit_of_work
from lti_tool.quiz.models import Answer, Attempt
from tests.browser.conftest import Campus, Seat
from tests.browser.looking import look_at_all
from tests.browser.pages import LOOKED_AT, NOTHING_TO_SEE
from tests.browser.test_story import answer_rightly, begin_quiz, place_module
from tests.classes import hold_class, rival_of

pytestmark = pytest.mark.browser
Pages = Iterator[tuple[str, Page]]


def test_every_address_that_opens_is_looked_at_or_says_why_not(campus: Campus) -> None:
    rules = campus.app.url_map.iter_rules()
    opened = {rule.endpoint for rule in rules if "GET" in (rule.methods or set())}
    assert opened == LOOKED_AT.keys() | NOTHING_TO_SEE.keys()
    assert LOOKED_AT.keys().isdisjoint(NOTHING_TO_SEE)


def test_the_pages_of_a_learner(seat: Callable[..., Seat], campus: Campus) -> None:
    place_module(seat())
    learner = seat()
    learner.sign_in(SOFIA)
    look_at_all(campus.app, "learner", walk_as_learner(learner, campus))
    assert learner.complaints == []


def walk_as_learner(learner: Seat, campus: Campus) -> Pages:
    page = learner.open_in_window(MODULE_1.title)
    yield "module", page
    for name in ("Glossary", "Sources", "Your data"):
        page.get_by_role("link", name=name, exact=True).click()
        page.wait_for_url(lambda address: not address.endswith("/module"))
        yield name.lower(), page
        page.go_back()
    yield from _walk_lesson(page)
    page.goto(page.url.split("/lessons")[0] + "/quiz")
    yield "quiz", page
    yield from _walk_quiz(campus, page)
    page.goto(page.url.split("/quiz")[0] + "/learners")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("for instructors"))
    yield "not-allowed", page
    page.goto(re.sub("/l/[^/]+/", "/l/long-gone/", page.url))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    yield "visit-gone", page


def _walk_lesson(page: Page) -> Pages:
    page.get_by_role("link", name="Begin lesson 1").click()
    yield "lesson", page
    page.get_by_label("True", exact=True).check()
    page.locator("[name$='.reason']").first.check()
    page.get_by_role("button", name="Check my answer").click()
    yield "lesson-checked", page


def _walk_quiz(campus: Campus, page: Page) -> Pages:
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
    open_all(page)
    yield "result", page


def open_all(page: Page) -> None:
    """Unfold whatever is folded on the page."""
    for details in page.locator("details").all():
        details.evaluate("element => element.open = true")


def test_the_pages_of_a_course(seat: Callable[..., Seat], campus: Campus) -> None:
    teacher = seat()
    teacher.sign_in(DANA)
    look_at_all(campus.app, "course", walk_as_instructor(teacher, campus))
    assert teacher.complaints == []


def place_three(teacher: Seat) -> Page:
    """A module behind each link of the course; the page of the first is left open."""
    for link, module in ((NEW_ACTIVITY, "2. "), (MODULE_3, "3. "), (MODULE_1, "1. ")):
        page = teacher.open_in_window(link.title)
        page.get_by_role("radio", name=re.compile(f"^{re.escape(module)}")).check()
        page.get_by_role("button", name="Place this module").click()
        expect(page.get_by_text("Learners who open the link now find")).to_be_visible()
    return page


def walk_as_instructor(teacher: Seat, campus: Campus) -> Pages:
    page = place_three(teacher)
    tabs = page.get_by_role("navigation", name="Pages of this activity")
    with campus.app.app_context():
        query = select(Placement.id).where(Placement.module_id == "M1")
        bad = hold_class(db.session.scalars(query).one())
        db.session.remove()
    with_a_text_to_mark(campus.app)
    page.reload()
    yield "learners", page
    yield from _walk_marking(page)
    tabs.get_by_role("link", name="Course").click()
    yield "course", page
    yield from _walk_papers(page)
    tabs.get_by_role("link", name="Learners").click()
    page.get_by_role("link", name="Classmate 1", exact=True).click()
    yield from _walk_decisions(page)
    tabs.get_by_role("link", name="Questions").click()
    yield "questions", page
    page.get_by_role("link", name=bad.id, exact=True).click()
    yield "question", page
    yield from _walk_repair(page, f'[name="{bad.id}.choice"][value="{rival_of(bad)}"]')
    page.goto(page.url.split("/items")[0] + "/modules")
    yield "modules", page


def _walk_papers(page: Page) -> Pages:
    """What leaves the tool: the report to print, and the exports."""
    page.get_by_role("link", name="Report to print").click()
    yield "report", page
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for not_on_paper in (page.get_by_role("navigation").first, page.get_by_text("this activity")):
        expect(not_on_paper).to_be_hidden()
    page.emulate_media(media="screen")
    page.go_back()
    with page.expect_navigation():
        page.get_by_role("link", name="Export to CSV or XLSX").click()
    open_all(page)
    yield "exports", page


def _walk_repair(page: Page, key: str) -> Pages:
    page.get_by_role("link", name="Repair this question").click()
    page.get_by_role("button", name="See who gains or loses").click()
    yield "repair-fault", page
    page.get_by_role("radio", name=re.compile("^Correct the key")).check()
    page.locator(key).check()
    page.get_by_label("Reason, for the log").fill("The key was wrong")
    page.get_by_role("button", name="See who gains or loses").click()
    yield "repair-preview", page
    page.get_by_role("button", name="Repair the question").click()
    yield "repaired", page


def with_a_text_to_mark(app: Flask) -> None:
    """Let one attempt that was handed in hold a text that a person marks."""
    with app.app_context(), unit_of_work():
        attempt = db.session.scalars(select(Attempt).order_by(Attempt.id.desc())).first()
        assert attempt is not None
        attempt.item_ids = [*attempt.item_ids, "M5-ST-001"]
        attempt.awaits_marking = True
        text = "Please agree to open the customer portal on 11 March instead of 1 March."
        db.session.add(Answer(attempt_id=attempt.id, item_id="M5-ST-001", response={"text": text}))


def _walk_marking(page: Page) -> Pages:
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


def _walk_decisions(page: Page) -> Pages:
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
