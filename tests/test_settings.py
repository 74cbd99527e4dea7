"""Settings: what a change does to learners is shown before it is saved; every change is kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from lti_tool.curriculum.models import Placement
from lti_tool.curriculum.settings import COLUMNS
from lti_tool.curriculum.wording import LABELS, in_words
from lti_tool.db import utcnow
from lti_tool.events import EventRecord
from lti_tool.grades.models import Grade
from tests.browsers import Browser, text_of
from tests.databases import on_sqlite, rows
from tests.story import SETTINGS, set_up, settings, take_quiz

NewBrowser = Callable[[], Browser]


@pytest.fixture
def teacher(new_browser: NewBrowser) -> Browser:
    """An instructor who has placed a module."""
    browser = new_browser()
    set_up(browser, corrective_path="no")
    return browser


@pytest.fixture
def learner(app: Flask, teacher: Browser, new_browser: NewBrowser) -> Browser:
    """A learner with half of the first attempt right, and nothing of the second."""
    browser = new_browser()
    browser.launch(sub="half", name="Half Right")
    take_quiz(app, browser, right=6)
    take_quiz(app, browser, right=0)
    return browser


def test_another_rule_of_what_counts_shows_who_loses_before_it_is_saved(
    app: Flask, teacher: Browser, learner: Browser
) -> None:
    [before] = rows(app, Grade)
    asked = teacher.post("/settings", SETTINGS | {"grading_policy": "last"})
    words = text_of(asked.text)
    assert (
        "1 learner loses" in words and "Half Right" in words and "Nothing has been saved" in words
    )
    [kept] = rows(app, Grade)
    assert kept.score_given == before.score_given > 0
    confirmed = dict(re.findall(r'name="(\w+)" value="([^"]*)"', asked.text))
    assert confirmed["grading_policy"] == "last"
    assert teacher.post("/settings", confirmed).status_code == 303
    [moved] = rows(app, Grade)
    assert moved.score_given == 0


def test_another_pass_mark_shows_who_passes_then(
    app: Flask, teacher: Browser, learner: Browser
) -> None:
    asked = teacher.post("/settings", SETTINGS | {"pass_percent": "10"})
    words = text_of(asked.text)
    assert "1 learner gains" in words and "not passed" in words
    assert "Scores stay as they are" in words
    assert teacher.post("/settings", SETTINGS | {"attempts_allowed": "5"}).status_code == 303


def test_an_earlier_closing_names_whose_attempt_it_cuts_short(
    teacher: Browser, learner: Browser
) -> None:
    learner.post("/quiz")
    soon = f"{utcnow() + timedelta(hours=1):%Y-%m-%dT%H:%M}"
    asked = teacher.post("/settings", SETTINGS | {"closes_at": soon})
    words = text_of(asked.text)
    assert "1 attempt that has begun ends sooner" in words and "Half Right, attempt 3" in words
    assert teacher.post("/settings", SETTINGS | {"time_limit_minutes": "1"}).status_code == 303
    wrong = teacher.post("/settings", SETTINGS | {"closes_at": soon, "opens_at": soon})
    assert wrong.status_code == 422


def test_every_change_is_found_again_in_words(app: Flask, teacher: Browser) -> None:
    settings(teacher, pass_percent="75", time_limit_minutes="45", shuffle="no")
    settings(teacher, pass_percent="75")
    page = teacher.get("/settings/history")
    words = text_of(page.text)
    assert "Pass mark from 80% → to 75%" in words
    assert "Time limit from none → to 45 minutes" in words
    assert "Shuffled questions and options from yes → to no" in words
    assert "Name of teacher-1" in words and words.index("Changed") < words.index("Set up")
    same = [each.data["changes"] for each in rows(app, EventRecord, name="PlacementConfigured")]
    assert same[-1] == {}


@on_sqlite
def test_long_histories_come_in_pages(teacher: Browser) -> None:
    for minutes in range(1, 28):
        settings(teacher, time_limit_minutes=str(minutes))
    words = text_of(teacher.get("/settings/history").text)
    assert "to 27 minutes" in words and "to 2 minutes" not in words and "Page 1 of 2" in words
    older = text_of(teacher.get("/settings/history?page=99").text)
    assert "to 2 minutes" in older and "Set up" in older and "Page 2 of 2" in older


def test_every_setting_has_a_name_in_words() -> None:
    assert set(LABELS) == set(COLUMNS)
    assert in_words("cooling_off_hours", "1") == "1 hour"
    assert in_words("attempts_allowed", None) == "no limit"
    assert in_words("grading_policy", "average") == "the average of all attempts"
    assert in_words("feedback_after", "marks") == "right or wrong"
    assert in_words("practice", "False") == "not offered"
    assert in_words("pass_mark", "0") == "0%"


def test_lessons_that_were_left_out_are_gone_for_learners(
    app: Flask, teacher: Browser, new_browser: NewBrowser
) -> None:
    learner = new_browser()
    learner.launch(sub="reader")
    token = learner.token()
    for slug in ("l1", "l2"):
        assert learner.post(f"/lessons/{slug}/complete", token=token).status_code == 303
    page = teacher.get("/settings").text
    lessons = re.findall(r'name="lesson" value="([^"]+)"', page)
    form = SETTINGS | {"lessons_of": "M1", "lesson": lessons[1:]}
    assert teacher.post("/settings", form).status_code == 303
    module = text_of(learner.get("/module").text)
    assert f"1 of {len(lessons) - 1} lessons" in module
    assert learner.get("/lessons/l1").status_code == 404
    assert "Lesson 1 of" in text_of(learner.get("/lessons/l2").text)
    assert f"1/{len(lessons) - 1}" in teacher.get("/course").text
    assert f"1 of {len(lessons) - 1}" in text_of(teacher.get("/learners").text)
    assert "Lessons left out" in text_of(teacher.get("/settings/history").text)
    assert teacher.get("/settings").text.count("checked> ") >= len(lessons) - 1
    none = teacher.post("/settings", SETTINGS | {"lessons_of": "M1"})
    assert none.status_code == 422 and "Keep at least one lesson" in none.text
    settings(teacher)
    assert learner.get("/lessons/l1").status_code == 404


def test_one_column_is_given_to_other_activities_after_a_look(
    app: Flask, teacher: Browser, learner: Browser, new_browser: NewBrowser
) -> None:
    other = new_browser()
    set_up(other, link="link-2", module_id="M2", corrective_path="no")
    settings(other, module_id="M2", pass_percent="10", time_limit_minutes="30")
    page = other.get("/settings/course")
    [activity] = re.findall(r'name="activity" value="([^"]+)"', page.text)
    form = {"do": "apply", "setting": ["pass_mark", "time_limit_minutes"], "activity": activity}
    asked = other.post("/settings/course", form)
    words = text_of(asked.text)
    assert "Pass mark from 80% → to 10%" in words and "1 learner gains" in words
    assert rows(app, Placement)[0].time_limit_minutes is None
    assert other.post("/settings/course", form | {"confirmed": "1"}).status_code == 303
    first = rows(app, Placement)[0]
    assert (first.time_limit_minutes, float(first.pass_mark)) == (30, 0.1)
    assert first.attempts_allowed == 3
    assert "Time limit from none → to 30 minutes" in text_of(teacher.get("/settings/history").text)
    assert "have these settings already" in text_of(other.post("/settings/course", form).text)
    assert other.post("/settings/course", {"do": "apply"}).status_code == 422


def test_defaults_of_the_course_are_what_new_activities_begin_with(
    app: Flask, teacher: Browser, new_browser: NewBrowser
) -> None:
    settings(teacher, pass_percent="65", shuffle="no", attempts_allowed="", cooling_off_hours="24")
    kept = ["pass_mark", "shuffle", "attempts_allowed", "due_at"]
    answer = teacher.post("/settings/course", {"do": "keep", "setting": kept})
    assert answer.status_code == 303
    newcomer = new_browser()
    page = newcomer.launch(sub="teacher-1", role="Instructor", link="link-2").text
    assert 'maxlength="3" class="form-control short" value="65"' in page
    set_up(new_browser(), link="link-3", module_id="M2", pass_percent="65", attempts_allowed="")
    newest = rows(app, Placement)[-1]
    assert (newest.shuffle, newest.cooling_off_hours, newest.attempts_allowed) == (False, 0, None)
    history = text_of(teacher.get("/settings/history").text)
    assert "Defaults of the course" in history
    assert "Pass mark from as each module suggests → to 65%" in history
    teacher.post("/settings/course", {"do": "keep"})
    assert "to as each module suggests" in text_of(teacher.get("/settings/history").text)
