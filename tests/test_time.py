"""Time limits and closings, by the server's clock, and what single learners were granted."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from lti_tool.db import db, utcnow
from lti_tool.events import EventRecord
from lti_tool.grades.models import Grade
from lti_tool.periodic import start_turns
from lti_tool.quiz.attempts import items_of
from lti_tool.quiz.deadlines import HANDLER as CLOSE_OVERDUE
from lti_tool.quiz.deadlines import close_overdue_attempts
from lti_tool.quiz.models import Accommodation, Answer, Attempt
from lti_tool.reactions import EVERY
from tests.answers import right_form
from tests.browsers import Browser, text_of
from tests.databases import change, on_sqlite, rows
from tests.platforms import FakePlatform
from tests.story import set_up, settings

NewBrowser = Callable[[], Browser]
PAST = timedelta(minutes=2)


@pytest.fixture
def instructor(new_browser: NewBrowser) -> Browser:
    """An instructor whose quiz has a limit of 30 minutes."""
    browser = new_browser()
    set_up(browser)
    settings(browser, time_limit_minutes="30")
    return browser


@pytest.fixture
def learner(instructor: Browser, new_browser: NewBrowser) -> Browser:
    """A learner with an open attempt."""
    browser = new_browser()
    browser.launch(sub="learner-1")
    assert "30 min from the moment you begin" in text_of(browser.get("/quiz").text)
    assert browser.post("/quiz").status_code == 303
    return browser


def attempt_of(app: Flask) -> Attempt:
    return rows(app, Attempt)[-1]


def right(app: Flask, number: int = 1) -> dict[str, Any]:
    with app.app_context():
        return right_form(items_of(attempt_of(app))[number - 1])


def run_out(app: Flask, ago: timedelta = PAST) -> None:
    """Let the time of every attempt have been over for so long."""
    change(app, Attempt, deadline_at=utcnow() - ago)


def close_overdue(app: Flask) -> None:
    with app.app_context():
        close_overdue_attempts(0)
        db.session.remove()


def hand_in(learner: Browser, token: str) -> None:
    assert learner.post("/quiz/1/submit", token=token).status_code == 303


def grant(instructor: Browser, user_id: int, **wanted: str) -> Any:
    return instructor.post(f"/learners/{user_id}/accommodation", wanted)


def test_the_deadline_stands_from_the_start_and_the_page_says_so(
    app: Flask, learner: Browser
) -> None:
    attempt = attempt_of(app)
    assert attempt.deadline_at == attempt.started_at + timedelta(minutes=30)
    page = learner.get("/quiz/1/1").text
    assert f'data-deadline="{attempt.deadline_at.isoformat()}"' in page
    assert "29 minutes left, until" in text_of(page)


def test_what_comes_after_the_time_is_refused_and_what_was_saved_counts(
    app: Flask, learner: Browser, work: Callable[[], None], platform: FakePlatform
) -> None:
    token = learner.token()
    assert learner.post("/quiz/1/1", right(app), token=token).status_code == 303
    run_out(app, timedelta(seconds=10))  # within the grace
    assert learner.post("/quiz/1/2", right(app, 2), token=token).status_code == 303
    run_out(app)
    forged = right(app, 3) | {"edited_at": "1", "revision": "0"}
    for form in (right(app, 3), forged):
        answer = learner.post("/quiz/1/3", form, token=token, Accept="application/json")
        assert answer.status_code == 409
        refusal = answer.get_json()
        assert refusal["title"].startswith("Not saved: the time was over ")
        assert refusal["moment"] == attempt_of(app).deadline_at.isoformat()  # type: ignore[union-attr]
    assert "The time is over" in learner.get("/quiz/1/3").text
    assert learner.post("/quiz/1/3/take-back", token=token).status_code == 409

    close_overdue(app)
    attempt = attempt_of(app)
    assert not attempt.is_open and attempt.closed_at and len(rows(app, Answer)) == 2
    assert attempt.submitted_at <= attempt.deadline_at  # type: ignore[operator]
    work()
    assert [score["scoreGiven"] for score in platform.scores] == [2]
    assert "the attempt was closed then" in text_of(learner.get("/quiz/1/result").text)
    late = learner.post("/quiz/1/3", right(app, 3), token=token)
    assert late.status_code == 409
    assert "<h1>Not saved: the time was over <time datetime=" in late.text


def test_closing_at_once_from_many_sides_hands_in_once(app: Flask, learner: Browser) -> None:
    token = learner.token()
    learner.post("/quiz/1/1", right(app), token=token)
    run_out(app)
    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(close_overdue, app) for _ in range(4)]
        done.append(pool.submit(hand_in, learner, token))
    assert all(each.exception() is None for each in done)
    assert len(rows(app, EventRecord, name="AttemptSubmitted")) == 1
    assert [grade.score_given for grade in rows(app, Grade)] == [1]


def test_a_worker_closes_what_was_left_open(
    app: Flask, learner: Browser, work: Callable[[], None]
) -> None:
    run_out(app)
    with app.app_context():
        assert CLOSE_OVERDUE in start_turns(EVERY)
    work()
    assert not attempt_of(app).is_open


@on_sqlite
def test_one_press_adds_a_quarter_once_and_only_near_the_end(app: Flask, learner: Browser) -> None:
    token = learner.token()
    assert learner.post("/quiz/1/extend", token=token).status_code == 409
    begun = utcnow() - timedelta(minutes=25)
    change(app, Attempt, started_at=begun, deadline_at=begun + timedelta(minutes=30))
    assert "Add 8 minutes, once" in text_of(learner.get("/quiz/1/1").text)
    assert learner.post("/quiz/1/extend", {"number": "3"}, token=token).location.endswith("/1/3")
    attempt = attempt_of(app)
    assert attempt.deadline_at == attempt.started_at + timedelta(minutes=38)
    assert learner.post("/quiz/1/extend", token=token).status_code == 409


@on_sqlite
def test_more_time_reaches_an_attempt_that_runs(
    app: Flask, instructor: Browser, learner: Browser
) -> None:
    attempt = attempt_of(app)
    page = instructor.follow(grant(instructor, attempt.user_id, time_factor="2")).text
    assert "60 min 30 + 30" in text_of(page)
    assert attempt_of(app).deadline_at == attempt.started_at + timedelta(minutes=60)
    assert "60 min (30 + your extra 30)" in text_of(learner.get("/quiz").text)
    grant(instructor, attempt.user_id, time_factor="1")
    assert attempt_of(app).time_limit_minutes == 60  # a promise to whoever has begun
    grant(instructor, attempt.user_id, no_time_limit="yes")
    assert attempt_of(app).deadline_at is None
    assert "no time limit" in text_of(learner.get("/quiz").text)


@on_sqlite
def test_what_is_granted_holds_in_every_module_of_the_course_and_for_nobody_else(
    app: Flask, instructor: Browser, learner: Browser, new_browser: NewBrowser
) -> None:
    set_up(instructor, link="link-2", module_id="M2", attempts_allowed="2")
    settings(instructor, module_id="M2", attempts_allowed="2", time_limit_minutes="20")
    grant(instructor, attempt_of(app).user_id, extra_minutes="15", extra_attempts="1")
    learner.launch(sub="learner-1", link="link-2")
    own = text_of(learner.get("/quiz").text)
    assert "35 min (20 + your extra 15)" in own and "3 attempts in all (2 + your extra 1)" in own
    other = new_browser()
    other.launch(sub="learner-2", link="link-2")
    assert "20 min from" in text_of(other.get("/quiz").text)


@on_sqlite
def test_the_instructor_is_warned_where_the_window_cuts_the_time(
    app: Flask, instructor: Browser, learner: Browser
) -> None:
    instructor.launch(sub="teacher-1", role="Instructor")
    settings(
        instructor,
        time_limit_minutes="30",
        opens_at="2030-01-01T10:00",
        closes_at="2030-01-01T10:45",
    )
    page = instructor.follow(grant(instructor, attempt_of(app).user_id, time_factor="2"))
    assert "open for only 45 minutes, which cuts this time" in text_of(page.text)
    assert "the time of a learner who has more than others: up to 60 minutes" in text_of(
        instructor.get("/settings").text
    )
    for wrong in ({"time_factor": "9"}, {"extra_days": "-1"}, {"extra_minutes": "many"}):
        answer = grant(instructor, attempt_of(app).user_id, **wrong)
        assert answer.status_code == 422 and "-fault" in answer.text
    assert len(rows(app, Accommodation)) == 1


def test_a_closing_that_moves_moves_the_deadline(
    app: Flask, instructor: Browser, learner: Browser
) -> None:
    settings(instructor, time_limit_minutes="30", closes_at="2030-01-01T10:00")
    assert attempt_of(app).deadline_at == attempt_of(app).started_at + timedelta(minutes=30)
    settings(instructor, time_limit_minutes="", closes_at="2030-01-01T10:00")
    assert attempt_of(app).deadline_at == datetime(2030, 1, 1, 10, tzinfo=UTC)
    assert learner.get("/quiz/1/1").status_code == 200


@on_sqlite
def test_work_after_the_due_date_is_late_unless_days_were_granted(
    app: Flask, instructor: Browser, learner: Browser
) -> None:
    yesterday = f"{utcnow() - timedelta(days=1):%Y-%m-%dT%H:%M}"
    settings(instructor, due_at=yesterday)
    learner.post("/quiz/1/submit")
    assert attempt_of(app).is_late
    assert "marked as late" in text_of(learner.get("/quiz/1/result").text)
    assert "not passed, late" in text_of(instructor.get("/learners").text)
    grant(instructor, attempt_of(app).user_id, extra_days="2", extra_attempts="1")
    assert not attempt_of(app).is_late
    table = text_of(instructor.get("/learners").text)
    assert ", late" not in table and "1 of 4" in table
    settings(instructor, due_at=yesterday, accepts_late="no")
    assert "with your 2 extra days" in text_of(learner.get("/quiz").text)
    assert learner.post("/quiz").status_code == 303
    grant(instructor, attempt_of(app).user_id, extra_days="0")
    assert "The time is over" in learner.get("/quiz/2/1").text


@on_sqlite
def test_an_instructor_who_tries_out_meets_the_limit_and_no_date(
    app: Flask, instructor: Browser
) -> None:
    settings(instructor, time_limit_minutes="30", closes_at="2020-01-01T10:00")
    assert instructor.post("/quiz").status_code == 303
    attempt = attempt_of(app)
    assert attempt.deadline_at == attempt.started_at + timedelta(minutes=30)
