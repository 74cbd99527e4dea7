"""Practice counts for nothing, and leads back to what was missed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from lti_tool.curriculum import catalogue
from lti_tool.curriculum.items import Item, ShortText
from lti_tool.events import EventRecord
from lti_tool.grades.models import Grade
from lti_tool.quiz.calibrating import calibrate
from lti_tool.quiz.models import Attempt, PracticeSet
from tests.answers import right_form
from tests.browsers import Browser, text_of
from tests.databases import on_sqlite, rows
from tests.platforms import FakePlatform
from tests.story import set_up, settings, take_quiz

NewBrowser = Callable[[], Browser]


@pytest.fixture
def instructor(new_browser: NewBrowser) -> Browser:
    browser = new_browser()
    set_up(browser)
    return browser


@pytest.fixture
def learner(instructor: Browser, new_browser: NewBrowser) -> Browser:
    browser = new_browser()
    browser.launch(sub="learner-1")
    return browser


def items_of_round(app: Flask, number: int = 1) -> list[Item]:
    found = next(each for each in rows(app, PracticeSet) if each.number == number)
    with app.app_context():
        by_id = catalogue.curriculum(found.version_id).item_by_id
        return [by_id[item_id] for item_id in found.item_ids]


def practise(app: Flask, learner: Browser, number: int, kind: str = "practice") -> list[Item]:
    """A whole round, answered rightly."""
    assert learner.post("/practice", {"kind": kind}).location.endswith(f"/practice/{number}/1")
    items = items_of_round(app, number)
    for place, item in enumerate(items, 1):
        form = right_form(item) | {f"{item.id}.confidence": "sure"}
        assert learner.post(f"/practice/{number}/{place}", form).status_code == 303
    return items


def test_practice_is_answered_at_once_and_never_graded(
    app: Flask, learner: Browser, work: Callable[[], None], platform: FakePlatform
) -> None:
    assert "Begin a round" in learner.get("/practice").text
    items = practise(app, learner, 1)
    assert {item.pool for item in items} == {"practice"} and len(items) == 10
    assert len({item.objective for item in items}) == 4
    marked = next(place for place, item in enumerate(items, 1) if not isinstance(item, ShortText))
    assert "1 of 1 point" in text_of(learner.get(f"/practice/1/{marked}").text)
    assert "of 10" in text_of(learner.get("/practice/1/done").text)
    work()
    assert not rows(app, Attempt) and not rows(app, Grade) and platform.scores == []
    assert len(rows(app, EventRecord, name="PracticeAnswered")) >= 10
    assert "your marks fit your results" in learner.get("/quiz/calibration").text


@on_sqlite
def test_a_round_begun_twice_is_one_and_the_next_brings_what_is_oldest(
    app: Flask, learner: Browser
) -> None:
    for _ in range(2):
        assert learner.post("/practice").location.endswith("/practice/1/1")
    first = practise(app, learner, 1)
    learner.post("/practice")
    second = items_of_round(app, 2)
    pool = {item.id for item in first} | {item.id for item in second}
    assert len(pool) > 10 or {item.id for item in first} == {item.id for item in second}
    assert learner.get("/practice/3/1").status_code == 404
    assert learner.get("/practice/1/11").status_code == 404


@on_sqlite
def test_after_two_failures_the_way_leads_through_what_was_missed(
    app: Flask, learner: Browser
) -> None:
    take_quiz(app, learner, right=0)
    assert "Begin attempt 2" in learner.get("/quiz").text
    take_quiz(app, learner, right=0)
    page = text_of(learner.get("/quiz").text)
    assert "Before the next attempt" in page and "Begin attempt 3" not in page
    assert "Practice: 0 of" in page and "Read again" in page
    refused = learner.post("/quiz")
    assert (
        refused.status_code == 409 and "work through what your last attempt missed" in refused.text
    )

    for slug in ("l1", "l2", "l3", "l4"):
        assert learner.post(f"/lessons/{slug}/complete").status_code == 303
    assert learner.post("/quiz").status_code == 409
    items = practise(app, learner, 1, "missed")
    assert {item.objective for item in items} == {f"M1.O{number}" for number in (1, 2, 3, 4)}
    assert "Begin attempt 3" in learner.get("/quiz").text
    assert take_quiz(app, learner) == 3
    assert "Before the next attempt" not in learner.get("/quiz").text


@on_sqlite
def test_whoever_passed_once_is_not_sent_back(app: Flask, learner: Browser) -> None:
    take_quiz(app, learner)
    take_quiz(app, learner, right=0)
    assert "Begin attempt 3" in learner.get("/quiz").text


@on_sqlite
def test_the_instructor_may_switch_practice_off_but_not_the_way_back(
    app: Flask, instructor: Browser, learner: Browser
) -> None:
    token = learner.token()
    settings(instructor, practice="no")
    assert "/practice" not in learner.get("/quiz").text + learner.get("/module").text
    refused = learner.post("/practice", token=token)
    assert refused.status_code == 403 and "switched it off" in refused.text
    for _ in range(2):
        take_quiz(app, learner, right=0)
    assert learner.post("/practice", {"kind": "missed"}).status_code == 303
    settings(instructor, corrective_path="no")
    assert learner.get("/practice").status_code == 403
    assert "Begin attempt 3" in learner.get("/quiz").text


@on_sqlite
def test_the_settings_keep_what_they_are_not_asked(
    app: Flask, instructor: Browser, learner: Browser
) -> None:
    settings(instructor, grading_policy="last", shuffle="no", time_limit_minutes="45")
    settings(instructor)
    page = instructor.get("/settings").text
    assert '<option value="last" selected' in page and 'value="45"' in page
    wrong = {"time_limit_minutes": "0", "cooling_off_hours": "-1", "feedback_later": "x"}
    form = {"module_id": "M1", "attempts_allowed": "3", "pass_percent": "80"}
    answer = instructor.post("/settings", form | wrong)
    assert answer.status_code == 422 and all(f"{name}-fault" in answer.text for name in wrong)
    assert '<details class="more-settings" open>' in answer.text
    learner.post("/quiz")
    assert not rows(app, Attempt)[0].shuffled


def test_confidence_beside_results() -> None:
    assert "a few more questions" in calibrate([("sure", 1.0)]).finding
    assert "surer than right" in calibrate([("sure", 0.5)] * 5).finding
    assert "more than you think" in calibrate([("guess", 1.0)] * 5).finding
    found = calibrate([("sure", 1.0), ("guess", 0.0), (None, 1.0), ("other", 1.0)])
    assert [bar.count for bar in found.bars] == [1, 0, 1]
    assert found.bars[1].credit is None
