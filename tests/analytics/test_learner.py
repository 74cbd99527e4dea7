"""The instructor reads one learner's work in the whole course."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from lti_tool.courses.models import User
from lti_tool.curriculum.models import Placement
from lti_tool.db import db
from tests.browsers import Browser, text_of
from tests.story import set_up, take_quiz
from tests.test_speed import queries

NewBrowser = Callable[[], Browser]


def place_two(new_browser: NewBrowser) -> Browser:
    """Module 1 behind link-1, module 2 behind link-2; returns the visit of the first."""
    first, second = new_browser(), new_browser()
    set_up(first)
    set_up(second, link="link-2", module_id="M2", corrective_path="no")
    return first


def test_the_page_gathers_the_work_at_every_module(app: Flask, new_browser: NewBrowser) -> None:
    instructor = place_two(new_browser)
    learner = new_browser()
    learner.launch(sub="ada")
    learner.post("/lessons/l1/complete")
    learner.launch(sub="ada", link="link-2")
    take_quiz(app, learner, right=2)
    take_quiz(app, learner, right=1)
    assert learner.post("/quiz").status_code == 303
    with app.app_context():
        user_id = db.session.scalars(select(User.id).filter_by(sub="ada")).one()
        second = db.session.scalars(select(Placement.id).filter_by(module_id="M2")).one()
    here = text_of(instructor.get(f"/learners/{user_id}").text)
    assert "1 of 4 lessons" in here and "3 attempts, one open" in here
    assert "No attempt has been handed in yet" in here
    page = instructor.get(f"/learners/{user_id}?placement={second}").text
    words = text_of(page)
    assert "Attempt 3 has been open since" in words
    assert "Attempt 1, question by question" in words and "points, counts" in words
    assert "Look again at" in words
    assert re.search(r'href="/l/[^/"]+\.[^/"]+/lessons/', page), "read in its own activity"
    other = instructor.get(f"/learners/{user_id}?placement={second}&attempt=2").text
    assert "Attempt 2, question by question" in text_of(other)
    assert re.search(r'cell-failed">\d+%', page)
    assert queries(app, instructor, f"/learners/{user_id}?placement={second}") <= 13


def test_a_placement_of_another_course_is_not_shown(app: Flask, new_browser: NewBrowser) -> None:
    instructor = place_two(new_browser)
    elsewhere = new_browser()
    elsewhere.launch(sub="teacher-1", role="Instructor", link="link-9", context="course-9")
    elsewhere.post("/settings", {"module_id": "M3", "attempts_allowed": "", "pass_percent": "80"})
    learner = new_browser()
    learner.launch(sub="ada")
    with app.app_context():
        user_id = db.session.scalars(select(User.id).filter_by(sub="ada")).one()
        foreign = db.session.scalars(select(Placement.id).filter_by(module_id="M3")).one()
    page = instructor.get(f"/learners/{user_id}?placement={foreign}")
    assert page.status_code == 200
    assert "Two jobs compared" in page.text and "Ways in" not in page.text
