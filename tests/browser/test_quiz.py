"""A quiz under a clock, on bad lines, in two tabs; and the pages around it on every screen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import update

from demo.people import DANA, MODULE_1, RAVI, SOFIA
from lti_tool.curriculum import catalogue
from lti_tool.curriculum.models import Placement
from lti_tool.db import db, unit_of_work, utcnow
from lti_tool.quiz.attempts import items_of
from lti_tool.quiz.models import Answer, Attempt, PracticeSet, Recall
from tests.browser.conftest import Campus, Seat
from tests.browser.looking import look, look_at_all
from tests.browser.test_story import answer_rightly, begin_quiz, fill, place_module
from tests.databases import change, rows

pytestmark = pytest.mark.browser


def base_of(page: Page) -> str:
    return re.sub(r"(/l/[^/]+)/.*", r"\1", page.url)


def set_rules(app: Flask, **values: Any) -> None:
    change(app, Placement, **values)


def at_the_quiz(seat: Callable[..., Seat], campus: Campus, **screen: Any) -> Page:
    """A learner on the page of the quiz."""
    learner = seat(**screen)
    learner.sign_in(RAVI)
    page = learner.open_in_window(MODULE_1.title)
    page.goto(base_of(page) + "/quiz")
    return page


def time_left(app: Flask, seconds: float) -> None:
    """Let the open attempt have so many seconds left of 30 minutes."""
    deadline = utcnow() + timedelta(seconds=seconds)
    with app.app_context(), unit_of_work():
        begun = deadline - timedelta(minutes=30)
        values = {"deadline_at": deadline, "started_at": begun, "time_limit_minutes": 30}
        db.session.execute(update(Attempt).values(**values))


def test_the_clock_warns_offers_more_and_hands_in_what_was_given(
    seat: Callable[..., Seat], campus: Campus
) -> None:
    place_module(seat())
    set_rules(campus.app, time_limit_minutes=30)
    page = at_the_quiz(seat, campus, viewport={"width": 900, "height": 400})
    item = begin_quiz(campus, page)[0]
    expect(page.locator("[data-left]")).to_have_text(re.compile("29 minutes"))
    expect(page.get_by_role("button", name="Add 8 minutes, once")).to_be_hidden()

    time_left(campus.app, 361)
    page.reload()
    expect(page.locator("[data-announce]")).to_have_text("6 minutes left.")
    page.get_by_role("button", name="Add 8 minutes, once").click()
    expect(page.locator("[data-left]")).to_have_text(re.compile("1[34] minutes"))

    time_left(campus.app, 4)
    page.reload()
    answer_rightly(page, item)
    expect(page.get_by_role("heading", level=1)).to_have_text("Not passed yet", timeout=20_000)
    expect(
        page.get_by_text("The time was over, so what you had saved was handed in.")
    ).to_be_visible()
    [answer] = rows(campus.app, Answer)
    assert answer.points == 1


def test_a_late_answer_says_that_it_is_not_saved(seat: Callable[..., Seat], campus: Campus) -> None:
    place_module(seat())
    page = at_the_quiz(seat, campus)
    item = begin_quiz(campus, page)[0]
    change(campus.app, Attempt, deadline_at=utcnow() - timedelta(minutes=2))
    answer_rightly(page, item)
    expect(page.locator("#saved")).to_contain_text("Not saved: the time was over")
    page.get_by_role("button", name=re.compile("^Save and")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Question 1")


def text_item(campus: Campus, page: Page) -> tuple[str, str]:
    """Go to the first question with one choice; returns the names of its field and first value."""
    with campus.app.app_context():
        items = items_of(db.session.query(Attempt).one())
        db.session.remove()
    number, item = next(
        (number, item) for number, item in enumerate(items, 1) if item.type == "single_choice"
    )
    page.goto(f"{base_of(page)}/quiz/1/{number}")
    return f"{item.id}.choice", item.options[0].id  # type: ignore[attr-defined]


def test_two_tabs_know_of_each_other_and_the_newest_answer_counts(
    seat: Callable[..., Seat], campus: Campus
) -> None:
    place_module(seat())
    first = at_the_quiz(seat, campus)
    begin_quiz(campus, first)
    name, value = text_item(campus, first)
    expect(first.locator("#elsewhere")).to_be_hidden()
    second = first.context.new_page()
    second.goto(first.url)
    for page in (first, second):
        expect(page.locator("#elsewhere")).to_contain_text("also open in another tab")
    fill(second, name, value)
    expect(second.locator("#saved")).to_have_text("Saved")
    other = first.locator(f'[name="{name}"]:not([value="{value}"])').first
    other.check()
    expect(first.locator("#saved")).to_contain_text("kept beside it")
    second.reload()
    expect(second.get_by_text("You gave another answer to this question")).to_be_visible()
    second.get_by_role("button", name="Let the other answer count").click()
    expect(second.locator(f'[name="{name}"][value="{value}"]')).to_be_checked()


def test_an_order_is_given_on_a_small_screen_and_says_when_two_steps_clash(
    seat: Callable[..., Seat], campus: Campus
) -> None:
    place_module(seat())
    page = at_the_quiz(seat, campus, viewport={"width": 320, "height": 568})
    begin_quiz(campus, page)
    with campus.app.app_context():
        curriculum = catalogue.curriculum(db.session.query(Attempt).one().version_id)
        db.session.remove()
    item = next(each for each in curriculum.items if each.type == "ordering")
    change(campus.app, Attempt, item_ids=[item.id])
    page.goto(f"{base_of(page)}/quiz/1/1")
    places = page.locator("[data-order] select")
    for place in places.all():
        place.select_option("2")
    clash = page.locator("[data-clash]")
    expect(clash).to_contain_text("Several steps have position 2")
    expect(page.locator("select[aria-invalid]")).to_have_count(places.count())
    assert look(page, "order-clash") == []
    for number, place in enumerate(places.all(), 1):
        place.press(str(number))
    expect(clash).to_be_empty()
    expect(page.locator("#saved")).to_have_text("Saved")
    page.reload()
    assert [place.input_value() for place in places.all()] == [
        str(number) for number in range(1, places.count() + 1)
    ]


def walk(seat: Callable[..., Seat], campus: Campus) -> Iterator[tuple[str, Page]]:
    """The pages around time, feedback, practice and accommodation: (name, page)."""
    teacher = seat()
    place_module(teacher)
    teacher.sign_in(DANA)
    page = teacher.open_in_window(MODULE_1.title)
    set_rules(campus.app, time_limit_minutes=30)
    yield from _walk_learner(seat, campus)
    page.goto(f"{base_of(page)}/learners")
    page.get_by_role("link", name=SOFIA.name).click()
    page.get_by_role("link", name="More time, attempts or days").click()
    page.get_by_label("Time limits are multiplied by").select_option("2")
    page.get_by_role("button", name="Save").click()
    opens = utcnow()
    closes = opens + timedelta(minutes=45)
    set_rules(campus.app, opens_at=opens, closes_at=closes)
    page.reload()
    yield "accommodation", page


def _walk_learner(seat: Callable[..., Seat], campus: Campus) -> Iterator[tuple[str, Page]]:
    learner = seat()
    learner.sign_in(SOFIA)
    page = learner.open_in_window(MODULE_1.title)
    base = base_of(page)
    page.goto(f"{base}/quiz")
    yield "quiz-timed", page
    set_rules(campus.app, feedback_during="everything")
    item = begin_quiz(campus, page)[0]
    yield "question-timed", page
    time_left(campus.app, 300)
    page.reload()
    answer_rightly(page, item)
    yield "question-warning", page
    yield from _walk_results(campus, page)
    yield from _walk_practice(campus, page, base)


def _walk_results(campus: Campus, page: Page) -> Iterator[tuple[str, Page]]:
    page.get_by_role("button", name="Check my answer").click()
    expect(page.get_by_text("so it stays")).to_be_visible()
    yield "question-checked", page
    change(campus.app, Attempt, deadline_at=utcnow() - timedelta(minutes=2))
    page.reload()
    yield "time-over", page
    page.get_by_role("button", name="Go to the result").click()
    page.wait_for_url("**/result")
    for level in ("nothing", "score", "marks"):
        set_rules(campus.app, feedback_after=level)
        page.reload()
        yield f"result-{level}", page
    set_rules(campus.app, feedback_after="everything", feedback_during="nothing")


def _walk_practice(campus: Campus, page: Page, base: str) -> Iterator[tuple[str, Page]]:
    page.goto(f"{base}/quiz")
    page.get_by_role("button", name="Begin attempt 2").click()
    page.goto(f"{base}/quiz/2/check")
    page.get_by_role("button", name="Hand in").click()
    page.wait_for_url("**/result")
    page.goto(f"{base}/quiz")
    yield "path", page
    slug = page.get_by_role("link", name="Read again").first.get_attribute("href")
    page.goto(f"{base}/again/{lesson_id(campus.app, str(slug).rpartition('/')[2])}")
    yield "path-lesson", page
    page.goto(f"{base}/practice")
    yield "practice", page
    page.get_by_role("button", name="Practise what you missed").click()
    yield "practice-question", page
    page.goto(f"{base}/practice/1/done")
    yield "practice-done", page
    _give_confidence(campus.app)
    page.goto(f"{base}/quiz/calibration")
    yield "calibration", page
    let_reviews_be_due(campus.app)
    page.goto(f"{base}/practice")
    yield "practice-review", page
    page.get_by_role("button", name="Answer").click()
    yield "practice-review-question", page


def lesson_id(app: Flask, slug: str) -> str:
    """Which lesson of the placed module has that slug."""
    with app.app_context():
        module = catalogue.module_of(db.session.query(Placement).one())
        return next(lesson.id for lesson in module.lessons if lesson.slug == slug)


def let_reviews_be_due(app: Flask) -> None:
    """Let the questions that were practised come again today, as after passing a module."""
    with app.app_context(), unit_of_work():
        practice = db.session.query(PracticeSet).first()
        assert practice is not None
        context_id = db.session.get_one(Placement, practice.placement_id).context_id
        for item_id in practice.item_ids:
            whose = {"context_id": context_id, "user_id": practice.user_id}
            db.session.add(Recall(**whose, item_id=item_id, due_at=utcnow(), step=1))


def _give_confidence(app: Flask) -> None:
    with app.app_context(), unit_of_work():
        attempt = db.session.query(Attempt).first()
        assert attempt is not None
        db.session.query(Answer).delete()
        marks = ["sure"] * 5 + ["fairly"] * 2 + ["guess"] * 3
        for number, (item_id, mark) in enumerate(zip(attempt.item_ids, marks, strict=True)):
            points = [1, 0, 1, 0, 1, 1, 1, 0, 0, 1][number]
            db.session.add(
                Answer(
                    attempt_id=attempt.id,
                    item_id=item_id,
                    response={},
                    confidence=mark,
                    points=points,
                )
            )


def test_the_pages_around_a_quiz(seat: Callable[..., Seat], campus: Campus) -> None:
    look_at_all(campus.app, "quiz", walk(seat, campus))
