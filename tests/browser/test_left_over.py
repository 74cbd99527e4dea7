"""Answers of a device without a connection that come after their attempt has ended."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import expect

from lti_tool.curriculum.models import Placement
from lti_tool.db import db, unit_of_work
from lti_tool.quiz.models import Answer, Attempt
from lti_tool.quiz.reopening import reopen
from tests.browser.conftest import Campus, Seat
from tests.browser.looking import look
from tests.browser.test_offline import begin, go_on, heading
from tests.browser.test_quiz import at_the_quiz, base_of, set_rules, time_left
from tests.browser.test_story import answer_rightly, place_module
from tests.databases import change, rows

pytestmark = pytest.mark.browser


def test_an_answer_is_checked_when_the_connection_is_back(
    seat: Callable[..., Seat], campus: Campus
) -> None:
    place_module(seat())
    set_rules(campus.app, feedback_during="everything")
    page = at_the_quiz(seat, campus)
    items = begin(campus, page)
    page.context.set_offline(True)
    answer_rightly(page, items[0])
    check = page.get_by_role("button", name="Check my answer")
    check.click()
    expect(page.locator("#saved")).to_contain_text("Not checked: that needs a connection")
    page.context.set_offline(False)
    expect(page.locator("#saved")).to_have_text("Saved")
    check.click()
    expect(page.get_by_text("You have checked this answer, so it stays")).to_be_visible()
    page.context.set_offline(True)
    page.get_by_role("button", name="Go on").click()
    heading(page, 2)


def test_the_time_runs_out_in_a_tunnel(seat: Callable[..., Seat], campus: Campus) -> None:
    place_module(seat())
    set_rules(campus.app, time_limit_minutes=30)
    page = at_the_quiz(seat, campus)
    items = begin(campus, page)
    time_left(campus.app, 5)
    page.reload()
    page.context.set_offline(True)
    answer_rightly(page, items[0])
    notice = page.locator("#connection")
    expect(notice).to_contain_text("The time is over, and there is no connection", timeout=20_000)
    page.context.set_offline(False)
    expect(page.locator(".score-figure")).to_be_visible(timeout=20_000)
    expect(page.locator("[data-left-over]")).to_be_hidden()
    [answer] = rows(campus.app, Answer)  # it came within the grace
    assert answer.points == 1


def open_again(app: Flask) -> None:
    with app.app_context(), unit_of_work():
        attempt = db.session.query(Attempt).one()
        placement = db.session.get_one(Placement, attempt.placement_id)
        reopen(placement, attempt, "The train had no reception", by_user_id=attempt.user_id)


def test_what_came_too_late_is_shown_and_offered_again_when_the_attempt_is(
    seat: Callable[..., Seat], campus: Campus
) -> None:
    place_module(seat())
    page = at_the_quiz(seat, campus)
    items = begin(campus, page)
    base = base_of(page)
    page.context.set_offline(True)
    for number in (1, 2):
        answer_rightly(page, items[number - 1])
        go_on(page)
        heading(page, number + 1)
    other = at_the_quiz(seat, campus)
    other.goto(f"{base_of(other)}/quiz/1/check")
    other.get_by_role("button", name="Hand in").click()
    expect(other.locator(".score-figure")).to_have_text("0%", timeout=20_000)
    page.context.set_offline(False)
    notice = page.locator("#connection")
    expect(notice).to_contain_text("2 answers on this device came too late", timeout=20_000)
    notice.get_by_role("link").click()

    left = page.locator("[data-left-over]")
    expect(left.get_by_role("heading")).to_have_text("2 answers came too late")
    expect(left).to_contain_text("your instructor, who can open the attempt again")
    expect(left.get_by_role("listitem").first).to_contain_text("Question 1")
    assert look(page, "left-over") == []
    open_again(campus.app)
    page.goto(f"{base}/quiz/1/3")
    expect(page.locator('.tick[value="2"]')).to_have_attribute("aria-label", "Question 2, answered")
    assert {each.item_id for each in rows(campus.app, Answer)} == {item.id for item in items[:2]}


def test_what_belongs_to_a_deleted_attempt_can_be_dropped(
    seat: Callable[..., Seat], campus: Campus
) -> None:
    place_module(seat())
    page = at_the_quiz(seat, campus)
    items = begin(campus, page)
    base = base_of(page)
    page.context.set_offline(True)
    answer_rightly(page, items[0])
    change(campus.app, Attempt, status="deleted")
    page.context.set_offline(False)
    notice = page.locator("#connection")
    expect(notice).to_contain_text("One answer on this device came too late", timeout=20_000)
    page.goto(f"{base}/quiz")
    left = page.locator("[data-left-over]")
    expect(left).to_contain_text("for an attempt that has been deleted since")
    left.get_by_role("button", name="Delete them from this device").click()
    expect(left).to_be_hidden()
    page.reload()
    expect(page.get_by_role("button", name="Begin the quiz")).to_be_visible()
    expect(left).to_be_hidden()
