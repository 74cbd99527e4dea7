"""Deep linking as each platform asks for it: the answer has what it takes, and nothing else."""

from __future__ import annotations

import html
import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lti_tool.lti.models import Registration
from tests.browsers import TOOL, Browser
from tests.databases import change, on_sqlite
from tests.platforms import CLAIM
from tests.test_deep_linking import DL, FORM, answered, ask, post

FOLDER = Path(__file__).parent / "fixtures/deep_linking"
FILES = sorted(path.name for path in FOLDER.glob("*.json"))


def request_of(browser: Browser, file: str, **changes: Any) -> dict[str, Any]:
    """Launch the request of a platform as our platform; returns its settings."""
    state, nonce = browser.begin()
    platform, now = browser.platform, int(time.time())
    text = (FOLDER / file).read_text().replace("https://tool.example.org", TOOL)
    body: dict[str, Any] = json.loads(text)
    body |= {"iss": platform.url, "aud": platform.client_id, "iat": now, "exp": now + 60}
    body |= {"nonce": nonce, CLAIM + "deployment_id": platform.deployment_id}
    body |= {name: platform.client_id for name in ("azp",) if name in body}
    body |= {"nbf": now} if "nbf" in body else {}
    settings: dict[str, Any] = body[DL + "deep_linking_settings"]
    settings |= {"deep_link_return_url": "https://lms.example/return?course=2"} | changes
    answer = browser.finish(state, platform.sign(body))
    assert answer.status_code == 303, answer.text
    browser.launch_id = answer.location.split("/")[2]
    return settings


def has_null(value: Any) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return value is None or any(has_null(each) for each in inner)


@on_sqlite
@pytest.mark.parametrize("file", FILES)
def test_the_answer_fits_the_platform(browser: Browser, file: str) -> None:
    settings = request_of(browser, file)
    several = settings["accept_multiple"]
    page = browser.get("/choose").text
    assert f'type="{"checkbox" if several else "radio"}"' in page
    assert ("Place the whole curriculum" in page) == several

    form = FORM if several else FORM | {"module": ["M1"]}
    body = answered(browser, post(browser, form).text)
    platform = browser.platform
    assert (body["iss"], body["sub"], body["aud"]) == (
        platform.client_id,
        platform.client_id,
        platform.url,
    )
    assert body[CLAIM + "deployment_id"] == platform.deployment_id
    assert body.get(DL + "data") == settings.get("data")
    assert (DL + "data" in body) == ("data" in settings)
    assert not has_null(body)

    items = body[DL + "content_items"]
    assert [item["title"] for item in items] == ["Two jobs", "Ways in"][: 2 if several else 1]
    for item in items:
        assert item["type"] == "ltiResourceLink" and item["url"].startswith(TOOL)
        assert item["lineItem"]["label"] == item["title"]
        assert item["lineItem"]["scoreMaximum"] in (20, 100)
        assert item["lineItem"]["resourceId"] == item["custom"]["placement"]
        assert all(isinstance(value, str) for value in item["custom"].values())
        for target in ("window", "iframe"):
            wanted = target in settings["accept_presentation_document_targets"]
            assert (target in item) == wanted, target


@on_sqlite
def test_the_whole_curriculum_is_placed_in_order(browser: Browser) -> None:
    request_of(browser, "moodle_deep_linking.json")
    page = browser.get("/choose").text
    body = answered(browser, post(browser, all_fields(page) | {"everything": "1"}).text)
    items = body[DL + "content_items"]
    count = page.count('name="module"')
    assert count >= 10 and body[DL + "msg"] == f"{count} modules placed."
    assert len({item["custom"]["placement"] for item in items}) == len(items) == count
    places = [page.index(f"{html.escape(item['title'])}</strong>") for item in items]
    assert places == sorted(places)


def all_fields(page: str) -> dict[str, str]:
    """What the form holds when it comes."""
    found = re.findall(r'name="([A-Z0-9a-z_]+\.[a-z_]+)"[^>]*? value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


@on_sqlite
@pytest.mark.parametrize(
    "name",
    [
        "accept_lineitem",
        "https://www.sakailms.org/spec/lti-dl/accept_lineitem",
        "https://www.moodle.org/spec/lti-dl/accept_lineitem",
    ],
)
@pytest.mark.parametrize("value", [False, "false"])
def test_a_place_without_gradebook_gets_no_line_item(
    browser: Browser, name: str, value: object
) -> None:
    request_of(browser, "openedx_deep_linking.json", **{name: value})
    page = browser.get("/choose").text
    assert "no column in the gradebook" in page and "M1.points" not in page
    form = {name: text for name, text in FORM.items() if not name.endswith("points")}
    items = answered(browser, post(browser, form).text)[DL + "content_items"]
    assert len(items) == 2 and not any("lineItem" in item for item in items)


@on_sqlite
def test_moodle_takes_a_hundred_points_at_most(app: Flask, browser: Browser) -> None:
    change(app, Registration, profile="moodle")
    request_of(browser, "moodle_deep_linking.json")
    page = post(browser, FORM | {"M1.points": "101"})
    assert page.status_code == 422 and "at most 100 points" in page.text
    assert post(browser, FORM | {"M1.points": "100"}).status_code == 200


@on_sqlite
def test_the_page_says_whether_the_platform_asks_again(browser: Browser) -> None:
    request_of(browser, "blackboard_deep_linking.json")
    assert "at once" in browser.get("/choose").text
    request_of(browser, "canvas_deep_linking.json")
    assert "before it is saved" in browser.get("/choose").text


@on_sqlite
@pytest.mark.parametrize("types", [["file"], [], ["link", "html"]])
def test_a_place_that_takes_no_links_is_declined_politely(
    browser: Browser, types: list[str]
) -> None:
    page = ask(browser, accept_types=types)
    assert page.status_code == 400
    assert "This place in your platform takes no activities" in page.text


@on_sqlite
def test_what_we_have_no_use_for_changes_nothing(browser: Browser) -> None:
    """Copy advice is about files; media types are about what is embedded."""
    for copy_advice in (True, False, "true", None, 7):
        request_of(browser, "moodle_deep_linking.json", accept_copy_advice=copy_advice)
        body = answered(browser, post(browser, FORM).text)
        assert "copyAdvice" not in body[DL + "content_items"][0]
