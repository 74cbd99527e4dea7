"""Deep Linking 2.0: an instructor places modules, and each link finds its own."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import jwt
from flask import Flask
from werkzeug.test import TestResponse

from lti_tool.curriculum.models import Placement
from tests.browsers import TOOL, Browser
from tests.databases import on_sqlite, rows
from tests.platforms import CLAIM, FakePlatform

DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
SETTINGS: dict[str, Any] = {
    "deep_link_return_url": "https://lms.example/return?course=2",
    "accept_types": ["ltiResourceLink"],
    "accept_presentation_document_targets": ["iframe", "window"],
    "accept_multiple": True,
    "data": {"opaque": [1, "two"]},
}
FORM = {
    "module": ["M1", "M3"],
    "M1.title": "Two jobs",
    "M1.points": "20",
    "M1.due_at": "2027-01-31T18:00",
    "M3.title": "Ways in",
    "M3.points": "100",
    "timezone": "Europe/Berlin",
}


def ask(browser: Browser, role: str = "Instructor", **changes: Any) -> TestResponse:
    """A deep linking request; returns the first page of the visit, or the refusal."""
    state, nonce = browser.begin()
    claims: dict[str, Any] = {
        CLAIM + "message_type": "LtiDeepLinkingRequest",
        CLAIM + "resource_link": None,
        DL + "deep_linking_settings": SETTINGS | changes,
    }
    body = browser.platform.claims(nonce, target=f"{TOOL}/", sub="teacher-1", role=role, **claims)
    answer = browser.finish(state, browser.platform.sign(body))
    if answer.status_code != 303:
        return answer
    browser.launch_id = answer.location.split("/")[2]
    return browser.follow(answer)


def post(browser: Browser, form: dict[str, Any]) -> TestResponse:
    token = re.search(r'csrf_token" value="([0-9a-f]+)"', browser.get("/choose").text)
    assert token
    return browser.post("/choose", form, token=token[1])


def answered(browser: Browser, page: str) -> dict[str, Any]:
    """The answer that the page carries to the platform, checked with our published keys."""
    found = re.search(r'name="JWT" value="([^"]+)"', page)
    assert found and 'action="https://lms.example/return?course=2"' in html.unescape(page)
    token = found[1]
    key_set = jwt.PyJWKSet.from_dict(browser.client.get("/lti/jwks", base_url=TOOL).get_json())
    key = key_set[jwt.get_unverified_header(token)["kid"]]
    body: dict[str, Any] = jwt.decode(
        token, key, ["RS256"], audience=browser.platform.url, issuer=browser.platform.client_id
    )
    return body


def test_several_modules_are_placed_in_order_with_all_that_the_platform_can_use(
    browser: Browser,
) -> None:
    page = ask(browser)
    assert "Choose what to place" in page.text

    page = post(browser, FORM)
    assert page.status_code == 200
    assert "form-action 'self' https://lms.example;" in page.headers["Content-Security-Policy"]
    body = answered(browser, page.text)
    assert body[CLAIM + "message_type"] == "LtiDeepLinkingResponse"
    assert body[CLAIM + "deployment_id"] == browser.platform.deployment_id
    assert body[DL + "data"] == SETTINGS["data"]
    first, second = body[DL + "content_items"]
    assert (first["type"], first["title"], first["url"]) == (
        "ltiResourceLink",
        "Two jobs",
        f"{TOOL}/",
    )
    assert first["lineItem"]["scoreMaximum"] == 20
    assert first["lineItem"]["resourceId"] == first["custom"]["placement"]
    assert first["submission"] == {"endDateTime": "2027-01-31T17:00:00.000Z"}
    assert "available" not in second and "window" in second and "iframe" in second


def test_each_link_opens_its_own_module_whichever_comes_first(
    new_browser: Callable[[], Browser],
) -> None:
    teacher = new_browser()
    ask(teacher)
    first, second = answered(teacher, post(teacher, FORM).text)[DL + "content_items"]

    learner = new_browser()
    page = learner.launch(link="new-2", **{CLAIM + "custom": second["custom"]})
    assert "Ways in: network, develop, volunteer, certify" in page.text
    page = learner.launch(link="new-1", **{CLAIM + "custom": first["custom"]})
    assert "Two jobs compared" in page.text and "due" in page.text


def test_a_second_link_of_the_course_does_not_take_over_the_placement_of_another(
    new_browser: Callable[[], Browser], app: Flask
) -> None:
    teacher = new_browser()
    ask(teacher)
    [first, _] = answered(teacher, post(teacher, FORM).text)[DL + "content_items"]
    custom = {CLAIM + "custom": first["custom"]}
    new_browser().launch(link="original", **custom)

    copy = new_browser().launch(link="copy", **custom)
    assert "has not been set up yet" in copy.text
    placed = [each for each in rows(app, Placement) if each.resource_link_id is not None]
    assert len(placed) == 1


@on_sqlite
def test_a_platform_that_takes_no_line_items_and_one_link_gets_just_that(
    browser: Browser,
) -> None:
    page = ask(browser, accept_multiple="false", accept_lineitem=False, data=None)
    assert 'type="radio"' in page.text
    assert post(browser, FORM).status_code == 422
    body = answered(browser, post(browser, FORM | {"module": ["M1"]}).text)
    [item] = body[DL + "content_items"]
    assert "lineItem" not in item and DL + "data" not in body


@on_sqlite
def test_cancelling_answers_with_nothing(browser: Browser) -> None:
    ask(browser)
    assert answered(browser, post(browser, {"nothing": "1"}).text)[DL + "content_items"] == []


@on_sqlite
def test_faults_are_named_field_by_field_and_what_was_typed_is_kept(browser: Browser) -> None:
    ask(browser)
    bad = FORM | {"M1.points": "many", "M3.title": "", "M3.due_at": "yesterday"}
    page = post(browser, bad)
    assert page.status_code == 422
    for field in ("M1.points-fault", "M3.title-fault", "M3.due_at-fault"):
        assert f'id="{field}"' in page.text
    assert 'value="many"' in page.text


@on_sqlite
def test_only_instructors_place_anything(browser: Browser) -> None:
    page = ask(browser, role="Learner")
    assert page.status_code == 400
    assert "Only instructors can place activities" in page.text


@on_sqlite
def test_a_visit_that_chooses_has_no_pages_of_a_link(browser: Browser) -> None:
    ask(browser)
    for path in ("/module", "/quiz", "/learners", "/settings"):
        assert browser.get(path).status_code == 409


@on_sqlite
def test_a_submission_review_lands_on_that_learners_attempt(
    app: Flask, new_browser: Callable[[], Browser], platform: FakePlatform
) -> None:
    from tests.story import set_up, take_quiz

    teacher, learner = new_browser(), new_browser()
    set_up(teacher)
    learner.launch(sub="ada", name="Ada Okafor")
    take_quiz(app, learner)

    review: dict[str, Any] = {
        CLAIM + "message_type": "LtiSubmissionReviewRequest",
        CLAIM + "for_user": {"user_id": "ada"},
    }
    page = teacher.launch(sub="teacher-1", role="Instructor", **review)
    assert "Ada Okafor" in page.text and "Attempt 1, question by question" in page.text
    without_link = review | {CLAIM + "resource_link": None}
    page = teacher.launch(sub="teacher-1", role="Instructor", **without_link)
    assert "Ada Okafor" in page.text

    nobody = review | {CLAIM + "for_user": {"user_id": "nobody"}}
    page = teacher.launch(sub="teacher-1", role="Instructor", **nobody)
    assert page.status_code == 404 and "has not opened the activity yet" in page.text
