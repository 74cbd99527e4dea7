"""From the course page an instructor reaches every activity of the course, without its link."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from lti_tool.curriculum.models import Placement
from tests.browsers import TOOL, Browser, text_of
from tests.databases import change, rows
from tests.platforms import CLAIM
from tests.story import SETTINGS, set_up, take_quiz

NewBrowser = Callable[[], Browser]


@pytest.fixture
def teacher(new_browser: NewBrowser) -> Browser:
    """At the first of two activities."""
    browser = new_browser()
    set_up(browser, link="link-2", module_id="M2")
    set_up(browser)
    return browser


def click(browser: Browser, page: str, label: str) -> str:
    """Follow the link with these words; returns the page, with the browser at its activity."""
    found = re.search(rf'<a href="(/l/[^"]*)">{label}<', page)
    assert found, label
    browser.launch_id = found[1].split("/")[2]
    answer = browser.follow(browser.client.get(found[1], base_url=TOOL))
    assert answer.status_code == 200
    return answer.text


def test_the_settings_of_another_activity(app: Flask, teacher: Browser) -> None:
    own = teacher.launch_id
    course = teacher.get("/course").text
    [second] = rows(app, Placement, module_id="M2")
    links = re.findall(r'<a href="/l/([^"]*)/settings">Settings', course)
    assert sorted(links) == [own, f"{own}.{second.public_id}"], "beside the tab"
    teacher.launch_id = f"{own}.{second.public_id}"
    page = teacher.get("/settings").text
    assert "not at the link that you opened" in text_of(page)
    answer = teacher.post("/settings", SETTINGS | {"module_id": "M2", "attempts_allowed": "7"})
    assert answer.status_code == 303 and teacher.launch_id in answer.location
    allowed = {each.module_id: each.attempts_allowed for each in rows(app, Placement)}
    assert allowed == {"M1": 3, "M2": 7}
    page = click(teacher, page, "Back to it")
    assert "not at the link" not in text_of(page) and teacher.launch_id == own


def test_learners_questions_and_deliveries_of_another_activity(
    app: Flask, teacher: Browser, new_browser: NewBrowser
) -> None:
    learner = new_browser()
    learner.launch(sub="ada", link="link-2")
    take_quiz(app, learner, right=2)
    [second] = rows(app, Placement, module_id="M2")
    teacher.launch_id += f".{second.public_id}"
    page = text_of(teacher.get("/learners").text)
    assert "What a PMO is for" in page and "1 of 3" in page
    for path in ("/items", "/deliveries", "/module"):
        assert "What a PMO is for" in text_of(teacher.get(path).text), path
    course = teacher.get("/course").text
    assert re.search(r"2\. What a PMO.{,200}this activity", course)
    assert "See why" in course


def test_from_the_menu_of_a_course_everything_is_in_reach(
    app: Flask, teacher: Browser, new_browser: NewBrowser
) -> None:
    """Canvas's navigation belongs to no link: the course page leads on from there."""
    menu: dict[str, Any] = {
        CLAIM + "resource_link": {"id": "course-1"},
        CLAIM + "tool_platform": {"product_family_code": "canvas"},
    }
    browser = new_browser()
    page = browser.launch(sub="teacher-1", role="Instructor", **menu).text
    assert "Pages of this activity" not in page
    page = click(browser, page, "Settings")
    assert "Pages of this activity" in page and "Back to the whole course" in page
    assert "two jobs compared" in text_of(page).casefold()


def test_an_activity_that_nobody_has_opened_is_not_reached_yet(
    app: Flask, teacher: Browser
) -> None:
    [second] = rows(app, Placement, module_id="M2")
    change(app, Placement, resource_link_id=None)
    course = teacher.get("/course").text
    assert "Linked, opened by nobody yet" in course and "." + second.public_id not in course
    teacher.launch_id += f".{second.public_id}"
    assert teacher.get("/settings").status_code == 404
