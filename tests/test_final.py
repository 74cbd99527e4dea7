"""The final assessment: a unit without lessons, placed like a module."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from lti_tool.db import utcnow
from lti_tool.quiz.models import Attempt
from tests.browsers import Browser, text_of
from tests.databases import change, rows
from tests.platforms import FakePlatform
from tests.story import set_up, settings, take_quiz
from tests.test_practice import practise

FINAL = {"module_id": "FINAL", "attempts_allowed": "2", "pass_percent": "75"}


def test_a_learner_takes_the_final_assessment_and_finds_40_points_in_the_gradebook(
    app: Flask,
    new_browser: Callable[[], Browser],
    platform: FakePlatform,
    work: Callable[[], None],
) -> None:
    instructor = new_browser()
    set_up(instructor, **FINAL)
    learner = new_browser()

    page = learner.launch(sub="ada", name="Ada Okafor")
    text = text_of(page.text)
    assert "Final assessment" in text and "40 questions" in text and "Go to the quiz" in text
    for absent in ("Lessons", "lessons", "Module 11", "What you will be able to do"):
        assert absent not in text
    assert "75%" in text_of(learner.get("/quiz").text)
    assert learner.get("/sources").status_code == 200

    number = take_quiz(app, learner)
    result = text_of(learner.get(f"/quiz/{number}/result").text)
    assert "Passed" in result and "40 of 40 points" in result
    assert "Back to Final assessment" in result and "Look again at" not in result
    assert "See your result" in learner.get("/module").text

    work()
    [score] = platform.scores
    assert (score["scoreGiven"], score["scoreMaximum"]) == (40, 40)

    table = text_of(instructor.get("/learners").text)
    assert "100% passed" in table and "Lessons" not in table
    [path] = re.findall(r"/learners/\d+", instructor.get("/learners").text)
    details = instructor.get(path).text
    assert "Ada Okafor" in details and "Lessons completed" not in details


def test_a_second_attempt_asks_other_questions(
    app: Flask, new_browser: Callable[[], Browser]
) -> None:
    set_up(new_browser(), **FINAL)
    learner = new_browser()
    learner.launch()
    take_quiz(app, learner, right=29)
    assert "Not passed yet" in learner.get("/quiz/1/result").text
    assert "Between two attempts lies a pause of 7 days" in text_of(learner.get("/quiz").text)
    assert learner.post("/quiz").status_code == 409
    change(app, Attempt, submitted_at=utcnow() - timedelta(days=7))
    assert take_quiz(app, learner, right=30) == 2
    assert "Passed" in learner.get("/quiz/2/result").text
    assert "Begin" not in text_of(learner.get("/quiz").text)

    first, second = (set(attempt.item_ids) for attempt in rows(app, Attempt))
    assert len(first) == len(second) == 40
    assert len(first & second) <= 10  # where a module has one preferred item, it comes again


@pytest.fixture
def failed(app: Flask, new_browser: Callable[[], Browser]) -> tuple[Browser, Browser]:
    """An instructor, and a learner who has failed twice, the second time with most of it right."""
    teacher, learner = new_browser(), new_browser()
    set_up(teacher, **FINAL, cooling_off_hours="0", corrective_path="yes")
    learner.launch(sub="ada")
    take_quiz(app, learner, right=0)
    assert learner.get("/again/M1.L1").status_code == 404
    take_quiz(app, learner, right=28)
    return teacher, learner


def missed_lessons(learner: Browser) -> list[str]:
    found = re.findall(r"/again/(M\d+\.L\d+)", learner.get("/quiz").text)
    return list(dict.fromkeys(found))


def test_whoever_has_no_attempt_left_is_shown_what_was_missed(
    failed: tuple[Browser, Browser],
) -> None:
    _, learner = failed
    words = text_of(learner.get("/quiz").text)
    assert "You have used all your attempts" in words and "What your last attempt missed" in words
    assert "Work through what you missed" in text_of(learner.get("/quiz/2/result").text)
    lessons = missed_lessons(learner)
    modules = {each.split(".")[0] for each in lessons}
    assert modules and all(f"Module {each[1:]}:" in words for each in modules)
    assert "Practice: 0 of 1 question answered" in words
    assert learner.get("/again/M1.L99").status_code == 404


def test_the_next_attempt_opens_when_missed_lessons_of_every_module_are_read_again(
    app: Flask, failed: tuple[Browser, Browser]
) -> None:
    teacher, learner = failed
    settings(teacher, **FINAL | {"attempts_allowed": "3"})
    assert "Before the next attempt" in text_of(learner.get("/quiz").text)
    lessons = missed_lessons(learner)
    for each in lessons:
        assert "Done, back to what you missed" in learner.get(f"/again/{each}").text
        assert learner.post(f"/again/{each}").location.endswith("/quiz")
    assert learner.post("/quiz").status_code == 409
    practise(app, learner, 1, "missed")
    assert "Begin attempt 3" in text_of(learner.get("/quiz").text)
    [row] = csv.DictReader(io.StringIO(teacher.get("/exports/grades.csv").text))
    assert lessons and (row["lessons_completed"], row["attempts"]) == ("0", "2")


def test_the_settings_list_it_without_lessons(browser: Browser) -> None:
    page = text_of(browser.launch(sub="teacher-1", role="Instructor").text)
    assert "11. Final assessment" in page
    assert "quiz of 40 questions · suggested pass mark 75%, 2 attempts" in page
    assert "0 lessons" not in page
