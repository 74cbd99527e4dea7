"""Scores on their way: what a platform may do to them, and what becomes of each."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from flask import Flask

from lti_tool.curriculum.models import Placement
from lti_tool.db import db, unit_of_work, utcnow
from lti_tool.events import AttemptDeleted, AttemptRemarked, EventRecord, publish
from lti_tool.grades.models import DeliveryState
from lti_tool.lti.models import Registration
from lti_tool.outbox import Status
from lti_tool.quiz.models import Attempt, AttemptStatus
from tests.browsers import Browser
from tests.conftest import register
from tests.databases import change, on_sqlite, rows
from tests.gradebooks import SCORE_SCOPE
from tests.platforms import AGS, Answer, FakePlatform
from tests.scoring import (
    delay_of,
    delivery_of,
    in_turn,
    learner_with_score,
    make_due,
    message_of,
    moment,
)
from tests.story import set_up, take_quiz

NewBrowser = Callable[[], Browser]
Work = Callable[[], None]


def test_a_score_says_what_a_gradebook_needs(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work
) -> None:
    before = utcnow()
    learner_with_score(app, new_browser, right=10)
    work()
    [score] = platform.scores
    submission = score["submission"]
    started, submitted = moment(submission["startedAt"]), moment(submission["submittedAt"])
    sent = moment(score["timestamp"])
    assert before <= started + timedelta(milliseconds=1)
    assert started <= submitted <= sent <= utcnow()
    assert score["comment"] == "Best attempt: 10 of 10 points."
    assert "POST /lineitems/link-1/scores?type_id=2" in platform.requests


def test_a_platform_with_a_problem_gets_the_score_later_and_once(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work
) -> None:
    platform.answer_scores = in_turn(Answer(503), Answer(500))
    learner = learner_with_score(app, new_browser)
    work()
    assert platform.scores == []
    assert delivery_of(app).state == DeliveryState.RETRYING
    assert 2 <= delay_of(app) < 4
    assert "Being sent again" in learner.get("/quiz/1/result").text
    make_due(app)
    work()
    assert 4 <= delay_of(app) < 8
    make_due(app)
    work()
    work()
    assert len(platform.scores) == 1
    assert delivery_of(app).state == DeliveryState.ACCEPTED
    assert message_of(app).status == Status.DONE
    assert len(rows(app, EventRecord, name="ScoreAccepted")) == 1


WITHOUT_COLUMN = {"scope": [SCORE_SCOPE], "lineitems": "https://lms.example/lineitems"}


@pytest.mark.parametrize(
    ("endpoint", "reason"),
    [
        (None, "no column"),
        (WITHOUT_COLUMN, "no column"),
        ({"scope": [], "lineitem": "{url}"}, "does not let the tool send scores"),
    ],
)
def test_a_link_that_takes_no_scores_blocks_until_a_launch_says_it_does(
    app: Flask,
    new_browser: NewBrowser,
    platform: FakePlatform,
    work: Work,
    endpoint: dict[str, object] | None,
    reason: str,
) -> None:
    if endpoint and "lineitem" in endpoint:
        endpoint = endpoint | {"lineitem": platform.line_item("link-1")}
    instructor, learner = new_browser(), new_browser()
    instructor.launch(sub="teacher-1", role="Instructor", **{AGS: endpoint})
    settings = {"module_id": "M1", "attempts_allowed": "3", "pass_percent": "80"}
    assert instructor.post("/settings", settings).status_code == 303
    learner.launch(**{AGS: endpoint})
    take_quiz(app, learner, right=1)
    work()
    delivery = delivery_of(app)
    assert delivery.state == DeliveryState.BLOCKED and reason in delivery.message
    assert platform.requests == ["GET /jwks"]

    new_browser().launch(sub="learner-2")
    work()
    [score] = platform.scores
    assert score["userId"] == "learner-1"
    assert delivery_of(app).state == DeliveryState.ACCEPTED


def test_a_new_column_gets_the_scores_that_the_old_one_had(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work
) -> None:
    learner = learner_with_score(app, new_browser)
    work()
    make_due(app)
    another = {"scope": [SCORE_SCOPE], "lineitem": platform.line_item("link-9")}
    learner.launch(**{AGS: another})
    work()
    learner.launch(**{AGS: another})
    work()
    assert [score["link"] for score in platform.scores] == ["link-1", "link-9"]


def test_two_scores_of_one_learner_lie_a_whole_second_apart_and_never_ahead(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work
) -> None:
    """Moodle compares whole seconds and refuses what is not later."""
    learner = learner_with_score(app, new_browser, right=0)
    change(app, Placement, corrective_path=False)
    work()
    arrived = [utcnow()]
    for right in (2, 10):
        take_quiz(app, learner, right=right)
        while message_of(app).status != Status.DONE:
            work()
        arrived.append(utcnow())
    stamps = [moment(score["timestamp"]) for score in platform.scores]
    assert [score["scoreGiven"] for score in platform.scores][::2] == [0, 10]
    assert all(stamp <= now for stamp, now in zip(stamps, arrived, strict=True))
    seconds = [stamp.replace(microsecond=0) for stamp in stamps]
    assert all(later > earlier for earlier, later in pairwise(seconds))


def test_a_better_score_meanwhile_is_the_one_that_is_sent(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work
) -> None:
    platform.answer_scores = in_turn(Answer(503))
    learner = learner_with_score(app, new_browser, right=0)
    work()
    take_quiz(app, learner, right=10)
    make_due(app)
    work()
    assert [score["scoreGiven"] for score in platform.scores] == [10]


@on_sqlite
def test_one_token_serves_many_scores(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work
) -> None:
    set_up(new_browser())
    for number in range(6):
        learner = new_browser()
        learner.launch(sub=f"learner-{number}")
        take_quiz(app, learner, right=0)
    work()
    assert len(platform.scores) == 6 and platform.tokens_issued == 1


@on_sqlite
def test_two_registrations_of_one_issuer_never_share_a_token(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work
) -> None:
    """All hosted Canvas share an issuer; the platform here takes tokens of one client id only."""
    learner_with_score(app, new_browser)
    work()
    platform.client_id = "client-2"
    register(app, platform)
    learner_with_score(app, new_browser)
    work()
    assert len(platform.scores) == 2 and platform.tokens_issued == 2


@on_sqlite
def test_the_log_holds_no_secret_and_no_person(
    app: Flask,
    new_browser: NewBrowser,
    platform: FakePlatform,
    work: Work,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("lti_tool").setLevel(logging.DEBUG)
    token = b'{"access_token": "token-of-the-platform", "expires_in": 3600}'
    platform.answer_token = in_turn(Answer(503), Answer(200, body=token))
    platform.answer_scores = in_turn(Answer(500), Answer(401), Answer(403))
    learner = learner_with_score(app, new_browser, sub="sub-7f3a", name="Ada Okafor")
    for _ in range(3):
        work()
        make_due(app)
    learner.finish("state", "garbage")
    assert "deliver_score" in caplog.text
    secrets = ["token-of-the-platform", "sub-7f3a", "Okafor", app.config["LTI_TOOL"].secret_key]
    cookie = learner.client.get_cookie("__Host-pmo_bridge", domain="tool.example")
    assert cookie is not None
    for secret in [*secrets, cookie.value, "eyJ", "BEGIN"]:
        assert secret not in caplog.text


def test_a_deleted_attempt_takes_its_score_along(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work
) -> None:
    learner_with_score(app, new_browser, right=3)
    work()
    make_due(app)
    with app.app_context(), unit_of_work():
        attempt = db.session.query(Attempt).one()
        attempt.status = AttemptStatus.DELETED
        db.session.flush()
        publish(AttemptDeleted(user_id=attempt.user_id, placement_id=1, attempt_id=1, number=1))
    work()
    withdrawn = platform.scores[-1]
    assert (withdrawn["gradingProgress"], "scoreGiven" in withdrawn) == ("NotReady", False)
    assert platform.gradebook.results == {}
    assert delivery_of(app).state == DeliveryState.ACCEPTED
    assert len(platform.scores) == 2


@on_sqlite
def test_a_remarked_attempt_moves_the_grade(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work
) -> None:
    learner_with_score(app, new_browser, right=3)
    work()
    make_due(app)
    with app.app_context(), unit_of_work():
        attempt = db.session.query(Attempt).one()
        attempt.score_given = Decimal(4)
        db.session.flush()
        publish(
            AttemptRemarked(
                user_id=attempt.user_id,
                placement_id=1,
                attempt_id=1,
                number=1,
                old_score_given="3",
                old_score_maximum="10",
                score_given="4",
                score_maximum="10",
            )
        )
    work()
    assert [score["scoreGiven"] for score in platform.scores] == [3, 4]


@on_sqlite
def test_canvas_that_allows_no_further_submission_gets_the_grade_alone(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work
) -> None:
    change(app, Registration, profile="canvas")
    used_up = b'{"errors": {"message": "The maximum number of allowed attempts has been reached"}}'
    platform.answer_scores = in_turn(Answer(422, body=used_up))
    learner_with_score(app, new_browser, right=3)
    work()
    assert delivery_of(app).state == DeliveryState.RETRYING
    make_due(app)
    work()
    [score] = platform.scores
    assert score["https://canvas.instructure.com/lti/submission"] == {"new_submission": False}
    assert delivery_of(app).state == DeliveryState.ACCEPTED


@on_sqlite
def test_a_throttling_canvas_is_not_asked_for_a_new_token(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work
) -> None:
    change(app, Registration, profile="canvas")
    platform.answer_scores = in_turn(Answer(403, body=b"403 Forbidden (Rate Limit Exceeded)"))
    learner_with_score(app, new_browser, right=3)
    work()
    assert delivery_of(app).cause == "pause" and platform.tokens_issued == 1
