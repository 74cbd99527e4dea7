"""The login that a platform begins, and the authentication request that answers it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lti_tool.db import unit_of_work
from lti_tool.lti.models import LoginState
from lti_tool.lti.registrations import NewRegistration, add_registration
from tests.browsers import TOOL, Browser
from tests.databases import on_sqlite, rows
from tests.platforms import FakePlatform

pytestmark = on_sqlite
URL_SAFE = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"


def asked(answer: TestResponse) -> dict[str, str]:
    """The parameters of the authentication request, each of which may come once only."""
    assert answer.status_code == 302, answer.text
    query = parse_qs(urlsplit(answer.location).query, strict_parsing=True)
    assert all(len(values) == 1 for values in query.values())
    return {name: values[0] for name, values in query.items()}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_login_is_answered_by_an_authentication_request(
    browser: Browser, platform: FakePlatform, method: str
) -> None:
    form = {
        "iss": platform.url,
        "login_hint": "7",
        "target_link_uri": f"{TOOL}/l/somewhere?module=M1",
        "lti_message_hint": '{"cmid":8,"launchid":"ltilaunch7_1"}',
        "client_id": platform.client_id,
    }
    where: dict[str, Any] = {"query_string" if method == "GET" else "data": form}
    answer = browser.client.open("/lti/login", method=method, base_url=TOOL, **where)

    assert answer.location.startswith(f"{platform.url}/auth?")
    query = asked(answer)
    state, nonce = query.pop("state"), query.pop("nonce")
    assert query == {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": platform.client_id,
        "redirect_uri": f"{TOOL}/lti/launch",
        "login_hint": "7",
        "lti_message_hint": '{"cmid":8,"launchid":"ltilaunch7_1"}',
    }
    assert state != nonce and min(len(state), len(nonce)) >= 32
    assert set(state + nonce) <= set(URL_SAFE)  # Moodle strips tags from both


def test_hints_return_byte_for_byte(browser: Browser) -> None:
    hint = 'ü &=+%25 "{}" \\ 日本'
    query = asked(browser.login(login_hint=hint, lti_message_hint=hint))
    assert query["login_hint"] == query["lti_message_hint"] == hint


@pytest.mark.parametrize("name", ["login_hint", "lti_message_hint"])
def test_a_hint_without_measure_is_not_stored(app: Flask, browser: Browser, name: str) -> None:
    """Anybody may begin a login."""
    assert browser.login(**{name: "x" * 16_000}).status_code == 302
    assert browser.login(**{name: "x" * 16_001}).status_code == 400
    begun, refused = rows(app, LoginState)
    assert begun.hints and len(begun.hints[name]) == 16_000
    assert (refused.reason, refused.hints) == ("message_too_large", None)


def test_a_launch_ends_what_was_hinted_about_the_person(app: Flask, browser: Browser) -> None:
    browser.launch()
    [login] = rows(app, LoginState)
    assert login.hints is None


def test_a_login_without_message_hint_client_id_and_deployment(browser: Browser) -> None:
    answer = browser.login(lti_message_hint=None, client_id=None, lti_deployment_id=None)
    assert "lti_message_hint" not in asked(answer)


def test_state_and_nonce_are_never_repeated_and_stored_as_hashes_only(
    app: Flask, browser: Browser
) -> None:
    logins = [asked(browser.login()) for _ in range(5)]
    secrets = {login[name] for login in logins for name in ("state", "nonce")}
    assert len(secrets) == 10

    kept = rows(app, LoginState)
    assert {row.status for row in kept} == {"pending"}
    stored = {str(value) for row in kept for value in vars(row).values()}
    cookie = browser.client.get_cookie("__Host-pmo_bridge", domain="tool.example")
    assert cookie is not None
    assert not stored & (secrets | {cookie.value})


def test_an_address_of_the_platform_that_has_a_query_keeps_it(
    app: Flask, browser: Browser, platform: FakePlatform
) -> None:
    options = platform.registration() | {"auth_login_url": f"{platform.url}/auth?tenant=a%26b"}
    with app.app_context(), unit_of_work():
        add_registration(NewRegistration(**options))
    query = asked(browser.login())
    assert query["tenant"] == "a&b" and query["scope"] == "openid"


def cookie(answer: TestResponse) -> tuple[str, str, dict[str, str]]:
    """Name, value and attributes of the one cookie that an answer sets."""
    [header] = answer.headers.getlist("Set-Cookie")
    pair, *attributes = header.split("; ")
    name, _, value = pair.partition("=")
    return name, value, dict(each.partition("=")[::2] for each in attributes)


def test_the_cookie_lives_in_the_frame_of_one_platform_and_no_script_reads_it(
    browser: Browser,
) -> None:
    name, value, attributes = cookie(browser.login())
    assert name.startswith("__Host-") and len(value) >= 32
    assert {"Secure", "HttpOnly", "Partitioned"} <= attributes.keys()
    assert (attributes["SameSite"], attributes["Path"]) == ("None", "/")
    assert "Domain" not in attributes
    assert int(attributes["Max-Age"]) >= 24 * 3600


def test_a_second_login_keeps_the_browsers_secret(browser: Browser) -> None:
    assert cookie(browser.login())[1] == cookie(browser.login())[1]


def test_the_login_page_may_be_framed_by_any_platform(browser: Browser) -> None:
    answer = browser.login(iss="https://nobody.example")
    assert answer.status_code == 400
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer.headers
