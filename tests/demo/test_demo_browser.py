"""The demo LMS in Chromium: the tool in the frame, and a score that arrives without a reload."""

from collections.abc import Iterator
from typing import Any

import pytest

from demo.people import DANA, MODULE_1, RAVI, Person
from demo.serving import RunningLms
from tests.demo.scripted_tool import ScriptedTool, platform_and_tool

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.browser


@pytest.fixture
def sides() -> Iterator[tuple[RunningLms, ScriptedTool]]:
    with platform_and_tool() as both:
        yield both


def page_of(chromium: Any, lms: RunningLms, person: Person, width: int = 1280) -> Any:
    context = chromium.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(lms.url)
    page.get_by_role("button", name=person.name).click()
    return page


def test_tool_opens_in_the_frame_and_the_score_arrives(
    chromium: Any, sides: tuple[RunningLms, ScriptedTool]
) -> None:
    lms, tool = sides
    page = page_of(chromium, lms, RAVI)
    page.get_by_role("link", name="Open Module 1", exact=True).click()
    page.frame_locator("iframe").get_by_text("Hello Ravi Menon").wait_for()
    playwright.expect(page.locator(".own")).to_contain_text("none yet")

    tool.post_score(lms.settings.line_item_url(1), RAVI, 8, "2026-03-01T10:00:00Z")

    playwright.expect(page.locator(".own")).to_contain_text("80 / 100")
    playwright.expect(page.get_by_role("status")).to_have_text("Your grade: 80 / 100")


def test_tool_opens_in_a_new_window(chromium: Any, sides: tuple[RunningLms, ScriptedTool]) -> None:
    lms, _ = sides
    page = page_of(chromium, lms, DANA)
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Open Module 1 in a new window").click()
    opened.value.get_by_text("Hello Dana Whitfield").wait_for()


def test_gradebook_refreshes_and_keeps_an_open_history_open(
    chromium: Any, sides: tuple[RunningLms, ScriptedTool]
) -> None:
    lms, tool = sides
    url = lms.settings.line_item_url(1)
    tool.post_score(url, RAVI, 8, "2026-03-01T10:00:00Z")
    page = page_of(chromium, lms, DANA)
    page.get_by_role("link", name="Gradebook").click()
    page.get_by_text("1 post").click()

    tool.post_score(url, RAVI, 9, "2026-03-01T10:00:01Z")

    playwright.expect(page.get_by_role("status")).to_have_text("Ravi Menon, Module 1: 90 / 100")
    assert page.locator(".posts li:visible").count() == 2


def test_launch_goes_on_when_the_cookie_comes_late(
    chromium: Any, sides: tuple[RunningLms, ScriptedTool]
) -> None:
    """A tool that answers the login with a page that posts makes the request cross-site."""
    lms, tool = sides
    tool.posts_the_request = True
    page = page_of(chromium, lms, RAVI)
    page.goto(f"{lms.url}/course/links/{MODULE_1.id}")
    page.frame_locator("iframe").get_by_text("Hello Ravi Menon").wait_for()


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("path", ["/", "/course", "/course/links/link-1", "/gradebook"])
def test_no_page_is_wider_than_its_window(
    chromium: Any, sides: tuple[RunningLms, ScriptedTool], path: str, width: int
) -> None:
    lms, tool = sides
    comment = "A long remark " * 8 + "x" * 60
    tool.post_score(lms.settings.line_item_url(1), RAVI, 8, "2026-03-01T10:00:00Z", comment=comment)
    page = page_of(chromium, lms, DANA, width)
    page.goto(lms.url + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
