"""The demo LMS's token endpoint, and what a token opens."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from demo.serving import RunningLms
from tests.demo.scripted_tool import (
    LINE_ITEM_READ,
    SCORE,
    ScriptedTool,
    call,
    get,
    platform_and_tool,
)

Sides = tuple[RunningLms, ScriptedTool]


@pytest.fixture
def sides() -> Iterator[Sides]:
    with platform_and_tool() as both:
        yield both


def test_token_names_the_scopes_that_were_granted(sides: Sides) -> None:
    _, tool = sides
    answer = tool.ask_token(SCORE, "https://example.org/unknown")

    assert answer.status_code == 200
    assert answer.json()["scope"] == SCORE
    assert answer.json()["expires_in"] == 3600


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "another"},
        {"sub": "another"},
        {"aud": "http://localhost/elsewhere"},
        {"exp": int(time.time()) - 60},
        {"exp": None},
        {"exp": int(time.time()) + 86400},
        {"jti": None},
    ],
    ids=["iss", "sub", "aud", "expired", "no exp", "long exp", "no jti"],
)
def test_bad_assertion_gets_no_token(sides: Sides, claims: dict[str, Any]) -> None:
    _, tool = sides
    answer = tool.ask_token(SCORE, client_assertion=tool.assertion(**claims))

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client")


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"client_assertion": "not.a.token"}, "invalid_client"),
        ({"client_assertion_type": "password"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"scope": "nothing known"}, "invalid_scope"),
    ],
)
def test_bad_token_request_is_refused(sides: Sides, fields: dict[str, str], error: str) -> None:
    _, tool = sides
    answer = tool.ask_token(SCORE, **fields)

    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_incomplete_token_request_is_refused(sides: Sides) -> None:
    lms, _ = sides
    answer = call("POST", lms.settings.token_url, data={"grant_type": "client_credentials"})

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_assertion_is_good_for_one_token(sides: Sides) -> None:
    _, tool = sides
    assertion = tool.assertion()

    assert tool.ask_token(SCORE, client_assertion=assertion).status_code == 200
    assert tool.ask_token(SCORE, client_assertion=assertion).status_code == 400


def test_tool_may_change_its_key(sides: Sides) -> None:
    _, tool = sides
    assert tool.ask_token(SCORE).status_code == 200
    tool.kid = "key-2"

    assert tool.ask_token(SCORE).status_code == 200


def test_key_that_the_tool_does_not_publish_is_refused(sides: Sides) -> None:
    _, tool = sides
    tool.kid = "key-2"
    stranger = tool.assertion()
    tool.kid = "key-1"

    assert tool.ask_token(SCORE, client_assertion=stranger).status_code == 400


@pytest.mark.parametrize("header", [None, "Bearer x.y.z", "Bearer", "Basic abc"])
def test_service_without_a_good_token_answers_401(sides: Sides, header: str | None) -> None:
    lms, _ = sides
    headers = {"Authorization": header} if header else {}

    assert get(lms.settings.line_items_url, headers).status_code == 401


def test_each_service_wants_its_own_scope(sides: Sides) -> None:
    lms, tool = sides
    reading = tool.bearer(LINE_ITEM_READ)
    results_url = lms.settings.line_item_url(1).replace("?", "/results?")

    assert get(lms.settings.line_items_url, reading).status_code == 200
    assert get(lms.settings.line_items_url, tool.bearer(SCORE)).status_code == 401
    assert get(results_url, reading).status_code == 401
    assert get(lms.settings.memberships_url, reading).status_code == 401
