"""The main job, end to end: launch, learn, take a quiz, see the grade in the gradebook."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from tests.browsers import Browser, text_of
from tests.platforms import FakePlatform
from tests.story import set_up, take_quiz


def test_a_learner_reads_answers_and_finds_the_score_in_the_gradebook(
    app: Flask,
    new_browser: Callable[[], Browser],
    platform: FakePlatform,
    work: Callable[[], None],
) -> None:
    set_up(new_browser())
    learner = new_browser()

    page = learner.launch(sub="learner-1")
    assert "Two jobs compared" in page.text and "Begin lesson 1" in page.text

    assert learner.post("/lessons/l1/complete").status_code == 303
    assert "1 of 4" in learner.get("/module").text

    number = take_quiz(app, learner)
    result = text_of(learner.get(f"/quiz/{number}/result").text)
    assert "Passed" in result and "100%" in result and "On its way" in result

    work()
    [score] = platform.scores
    assert (score["userId"], score["scoreGiven"], score["scoreMaximum"]) == ("learner-1", 10, 10)
    assert (score["activityProgress"], score["gradingProgress"]) == ("Completed", "FullyGraded")
    assert "In the gradebook" in learner.get(f"/quiz/{number}/result").text


def test_the_best_attempt_counts_and_only_a_better_score_is_sent(
    app: Flask,
    new_browser: Callable[[], Browser],
    platform: FakePlatform,
    work: Callable[[], None],
) -> None:
    set_up(new_browser())
    learner = new_browser()
    learner.launch()

    take_quiz(app, learner)
    work()
    take_quiz(app, learner, right=0)
    work()

    assert [score["scoreGiven"] for score in platform.scores] == [10]


def test_nothing_right_is_a_grade_of_zero_and_is_sent(
    app: Flask,
    new_browser: Callable[[], Browser],
    platform: FakePlatform,
    work: Callable[[], None],
) -> None:
    set_up(new_browser())
    learner = new_browser()
    learner.launch()

    take_quiz(app, learner, right=0)
    work()

    assert [score["scoreGiven"] for score in platform.scores] == [0]


def test_an_instructors_trial_reaches_no_gradebook(
    app: Flask,
    browser: Browser,
    platform: FakePlatform,
    work: Callable[[], None],
) -> None:
    set_up(browser)
    number = take_quiz(app, browser)
    work()
    assert platform.scores == []
    assert "Not sent" in browser.get(f"/quiz/{number}/result").text


def test_the_instructor_sees_who_stands_where(
    app: Flask,
    new_browser: Callable[[], Browser],
    work: Callable[[], None],
) -> None:
    instructor = new_browser()
    set_up(instructor)
    assert "No learner has opened this link yet" in instructor.get("/learners").text

    learner = new_browser()
    learner.launch(sub="ada", name="Ada Okafor")
    learner.post("/lessons/l1/complete")
    take_quiz(app, learner)
    assert "1 score is not yet in the gradebook" in text_of(instructor.get("/learners").text)

    work()
    table = text_of(instructor.get("/learners").text)
    assert "Ada Okafor" in table and "1 of 4" in table and "100% passed" in table
    assert "The score of one learner is in the gradebook" in table


def test_a_learner_of_a_link_that_is_not_set_up_reads_what_is_missing(browser: Browser) -> None:
    page = browser.launch()
    assert page.status_code == 409
    assert "has not been set up yet" in page.text
