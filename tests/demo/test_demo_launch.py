"""The demo LMS launches a tool: login initiation, authorization, id_token."""

from collections.abc import Iterator

import pytest

from demo.people import DANA, MODULE_1, MODULE_3, NEW_ACTIVITY, RAVI, SOFIA
from demo.serving import RunningLms
from tests.demo.scripted_tool import (
    ENDPOINT_CLAIM,
    LINE_ITEM,
    LINE_ITEM_READ,
    RESULT,
    SCORE,
    Browser,
    Form,
    ScriptedTool,
    platform_and_tool,
)

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"


@pytest.fixture
def sides() -> Iterator[tuple[RunningLms, ScriptedTool, Browser]]:
    with platform_and_tool() as (lms, tool), Browser(lms) as browser:
        yield lms, tool, browser


Sides = tuple[RunningLms, ScriptedTool, Browser]


def test_from_the_course_to_a_score_in_the_gradebook(sides: Sides) -> None:
    lms, tool, browser = sides
    browser.sign_in(RAVI)

    assert browser.launch(MODULE_1).text == "<p>Hello Ravi Menon</p>"
    line_item_url = tool.claims[ENDPOINT_CLAIM]["lineitem"]
    answer = tool.post_score(
        line_item_url, RAVI, 8, "2026-03-01T10:00:00.250Z", comment="Well done"
    )

    assert (answer.status_code, answer.content) == (200, b"")
    grade = lms.gradebook.grade(RAVI, MODULE_1)
    assert grade is not None
    assert (grade.score, grade.maximum, grade.comment) == (80, 100, "Well done")
    assert lms.gradebook.grade(RAVI, MODULE_3) is None
    assert 'data-value="80 / 100"' in browser.get("/gradebook").text


def test_id_token_says_who_where_and_what(sides: Sides) -> None:
    lms, tool, browser = sides
    browser.sign_in(RAVI)
    browser.launch(MODULE_1)

    claims, settings = tool.claims, lms.settings
    assert claims["aud"] == settings.client_id
    assert claims["exp"] - claims["iat"] == 60
    assert [claims[n] for n in ("sub", "name", "given_name", "family_name", "email")] == [
        RAVI.id,
        "Ravi Menon",
        "Ravi",
        "Menon",
        "ravi.menon@academy.example",
    ]
    assert claims[CLAIM + "message_type"] == "LtiResourceLinkRequest"
    assert claims[CLAIM + "deployment_id"] == "1"
    assert LEARNER in claims[CLAIM + "roles"]
    assert claims[CLAIM + "context"]["label"] == "PMO-101"
    assert claims[CLAIM + "resource_link"]["id"] == MODULE_1.id
    assert claims[CLAIM + "target_link_uri"] == f"{tool.url}/lti/launch"
    assert claims[CLAIM + "custom"] == dict(MODULE_1.custom)
    assert claims[CLAIM + "launch_presentation"] == {
        "document_target": "iframe",
        "return_url": f"{lms.url}/course/return",
        "locale": "en",
    }
    endpoint = claims[ENDPOINT_CLAIM]
    assert set(endpoint["scope"]) == {LINE_ITEM, LINE_ITEM_READ, RESULT, SCORE}
    assert endpoint["lineitems"].endswith("/lineitems?type_id=1")
    assert endpoint["lineitem"].endswith("/lineitem?type_id=1")


def test_teacher_in_a_new_window(sides: Sides) -> None:
    _, tool, browser = sides
    browser.sign_in(DANA)
    browser.launch(NEW_ACTIVITY, "window")

    assert tool.claims[CLAIM + "roles"][0].endswith("membership#Instructor")
    assert tool.claims[CLAIM + "launch_presentation"]["document_target"] == "window"
    assert tool.claims[CLAIM + "custom"] == {}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"response_type": "code"}, "unsupported_response_type"),
        ({"scope": "openid profile"}, "invalid_scope"),
        ({"response_mode": "query"}, "invalid_request"),
        ({"prompt": "login"}, "invalid_request"),
        ({"nonce": ""}, "invalid_request"),
        ({"login_hint": SOFIA.id}, "access_denied"),
        ({"lti_message_hint": "made-up"}, "invalid_request"),
    ],
)
def test_bad_request_is_answered_with_an_error_for_the_tool(
    sides: Sides, change: dict[str, str], error: str
) -> None:
    lms, tool, browser = sides
    browser.sign_in(RAVI)
    asked = tool.authentication_request(browser.begin(MODULE_1).fields)

    answer = Form(browser.post(lms.settings.auth_url, {**asked, **change}).text)

    assert answer.action == f"{tool.url}/lti/launch"
    assert (answer.fields["error"], answer.fields["state"]) == (error, "state-1")
    assert "id_token" not in answer.fields


def test_request_without_state_is_refused(sides: Sides) -> None:
    lms, tool, browser = sides
    browser.sign_in(RAVI)
    asked = tool.authentication_request(browser.begin(MODULE_1).fields)
    del asked["state"]

    answer = Form(browser.post(lms.settings.auth_url, asked).text)

    assert answer.fields["error"] == "invalid_request"
    assert "state" not in answer.fields


@pytest.mark.parametrize(
    "change",
    [{"client_id": "another"}, {"redirect_uri": "{tool}/lti/launch?x=1"}],
    ids=["client", "redirect"],
)
def test_nothing_is_sent_to_an_address_that_is_not_registered(
    sides: Sides, change: dict[str, str]
) -> None:
    lms, tool, browser = sides
    browser.sign_in(RAVI)
    asked = tool.authentication_request(browser.begin(MODULE_1).fields)
    changed = {name: value.format(tool=tool.url) for name, value in change.items()}

    answer = browser.post(lms.settings.auth_url, {**asked, **changed})

    assert answer.status_code == 400
    assert Form(answer.text).action == ""


def test_message_hint_is_good_for_one_launch(sides: Sides) -> None:
    lms, tool, browser = sides
    browser.sign_in(RAVI)
    asked = tool.authentication_request(browser.begin(MODULE_1).fields)

    first = Form(browser.post(lms.settings.auth_url, asked).text)
    second = Form(browser.post(lms.settings.auth_url, asked).text)

    assert "id_token" in first.fields
    assert second.fields["error"] == "invalid_request"


def test_request_without_the_cookie_is_asked_once_more_from_our_own_page(sides: Sides) -> None:
    lms, tool, browser = sides
    browser.sign_in(RAVI)
    asked = tool.authentication_request(browser.begin(MODULE_1).fields)

    with Browser(lms) as stranger:
        again = Form(stranger.post(lms.settings.auth_url, asked).text)
        assert again.action == "/auth"
        refused = Form(stranger.post("/auth", again.fields).text)
    assert refused.fields["error"] == "login_required"

    assert "id_token" in Form(browser.post("/auth", again.fields).text).fields


def test_error_reaches_the_tool_when_another_person_signs_in_meanwhile(sides: Sides) -> None:
    _, tool, browser = sides
    browser.sign_in(RAVI)
    initiation = browser.begin(MODULE_1)
    browser.sign_in(SOFIA)

    answer = Form(browser.post(initiation.action, initiation.fields).text)
    assert browser.post(answer.action, answer.fields).status_code == 401
    assert tool.errors[0]["error"] == "access_denied"
