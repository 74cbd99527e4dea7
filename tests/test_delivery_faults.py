"""What a platform answers to a score, and what becomes of the delivery."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from lti_tool.grades.models import DeliveryState
from lti_tool.lti import connector
from lti_tool.outbox import Status
from tests.browsers import Browser
from tests.databases import on_sqlite
from tests.platforms import Answer, FakePlatform
from tests.scoring import (
    delay_of,
    delivery_of,
    in_turn,
    learner_with_score,
    make_due,
    message_of,
)

NewBrowser = Callable[[], Browser]
Work = Callable[[], None]


@on_sqlite
@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (Answer(429, {"Retry-After": "77"}), 77),
        (Answer(503, {"Retry-After": "90"}), 90),
        (Answer(429, {"Retry-After": "999999"}), 3600),
        (Answer(429, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}), 2),
        (Answer(429), 2),
        (Answer(409), 2),
        (Answer(408), 2),
    ],
)
def test_a_platform_that_asks_for_a_pause_gets_it(
    app: Flask,
    new_browser: NewBrowser,
    platform: FakePlatform,
    work: Work,
    answer: Answer,
    seconds: float,
) -> None:
    platform.answer_scores = in_turn(answer)
    learner_with_score(app, new_browser)
    work()
    assert seconds <= delay_of(app) < seconds + 4
    assert delivery_of(app).state == DeliveryState.RETRYING
    make_due(app)
    work()
    assert len(platform.scores) == 1


@on_sqlite
def test_a_platform_that_keeps_refusing_a_score_is_asked_less_and_less(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work
) -> None:
    """Moodle answers 409 until its clock has passed the time of a teacher's own grade."""
    platform.answer_scores = in_turn(*[Answer(409)] * 6)
    learner_with_score(app, new_browser)
    for _ in range(6):
        work()
        delay = delay_of(app)
        make_due(app)
    assert delay > 60
    work()
    assert len(platform.scores) == 1


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_is_no_longer_taken_is_renewed_once(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work, status: int
) -> None:
    platform.answer_scores = in_turn(Answer(status))
    learner_with_score(app, new_browser)
    work()
    assert len(platform.scores) == 1 and platform.tokens_issued == 2


@on_sqlite
@pytest.mark.parametrize("status", [401, 403])
def test_a_platform_that_takes_no_token_waits_for_its_administrator(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work, status: int
) -> None:
    platform.answer_scores = lambda score: Answer(status)
    learner = learner_with_score(app, new_browser)
    work()
    assert platform.tokens_issued == 2 and platform.scores == []
    delivery = delivery_of(app)
    assert delivery.state == DeliveryState.BLOCKED and str(status) in delivery.message
    assert message_of(app).status == Status.DEAD
    assert "Needs attention" in learner.get("/quiz/1/result").text


GONE = {
    "the column is gone": (Answer(404), "column is gone"),
    "gone for good": (Answer(410), "column is gone"),
    "nonsense refused": (Answer(400), "refused the score without saying why (400)"),
    "too late": (Answer(422), "refused the score without saying why (422)"),
}


@on_sqlite
@pytest.mark.parametrize("case", GONE)
def test_what_time_cannot_cure_waits_for_a_person(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work, case: str
) -> None:
    answer, words = GONE[case]
    platform.answer_scores = in_turn(answer)
    learner_with_score(app, new_browser)
    work()
    delivery, message = delivery_of(app), message_of(app)
    assert (delivery.state, message.status) == (DeliveryState.BLOCKED, Status.DEAD)
    assert words in delivery.message and message.last_error == delivery.message
    assert app.test_cli_runner().invoke(args=["outbox", "retry"]).exit_code == 0
    make_due(app)
    work()
    assert len(platform.scores) == 1
    assert (delivery_of(app).state, delivery_of(app).message) == (DeliveryState.ACCEPTED, "")


TOKEN_FAULTS = {
    "refused": (Answer(400, body=b'{"error": "invalid_client"}'), DeliveryState.BLOCKED),
    "not there": (Answer(404), DeliveryState.BLOCKED),
    "down": (Answer(502), DeliveryState.RETRYING),
    "a page": (Answer(200, body=b"<html>Maintenance</html>"), DeliveryState.RETRYING),
    "a list": (Answer(200, body=b"[]"), DeliveryState.RETRYING),
    "no token": (Answer(200, body=b'{"expires_in": 3600}'), DeliveryState.RETRYING),
    "strange life": (
        Answer(200, body=b'{"access_token": "x", "expires_in": "soon"}'),
        DeliveryState.RETRYING,
    ),
}


@on_sqlite
@pytest.mark.parametrize("case", TOKEN_FAULTS)
def test_no_token_to_be_had(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work, case: str
) -> None:
    answer, state = TOKEN_FAULTS[case]
    platform.answer_token = in_turn(answer)
    learner_with_score(app, new_browser)
    work()
    delivery = delivery_of(app)
    assert delivery.state == state and message_of(app).status == Status.WAITING
    assert "column" not in delivery.message and "the score" not in delivery.message
    make_due(app)
    work()
    assert len(platform.scores) == 1


@on_sqlite
@pytest.mark.parametrize(
    ("status", "body"),
    [(200, b""), (200, b"OK"), (201, b"<html></html>"), (202, b"[]"), (204, b"")],
)
def test_whatever_stands_in_the_answer_success_is_success(
    app: Flask,
    new_browser: NewBrowser,
    platform: FakePlatform,
    work: Work,
    status: int,
    body: bytes,
) -> None:
    """Moodle answers with nothing, others with text or JSON."""
    platform.answer_scores = in_turn(Answer(status, body=body))
    learner_with_score(app, new_browser)
    work()
    assert delivery_of(app).state == DeliveryState.ACCEPTED
    assert message_of(app).status == Status.DONE


@on_sqlite
def test_a_redirect_is_not_followed(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work
) -> None:
    elsewhere = FakePlatform()
    platform.answer_scores = in_turn(
        Answer(307, {"Location": f"{elsewhere.url}/lineitems/x/scores"})
    )
    learner_with_score(app, new_browser)
    work()
    assert elsewhere.requests == [] and delivery_of(app).state == DeliveryState.RETRYING
    elsewhere.close()


def test_a_platform_that_cannot_be_reached(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work
) -> None:
    learner_with_score(app, new_browser)
    app.extensions.pop(connector.EXTENSION)  # a process without open connections
    platform.close()
    work()
    delivery = delivery_of(app)
    assert delivery.state == DeliveryState.RETRYING
    assert delivery.message == "The platform could not be reached."
    assert message_of(app).status == Status.WAITING


@on_sqlite
def test_a_platform_that_does_not_answer_in_time(
    app: Flask,
    new_browser: NewBrowser,
    platform: FakePlatform,
    work: Work,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    learner_with_score(app, new_browser)
    monkeypatch.setattr(connector, "READ_SECONDS", 0.1)
    platform.delay_seconds = 0.4
    work()
    assert delivery_of(app).message == "The platform did not answer in time."
    platform.delay_seconds = 0
    monkeypatch.undo()
    make_due(app)
    work()
    assert len(platform.scores) == 1


@on_sqlite
def test_an_answer_without_end_is_cut_off(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work
) -> None:
    platform.answer_scores = in_turn(Answer(503, body=b"x" * 2_000_000))
    learner_with_score(app, new_browser)
    work()
    assert delivery_of(app).state == DeliveryState.RETRYING
