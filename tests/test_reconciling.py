"""What the gradebook holds is read back, and what becomes of a difference."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from lti_tool.db import db, unit_of_work, utcnow
from lti_tool.grades import reconciling, resending
from lti_tool.grades.models import Delivery, DeliveryState, Grade, Standing
from tests.browsers import Browser
from tests.databases import change, on_sqlite, rows
from tests.gradebooks import ALL_SCOPES
from tests.platforms import Answer, FakePlatform
from tests.scoring import delivery_of, learner_with_score, make_due
from tests.story import take_quiz

NewBrowser = Callable[[], Browser]
Work = Callable[[], None]


@pytest.fixture
def read_back(app: Flask, work: Work) -> Callable[[], None]:
    """What the schedule does some seconds after scores were sent."""

    def read() -> None:
        change(app, Delivery, accepted_at=utcnow() - timedelta(seconds=10))
        with app.app_context():
            reconciling.find_unread()
        make_due(app)
        work()

    return read


def read_now(app: Flask) -> None:
    """What the schedule does every six hours, and an operator at once."""
    with app.app_context():
        reconciling.reconcile(1)


@pytest.fixture
def learner(app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work) -> Browser:
    """Three of ten points have been accepted."""
    platform.scopes = ALL_SCOPES
    learner = learner_with_score(app, new_browser, right=3)
    work()
    return learner


def reads(platform: FakePlatform) -> int:
    return len([path for path in platform.requests if "/results" in path])


def test_results_are_read_once_for_a_column_after_its_scores(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work,
    learner: Browser, read_back: Work,
) -> None:  # fmt: skip
    platform.gradebook.maximum = 40
    other = new_browser()
    other.launch(sub="ben")
    take_quiz(app, other, right=0)
    work()
    assert {each.standing for each in rows(app, Delivery)} == {Standing.UNREAD}
    platform.gradebook.results["link-1", "learner-1"] = 12
    platform.gradebook.omits_zero = True
    read_back()
    assert {each.standing for each in rows(app, Delivery)} == {Standing.IN_STEP}
    read_back()
    assert reads(platform) == 1 and len(platform.scores) == 2


def test_a_score_that_has_gone_is_sent_again_once(
    app: Flask, platform: FakePlatform, learner: Browser, read_back: Work
) -> None:
    platform.gradebook.results.clear()
    read_back()
    assert [score["scoreGiven"] for score in platform.scores] == [3, 3]
    platform.gradebook.results.clear()
    read_back()
    assert len(platform.scores) == 2
    delivery = delivery_of(app)
    assert (delivery.state, delivery.cause) == (DeliveryState.BLOCKED, "not_shown")
    platform.gradebook.results["link-1", "learner-1"] = 3
    read_now(app)
    assert (delivery_of(app).state, delivery_of(app).cause) == (DeliveryState.ACCEPTED, "")
    assert len(platform.scores) == 2


def test_a_teachers_grade_stays_even_when_the_learner_gets_better(
    app: Flask, platform: FakePlatform, work: Work, learner: Browser, read_back: Work
) -> None:
    read_back()
    platform.gradebook.results["link-1", "learner-1"] = 9
    read_now(app)
    delivery = delivery_of(app)
    assert delivery.standing == Standing.OVERRIDDEN and delivery.result_given == 9
    make_due(app)
    take_quiz(app, learner, right=10)
    work()
    assert len(platform.scores) == 1
    assert (delivery_of(app).state, delivery_of(app).cause) == (
        DeliveryState.BLOCKED,
        "overridden",
    )


def test_an_override_that_nobody_saw_is_found_before_a_better_score_goes_out(
    app: Flask, platform: FakePlatform, work: Work, learner: Browser, read_back: Work
) -> None:
    read_back()
    platform.gradebook.results["link-1", "learner-1"] = 9
    make_due(app)
    take_quiz(app, learner, right=10)
    work()
    assert len(platform.scores) == 1 and delivery_of(app).cause == "overridden"
    assert platform.gradebook.results["link-1", "learner-1"] == 9


@on_sqlite
def test_sending_everything_again_passes_over_what_a_teacher_entered(
    app: Flask, platform: FakePlatform, work: Work, learner: Browser, read_back: Work
) -> None:
    read_back()
    platform.gradebook.results["link-1", "learner-1"] = 9
    make_due(app)
    with app.app_context(), unit_of_work():
        assert resending.resend(force=True) == 1
    work()
    assert len(platform.scores) == 1 and delivery_of(app).cause == "overridden"
    with app.app_context(), unit_of_work():
        resending.send_ours(db.session.query(Grade).one(), by_user_id=1, context_id=1)
    make_due(app)
    work()
    assert len(platform.scores) == 2
    assert platform.gradebook.results["link-1", "learner-1"] == 3


@on_sqlite
def test_a_platform_that_cannot_be_read_is_not_asked_for_ever(
    app: Flask, platform: FakePlatform, learner: Browser, read_back: Work
) -> None:
    platform.answer_columns = lambda method, path: Answer(401)
    read_back()
    assert delivery_of(app).standing == Standing.UNREADABLE
    asked = len(platform.requests)
    read_back()
    assert len(platform.requests) == asked


@on_sqlite
def test_a_platform_in_trouble_is_read_later(
    app: Flask, platform: FakePlatform, work: Work, learner: Browser, read_back: Work
) -> None:
    platform.answer_columns = lambda method, path: Answer(503)
    read_back()
    assert delivery_of(app).standing == Standing.UNREAD
    platform.answer_columns = lambda method, path: None
    make_due(app)
    work()
    assert delivery_of(app).standing == Standing.IN_STEP
