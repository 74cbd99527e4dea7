"""A quiz on bad lines: nothing that was answered is lost, and every question can be reached."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable
from contextlib import suppress

import pytest
from playwright.sync_api import Error, Frame, Page, Route, expect

from demo.people import MODULE_1, RAVI
from lti_tool.curriculum.items import Item
from lti_tool.quiz.models import Answer
from tests.browser.conftest import Campus, Seat
from tests.browser.test_quiz import at_the_quiz, base_of, text_item
from tests.browser.test_story import answer_rightly, begin_quiz, fill, place_module
from tests.databases import rows

pytestmark = pytest.mark.browser
OFFLINE_SECONDS = float(os.environ.get("OFFLINE_SECONDS", "2"))
"""How long the train is in the tunnel; the suite has no minute for it."""
NO_STORAGE = """Object.defineProperty(window, "localStorage", {
    get() { throw new DOMException("denied", "SecurityError"); } })"""


def heading(place: Page | Frame, number: int) -> None:
    """The question of that number is shown, and a screen reader stands on its heading."""
    shown = place.get_by_role("heading", level=1)
    expect(shown).to_have_text(f"Question {number} of 10", timeout=20_000)
    expect(shown).to_be_focused()


def begin(campus: Campus, place: Page | Frame) -> tuple[Item, ...]:
    """Begin, and wait until the page keeps all questions."""
    context = (place if isinstance(place, Page) else place.page).context
    context.add_init_script("Math.random = () => 0")  # all questions are fetched without delay
    items = begin_quiz(campus, place)
    place.locator("#turned[data-kept='10']").wait_for()
    return items


def go_on(place: Page | Frame) -> None:
    place.get_by_role("button", name=re.compile("^Save and")).click()


def tick(place: Page | Frame, number: int) -> None:
    place.locator(f'.tick[value="{number}"]').click()
    heading(place, number)


def all_right(campus: Campus, items: tuple[Item, ...]) -> None:
    """Every answer counts fully, and none of them lies aside."""
    answers = rows(campus.app, Answer)
    assert {answer.item_id for answer in answers} == {item.id for item in items}
    assert [answer.points for answer in answers] == [1] * len(items)
    assert [answer.set_aside for answer in answers] == [None] * len(items)


def answer_in_the_tunnel(page: Page, items: tuple[Item, ...]) -> None:
    """Seven questions with "Save and go on", back to the sixth, and the last."""
    for number in range(1, 8):
        answer_rightly(page, items[number - 1])
        go_on(page)
        heading(page, number + 1)
        page.wait_for_timeout(OFFLINE_SECONDS * 1000 / 7)
    kept = re.compile("kept here")
    expect(page.locator('.tick[value="7"]')).to_have_attribute("aria-label", kept)
    page.go_back()
    heading(page, 7)
    page.get_by_role("button", name="Back", exact=True).click()
    heading(page, 6)
    tick(page, 10)
    answer_rightly(page, items[9])


def test_a_train_in_a_tunnel_costs_no_answer(seat: Callable[..., Seat], campus: Campus) -> None:
    place_module(seat())
    page = at_the_quiz(seat, campus)
    items = begin(campus, page)
    notice = page.locator("#connection")
    page.context.set_offline(True)
    answer_in_the_tunnel(page, items)
    expect(notice).to_contain_text("your answers are kept on this device")
    go_on(page)
    expect(page.locator("#saved")).to_contain_text("The last look and handing in wait")
    page.locator(".brand").click()
    expect(notice).to_contain_text("has to wait")
    assert rows(campus.app, Answer) == []

    page.context.set_offline(False)
    expect(notice).to_contain_text("The connection is back", timeout=20_000)
    expect(page.locator("#saved")).to_have_text("Saved")
    for number in (8, 9):
        tick(page, number)
        answer_rightly(page, items[number - 1])
    tick(page, 10)
    go_on(page)
    page.get_by_role("button", name="Hand in").click()
    expect(page.locator(".score-figure")).to_have_text("100%", timeout=20_000)
    all_right(campus, items)


def bad_line(seed: int) -> Callable[[Route], None]:
    """Of five requests three fail: two on their way, one on the way back."""
    chance = random.Random(seed)  # noqa: S311 (chooses faults, guards nothing)

    def carry(route: Route) -> None:
        what = chance.choice(["pass", "pass", "abort", "bad gateway", "answer lost"])
        if what == "pass":
            return route.continue_()
        if what == "bad gateway":
            return route.fulfill(status=502, body="<h1>Bad gateway</h1>")
        if what == "answer lost":
            route.fetch()
        return route.abort()

    return carry


def test_lines_that_fail_more_often_than_not_cost_no_answer(
    seat: Callable[..., Seat], campus: Campus
) -> None:
    place_module(seat())
    page = at_the_quiz(seat, campus)
    items = begin(campus, page)
    page.route("**/l/**", bad_line(seed=20))
    for number, item in enumerate(items, 1):
        expect(page.get_by_role("heading", level=1)).to_have_text(f"Question {number} of 10")
        answer_rightly(page, item)
        go_on(page)
    hand_in = page.get_by_role("button", name="Hand in")
    while not hand_in.is_visible():  # the last look waits; the learner asks for it again
        page.wait_for_timeout(300)
        if not hand_in.is_visible():
            go_on(page)
    page.unroute("**/l/**")
    hand_in.click()
    expect(page.locator(".score-figure")).to_have_text("100%", timeout=30_000)
    all_right(campus, items)


def test_who_answers_too_slowly_is_not_waited_for(
    seat: Callable[..., Seat], campus: Campus
) -> None:
    place_module(seat())
    page = at_the_quiz(seat, campus)
    items = begin(campus, page)
    held: list[Route] = []
    page.route("**/quiz/1/*", lambda route: held.append(route))
    answer_rightly(page, items[0])
    go_on(page)
    heading(page, 2)
    answer_rightly(page, items[1])
    go_on(page)
    heading(page, 3)
    page.unroute("**/quiz/1/*")
    for route in held:
        with suppress(Error):  # the page has given up waiting
            route.continue_()
    expect(page.locator('.tick[value="2"]')).to_have_attribute(
        "aria-label", "Question 2, answered", timeout=20_000
    )
    given = {answer.item_id: answer.set_aside for answer in rows(campus.app, Answer)}
    assert given == {items[0].id: None, items[1].id: None}


def test_a_frame_in_which_the_browser_keeps_nothing_keeps_it_itself(
    seat: Callable[..., Seat], campus: Campus
) -> None:
    place_module(seat())
    learner = seat()
    learner.context.add_init_script(NO_STORAGE)
    learner.sign_in(RAVI)
    frame = learner.open_in_frame(MODULE_1.title)
    frame.get_by_role("link", name="Quiz").click()
    items = begin(campus, frame)
    learner.context.set_offline(True)
    for number in (1, 2, 3):
        answer_rightly(frame, items[number - 1])
        go_on(frame)
        heading(frame, number + 1)
    expect(frame.locator("#connection")).to_contain_text("keep this page open")
    tick(frame, 2)
    expect(frame.locator("#saved")).to_contain_text("while this page stays open")
    learner.context.set_offline(False)
    expect(frame.locator("#saved")).to_have_text("Saved")
    expect(frame.locator("#connection")).to_contain_text("The connection is back")
    tick(frame, 5)
    given = {answer.item_id for answer in rows(campus.app, Answer)}
    assert given == {item.id for item in items[:3]}
    assert learner.complaints == []


def test_what_one_device_kept_meets_what_another_saved(
    seat: Callable[..., Seat], campus: Campus
) -> None:
    place_module(seat())
    page = at_the_quiz(seat, campus)
    items = begin(campus, page)
    name, value = text_item(campus, page)
    page.locator("#turned[data-kept='10']").wait_for()
    address, number = page.url, int(page.url.rsplit("/", 1)[1])
    page.context.set_offline(True)
    fill(page, name, value)
    other = number % 10 + 1
    tick(page, other)
    answer_rightly(page, items[other - 1])
    page.close()

    phone = at_the_quiz(seat, campus)
    phone.get_by_role("button", name="Go on with attempt 1").click()
    phone.goto(f"{base_of(phone)}/quiz/1/{number}")
    phone.locator(f'[name="{name}"]:not([value="{value}"])').first.check()
    expect(phone.locator("#saved")).to_have_text("Saved")

    page.context.set_offline(False)
    later = page.context.new_page()
    later.goto(address)
    expect(later.get_by_text("You gave another answer to this question")).to_be_visible()
    expect(later.locator(f'.tick[value="{other}"]')).to_have_attribute(
        "aria-label", re.compile("answered")
    )
    answers = {answer.item_id: answer for answer in rows(campus.app, Answer)}
    assert answers[items[number - 1].id].set_aside == {"choice": value}
    assert answers[items[other - 1].id].set_aside is None


def test_an_answer_outlives_the_page_that_could_not_save_it(
    seat: Callable[..., Seat], campus: Campus
) -> None:
    place_module(seat())
    page = at_the_quiz(seat, campus)
    begin_quiz(campus, page)
    name, value = text_item(campus, page)
    address, context = page.url, page.context
    context.set_offline(True)
    fill(page, name, value)
    expect(page.locator("#saved")).to_contain_text("kept on this device")
    page.get_by_role("button", name=re.compile("^Save and")).click()
    expect(page.locator("#saved")).to_contain_text("cannot be shown without a connection")
    page.close()  # the train goes into a tunnel; the tab is closed
    assert rows(campus.app, Answer) == []

    context.set_offline(False)
    later = context.new_page()
    later.goto(address)
    expect(later.locator(f'[name="{name}"][value="{value}"]')).to_be_checked()
    expect(later.locator("#saved")).to_have_text("Saved")
    [answer] = rows(campus.app, Answer)
    assert answer.response == {"choice": value} and answer.edited_at < answer.saved_at


def test_handing_in_waits_for_what_this_browser_still_keeps(
    seat: Callable[..., Seat], campus: Campus
) -> None:
    place_module(seat())
    page = at_the_quiz(seat, campus)
    begin_quiz(campus, page)
    name, value = text_item(campus, page)
    last = page.context.new_page()
    last.goto(f"{base_of(page)}/quiz/1/check")
    page.context.set_offline(True)
    fill(page, name, value)
    expect(page.locator("#saved")).to_contain_text("kept on this device")
    page.close()
    last.get_by_role("button", name="Hand in").click()
    expect(last.locator("#waiting")).to_contain_text("not saved yet")
    last.context.set_offline(False)
    expect(last.locator(".score-figure")).to_be_visible(timeout=15_000)
    assert [answer.response for answer in rows(campus.app, Answer)] == [{"choice": value}]
