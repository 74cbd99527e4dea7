"""Three ways to tie a launch to its browser, chosen by themselves, with cookies or without."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from demo.people import DANA, MODULE_1, MODULE_3, RAVI, SOFIA
from lti_tool.db import db
from lti_tool.lti.models import LoginState, LoginStatus
from tests.browser.conftest import Campus, Seat
from tests.browser.looking import look_at_all
from tests.browser.test_story import place_module
from tests.chromium import CHROMIUM, FLAGS

pytestmark = pytest.mark.browser
on_storage = pytest.mark.parametrize("campus", ["storage"], indirect=True)


@pytest.fixture
def blocking(tmp_path: Path, chromium: Browser) -> Iterator[BrowserContext]:
    """A browser that keeps no cookies of the tool inside pages of others, as Safari does."""
    profile = tmp_path / "profile" / "Default"
    profile.mkdir(parents=True)
    blocked = {"127.0.0.1,http://localhost": {"setting": 2}}
    settings = {"profile": {"content_settings": {"exceptions": {"cookies": blocked}}}}
    (profile / "Preferences").write_text(json.dumps(settings))
    context = chromium.browser_type.launch_persistent_context(
        str(profile.parent), executable_path=CHROMIUM, args=FLAGS
    )
    context.set_default_timeout(10_000)
    yield context
    context.close()


def ways(campus: Campus) -> list[str]:
    """The way that worked for each launch, the oldest first."""
    with campus.app.app_context():
        logins = db.session.query(LoginState).order_by(LoginState.id)
        return [login.way for login in logins if login.status == LoginStatus.LAUNCHED]


def test_a_frame_that_may_keep_a_partitioned_cookie_uses_it(
    seat: Callable[..., Seat], campus: Campus
) -> None:
    place_module(seat())
    assert ways(campus) == ["cookie"]


@on_storage
def test_without_cookies_the_platforms_storage_vouches_and_the_whole_visit_works(
    blocking: BrowserContext, seat: Callable[..., Seat], campus: Campus
) -> None:
    place_module(seat())
    learner = Seat(blocking, campus)
    learner.sign_in(RAVI)
    frame = learner.open_in_frame(MODULE_1.title)
    expect(frame.get_by_role("heading", level=1)).to_have_text("Two jobs compared")
    assert ways(campus)[-1] == "storage"

    frame.get_by_role("link", name="Begin lesson 1").click()
    frame.get_by_role("button", name="Done, next lesson").click()
    expect(frame.get_by_text("Lesson 2 of 4")).to_be_visible()
    secret = frame.url.split("~")[1].split("/")[0]
    stranger = seat().page
    stranger.goto(frame.url.replace(secret, "x" + secret[1:]))
    expect(stranger.get_by_role("heading", level=1)).to_have_text("This visit has ended")


def test_without_cookies_and_storage_a_window_of_its_own_is_offered(
    blocking: BrowserContext, seat: Callable[..., Seat], campus: Campus
) -> None:
    place_module(seat())
    learner = Seat(blocking, campus)
    learner.sign_in(RAVI)
    learner.page.get_by_role("link", name=f"Open {MODULE_1.title}", exact=True).click()
    frame = learner.page.frame_locator("iframe")
    look_at_all(campus.app, "window", _walk_offer(learner))
    with blocking.expect_page() as opened:
        frame.get_by_role("button", name="Open in a new window").click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Two jobs compared")
    assert ways(campus)[-1] == "window"


def _walk_offer(learner: Seat) -> Iterator[tuple[str, Page]]:
    """The page in the frame, opened once more by itself to be looked at."""
    expect(learner.page.frame_locator("iframe").locator("h1")).to_have_text("One more step")
    page = learner.context.new_page()
    page.goto(learner.page.frames[-1].url)
    yield "window", page


@on_storage
def test_a_platform_whose_storage_does_not_answer_is_no_dead_end(
    blocking: BrowserContext, seat: Callable[..., Seat], campus: Campus
) -> None:
    place_module(seat())
    blocking.route("**/storage", lambda route: route.fulfill(body="no answer from here"))
    learner = Seat(blocking, campus)
    learner.sign_in(RAVI)
    learner.page.get_by_role("link", name=f"Open {MODULE_1.title}", exact=True).click()
    frame = learner.page.frame_locator("iframe.tool")
    with blocking.expect_page() as opened:
        frame.get_by_role("button", name="Open in a new window").click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Two jobs compared")


def test_two_links_and_two_people_in_one_browser_keep_apart(
    seat: Callable[..., Seat], campus: Campus
) -> None:
    place_module(seat())
    one = seat()
    one.sign_in(RAVI)
    first = one.open_in_window(MODULE_1.title)
    one.sign_in(SOFIA)
    second = one.open_in_window(MODULE_1.title)
    second.get_by_role("link", name="Begin lesson 1").click()
    second.get_by_role("button", name="Done, next lesson").click()
    one.sign_in(DANA)
    third = one.open_in_window(MODULE_3.title)

    first.reload()
    expect(first.get_by_text("0 of 4 lessons")).to_be_visible()
    second.goto(second.url.split("/lessons")[0] + "/module")
    expect(second.get_by_text("1 of 4 lessons")).to_be_visible()
    expect(third.get_by_role("heading", level=1)).to_have_text("Set up this activity")
