"""The instructor's work in Chromium: three modules, extra time, who is stuck, a repair, results."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from demo.people import DANA, MODULE_1, MODULE_3, NEW_ACTIVITY, RAVI
from lti_tool.curriculum.items import SingleChoice
from lti_tool.curriculum.models import Placement
from lti_tool.db import db
from tests.browser.conftest import Campus, Seat, picture
from tests.browser.test_story import begin_quiz
from tests.classes import hold_class, rival_of

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 360, "height": 740}}


def test_an_instructor_runs_a_course_without_leaving_the_platform(
    seat: Callable[..., Seat], campus: Campus
) -> None:
    teacher = seat()
    teacher.sign_in(DANA)
    for link, module in ((NEW_ACTIVITY, "2. "), (MODULE_3, "3. "), (MODULE_1, "1. ")):
        page = teacher.open_in_window(link.title)
        page.get_by_role("radio", name=re.compile(f"^{re.escape(module)}")).check()
        page.get_by_role("button", name="Place this module").press("Enter")
        if page.get_by_text("Not saved yet").is_visible():
            page.get_by_role("button", name="Place this module").press("Enter")
        expect(page.get_by_text("Learners who open the link now find")).to_be_visible()
    _be_stuck(seat(), campus)
    with campus.app.app_context():
        query = select(Placement.id).where(Placement.module_id == "M1")
        bad = hold_class(db.session.scalars(query).one())
        db.session.remove()

    _help_the_one_who_is_stuck(page)
    _repair(page, bad)
    page.get_by_role("link", name="Course", exact=True).press("Enter")
    page.get_by_role("link", name="Export to CSV or XLSX").press("Enter")
    with page.expect_download() as downloaded:
        page.get_by_role("link", name="Everything as one XLSX file").press("Enter")
    assert downloaded.value.suggested_filename.endswith("course.xlsx")
    assert teacher.complaints == []


def _be_stuck(learner: Seat, campus: Campus) -> None:
    """Ravi hands in an empty attempt."""
    learner.sign_in(RAVI)
    page = learner.open_in_window(MODULE_1.title)
    page.goto(re.sub(r"(/l/[^/]+)/.*", r"\1/quiz", page.url))
    begin_quiz(campus, page)
    page.goto(re.sub(r"(/l/[^/]+)/.*", r"\1/quiz/1/check", page.url))
    page.get_by_role("button", name="Hand in").click()
    expect(page.locator(".score-figure")).to_have_text("0%")


def _help_the_one_who_is_stuck(page: Page) -> None:
    page.get_by_role("link", name="Course", exact=True).press("Enter")
    page.get_by_role("link", name="Needs a look first").press("Enter")
    picture(page, "workplace-course")
    row = page.locator(".matrix tbody tr").filter(has_text="Ravi Menon")
    expect(row).to_contain_text("Not passed yet: module 1")
    row.get_by_role("link", name="Ravi Menon").press("Enter")
    page.get_by_role("link", name="More time, attempts or days").press("Enter")
    page.get_by_label("Time limits are multiplied by").select_option("1.5")
    page.get_by_label("Extra attempts").fill("1")
    page.get_by_label("Extra attempts").press("Enter")
    expect(page.get_by_text("Attempts that are open have their new time already.")).to_be_visible()


def _repair(page: Page, bad: SingleChoice) -> None:
    page.get_by_role("link", name="Questions", exact=True).press("Enter")
    expect(page.locator(".todo")).to_contain_text("It may have a wrong key")
    page.get_by_role("link", name=bad.id, exact=True).press("Enter")
    page.get_by_role("link", name="Repair this question").press("Enter")
    page.get_by_role("radio", name=re.compile("^Correct the key")).press("Space")
    page.locator(f'[name="{bad.id}.choice"][value="{rival_of(bad)}"]').press("Space")
    page.get_by_label("Reason, for the log").fill("The key was wrong")
    page.get_by_role("button", name="See who gains or loses").press("Enter")
    expect(page.get_by_text("learners gain")).to_be_visible()
    page.get_by_role("button", name="Repair the question").press("Enter")
    expect(page.get_by_text("Grades that changed are on their way")).to_be_visible()


def test_every_page_of_an_instructor_is_reached_on_a_phone(
    seat: Callable[..., Seat], campus: Campus
) -> None:
    teacher = seat(**PHONE)
    teacher.sign_in(DANA)
    page = teacher.open_in_window(MODULE_1.title)
    page.get_by_role("button", name="Place this module").click()
    for name in ("Course", "Learners", "Questions", "Gradebook", "Settings", "Preview"):
        tab = page.get_by_role("navigation", name="Pages of this activity").get_by_role(
            "link", name=name
        )
        box = tab.bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 360, (name, box)
        tab.press("Enter")
        expect(page.locator("h1")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
    picture(page, "workplace-360")
