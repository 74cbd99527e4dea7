"""What learner, instructor and anybody with a receipt's code see of a score's way."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from lti_tool.curriculum.models import Placement
from lti_tool.db import utcnow
from lti_tool.events import EventRecord
from lti_tool.grades.models import Delivery
from lti_tool.grades.proofs import attempt_id_of, code_of
from lti_tool.outbox import Status
from lti_tool.quiz.models import Attempt
from tests.browsers import TOOL, Browser, text_of
from tests.databases import change, on_sqlite, rows
from tests.platforms import Answer, FakePlatform
from tests.scoring import delivery_of, learner_with_score, make_due, message_of
from tests.story import set_up, take_quiz

NewBrowser = Callable[[], Browser]
Work = Callable[[], None]


def check(browser: Browser, code: str) -> str:
    return text_of(browser.client.get(f"/check/{code}", base_url=TOOL).text)


def test_a_receipt_is_checked_by_its_code_and_names_nobody(
    app: Flask, new_browser: NewBrowser, work: Work
) -> None:
    learner = learner_with_score(app, new_browser, right=4, sub="ada", name="Ada Okafor")
    shown = re.search(r"/check/([0-9A-Z-]+)", learner.get("/quiz/1/result").text)
    assert shown
    stranger = new_browser()
    before = check(stranger, shown[1])
    assert "Accepted by the learning platform: not yet" in before and "4 of 10 points" in before
    work()
    after = check(stranger, shown[1].lower().replace("-", " "))
    assert "it answered 200" in after and "UTC" in after and "This attempt counts." in after
    assert "Okafor" not in after and "ada" not in after
    assert "PMO Academy" not in after


@on_sqlite
def test_a_receipt_of_an_attempt_that_does_not_count_says_so(
    app: Flask, new_browser: NewBrowser, work: Work
) -> None:
    learner = learner_with_score(app, new_browser, right=4)
    take_quiz(app, learner, right=9)
    work()
    with app.app_context():
        code = code_of(1)
    assert "Another attempt of the same learner counts" in check(learner, code)
    change(app, Attempt, status="deleted")
    assert "was deleted later" in check(learner, code)


@on_sqlite
def test_a_receipt_tells_no_points_that_the_learner_may_not_see_yet(
    app: Flask, new_browser: NewBrowser, work: Work
) -> None:
    learner = learner_with_score(app, new_browser, right=4)
    work()
    change(app, Placement, feedback_after="nothing", feedback_later="nothing")
    with app.app_context():
        page = check(learner, code_of(1))
    assert "Marked" in page and "it answered 200" in page and "points" not in page


@on_sqlite
def test_nobody_makes_up_a_code(app: Flask, new_browser: NewBrowser) -> None:
    learner = learner_with_score(app, new_browser)
    with app.app_context():
        code = code_of(1)
        codes = {code_of(number) for number in range(1, 500)}
        assert len(codes) == 499 and attempt_id_of(code_of(2**31 - 1)) == 2**31 - 1
        other = code_of(2)
    forged = other[:4] + code[4:]
    last = "2" if code[-1] != "2" else "3"
    for wrong in (forged, code[:-1] + last, code[:-1], "x", "2" * 40, "%00", "É" * 14):
        answer = learner.client.get(f"/check/{wrong}", base_url=TOOL)
        assert answer.status_code == 404, wrong
    asked = learner.client.get(f"/check/?code={code}", base_url=TOOL)
    assert asked.location.endswith(f"/check/{code}")
    assert "Check a receipt" in learner.client.get("/check/", base_url=TOOL).text


def test_a_learner_sends_a_stuck_score_again_at_most_once_a_minute(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work
) -> None:
    platform.answer_scores = lambda score: Answer(422)
    learner = learner_with_score(app, new_browser)
    work()
    assert "Send it again now" in learner.get("/quiz").text
    refused = learner.post("/receipt/again")
    assert refused.status_code == 409 and "less than a minute ago" in refused.text
    change(app, Delivery, tried_at=utcnow() - timedelta(minutes=2))
    platform.answer_scores = lambda score: None
    assert learner.post("/receipt/again").status_code == 303
    make_due(app)
    work()
    assert len(platform.scores) == 1 and "In the gradebook" in learner.get("/quiz").text
    assert learner.post("/receipt/again").status_code == 409
    assert len(rows(app, EventRecord, name="SendAsked")) == 1


@pytest.fixture
def three(app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work) -> Browser:
    """An instructor whose platform takes no score of Ada and Ben, and has that of Cleo."""
    instructor = new_browser()
    set_up(instructor)
    causes = {"ada": Answer(404), "ben": Answer(503)}
    platform.answer_scores = lambda score: causes.get(score["userId"])
    for sub in ("ada", "ben", "cleo"):
        learner = new_browser()
        learner.launch(sub=sub)
        take_quiz(app, learner, right=5)
    work()
    return instructor


def test_the_instructor_reads_what_is_lacking_why_and_what_to_do(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work, three: Browser
) -> None:
    page = text_of(three.get("/deliveries").text)
    assert "2 scores are not yet in the gradebook" in page
    first, second = page.index("The gradebook column is gone."), page.index("did not answer")
    assert first < second and "Open the link once from your course" in page
    assert "Name of ada" in page and "Name of cleo" not in page
    assert "Name of cleo" in text_of(three.get("/deliveries?show=arrived").text)
    assert "There are none of these" in text_of(three.get("/deliveries?show=changed").text)
    platform.answer_scores = lambda score: None
    answer = three.post("/deliveries/again")
    assert "2 scores are on the way again" in text_of(three.follow(answer).text)
    make_due(app)
    work()
    assert "All 3 scores are in the gradebook" in text_of(three.get("/deliveries").text)
    assert len(platform.scores) == 3


@on_sqlite
def test_where_all_are_refused_alike_the_course_is_to_blame(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work, three: Browser
) -> None:
    assert "not published" not in three.get("/deliveries").text
    instructor = new_browser()
    set_up(instructor, link="link-2")
    platform.answer_scores = lambda score: Answer(422)
    for sub in ("ada", "ben"):
        learner = new_browser()
        learner.launch(sub=sub, link="link-2")
        take_quiz(app, learner, right=5)
    make_due(app)
    work()
    assert "is not published yet" in instructor.get("/deliveries").text


@on_sqlite
def test_ours_goes_in_place_of_a_teachers_grade_only_by_a_click(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work
) -> None:
    instructor = new_browser()
    learner = learner_with_score(app, new_browser, right=3)
    instructor.launch(sub="teacher-1", role="Instructor")
    work()
    seen = {"result_given": 9, "result_maximum": 10, "read_at": utcnow()}
    change(app, Delivery, standing="overridden", **seen)
    page = instructor.get("/deliveries").text
    assert "Shows 9 of 10 points" in text_of(page) and "Send ours anyway" in page
    assert "shows another grade" in learner.get("/quiz").text
    assert instructor.post("/deliveries/again").status_code == 303
    make_due(app)
    work()
    assert len(platform.scores) == 1
    assert instructor.post("/deliveries/1/ours").status_code == 303
    work()
    assert len(platform.scores) == 2 and delivery_of(app).standing == "unread"
    assert message_of(app).status == Status.DONE
    assert instructor.post("/deliveries/99/ours").status_code == 404
    assert learner.get("/deliveries").status_code == 403
