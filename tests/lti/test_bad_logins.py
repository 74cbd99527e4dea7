"""Logins that must not begin, and launches that end no login of this browser."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lti_tool.db import utcnow
from lti_tool.launch.models import Launch
from lti_tool.lti.models import LoginState, Registration
from tests.browsers import TOOL, Browser
from tests.conftest import register
from tests.databases import change, on_sqlite, rows
from tests.lti.refused import assert_page, assert_refused
from tests.platforms import FakePlatform

BAD_LOGINS: dict[str, tuple[dict[str, Any], str]] = {
    "no issuer": ({"iss": None}, "issuer_missing"),
    "empty issuer": ({"iss": ""}, "issuer_missing"),
    "issuer of NUL": ({"iss": "\x00"}, "issuer_missing"),
    "unknown issuer": ({"iss": "https://nobody.example\x00'--"}, "registration_unknown"),
    "issuer with a stroke at its end": ({"iss": "{url}/"}, "registration_unknown"),
    "unknown client id": ({"client_id": "client-9"}, "registration_unknown"),
    "no login hint": ({"login_hint": None}, "login_hint_missing"),
    "no target": ({"target_link_uri": None}, "foreign_target"),
    "foreign target": ({"target_link_uri": "https://evil.example/"}, "foreign_target"),
    "target with another port": ({"target_link_uri": f"{TOOL}:444/"}, "foreign_target"),
    "target is a script": ({"target_link_uri": "javascript:alert(1)"}, "foreign_target"),
}


@pytest.mark.parametrize("case", BAD_LOGINS)
@on_sqlite
def test_a_bad_login_is_refused(app: Flask, browser: Browser, case: str) -> None:
    changes, reason = BAD_LOGINS[case]
    if changes.get("iss"):
        changes = {"iss": changes["iss"].format(url=browser.platform.url)}
    answer = browser.login(**changes)
    assert_refused(answer, app, reason)
    assert "Location" not in answer.headers


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_bad_logins_on_postgresql_too(app: Flask, browser: Browser) -> None:
    for changes, reason in BAD_LOGINS.values():
        assert_refused(browser.login(**changes), app, reason)


@on_sqlite
def test_an_issuer_with_two_client_ids_must_say_which(
    app: Flask, browser: Browser, platform: FakePlatform
) -> None:
    platform.client_id = "client-2"
    register(app, platform)
    assert_refused(browser.login(client_id=None), app, "client_id_missing")
    assert browser.login(client_id="client-1").status_code == 302


@on_sqlite
def test_a_disabled_registration_is_out_even_for_logins_under_way(
    app: Flask, browser: Browser
) -> None:
    state, nonce = browser.begin()
    change(app, Registration, enabled=False)
    assert_refused(browser.login(), app, "registration_unknown")
    assert_refused(finish(browser, state, nonce), app, "registration_unknown")


def finish(browser: Browser, state: str | None, nonce: str) -> TestResponse:
    """End a login with a good token."""
    token = browser.platform.sign(browser.platform.claims(nonce, target=f"{TOOL}/"))
    return browser.finish(state, token)


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (None, "state_missing"),
        ("", "state_missing"),
        ("x" * 32, "state_unknown"),
        ("\x00", "state_unknown"),
        ("é日本", "state_unknown"),
        ("x" * 100_000, "state_unknown"),
    ],
)
@on_sqlite
def test_state_missing_or_unknown(
    app: Flask, browser: Browser, state: str | None, reason: str
) -> None:
    _, nonce = browser.begin()
    assert_refused(finish(browser, state, nonce), app, reason)


@on_sqlite
def test_state_and_nonce_of_two_logins_do_not_mix(app: Flask, browser: Browser) -> None:
    (state, _), (_, nonce) = browser.begin(), browser.begin()
    assert_refused(finish(browser, state, nonce), app, "nonce_wrong")


@on_sqlite
def test_a_login_may_take_a_quarter_of_an_hour(app: Flask, browser: Browser) -> None:
    state, nonce = browser.begin()
    [login] = rows(app, LoginState)
    assert timedelta(minutes=14) < login.expires_at - utcnow() <= timedelta(minutes=15)
    change(app, LoginState, expires_at=utcnow() - timedelta(seconds=1))
    assert_refused(finish(browser, state, nonce), app, "login_expired")


def test_a_launch_works_once(app: Flask, browser: Browser) -> None:
    state, nonce = browser.begin()
    token = browser.platform.sign(browser.platform.claims(nonce, target=f"{TOOL}/"))
    assert browser.finish(state, token).status_code == 303
    for _ in range(2):
        answer = browser.finish(state, token)
        reference = assert_page(answer, 400)
        [row] = rows(app, LoginState, reference=reference)
        assert (row.status, row.reason) == ("refused", "replayed")
    assert len(rows(app, Launch)) == 1
    assert len(rows(app, LoginState, status="launched")) == 1


@on_sqlite
def test_a_refused_login_cannot_be_tried_again(app: Flask, browser: Browser) -> None:
    state, nonce = browser.begin()
    assert_refused(browser.finish(state, "garbage"), app, "id_token_malformed")
    assert_refused(finish(browser, state, nonce), app, "replayed")


@on_sqlite
def test_a_launch_in_a_browser_without_the_cookie(
    app: Flask, browser: Browser, new_browser: Callable[[], Browser]
) -> None:
    state, nonce = browser.begin()
    answer = finish(new_browser(), state, nonce)
    assert_refused(answer, app, "cookie_missing")
    assert "new window" in answer.text


@on_sqlite
def test_a_launch_begun_in_another_browser(
    app: Flask, browser: Browser, new_browser: Callable[[], Browser]
) -> None:
    """A stolen or smuggled launch (login CSRF) opens nothing, and spoils nothing for its owner."""
    state, nonce = browser.begin()
    other = new_browser()
    other.begin()
    assert_refused(finish(other, state, nonce), app, "state_foreign")
    assert finish(browser, state, nonce).status_code == 303


def ticket_of(browser: Browser) -> tuple[str, str, str]:
    """Ticket, state and nonce of a login that began in a frame where no cookie comes back."""
    form = {
        "iss": browser.platform.url,
        "login_hint": "1",
        "target_link_uri": f"{TOOL}/",
        "client_id": browser.platform.client_id,
    }
    client = browser.client.application.test_client(use_cookies=False)
    framed = {"Sec-Fetch-Dest": "iframe"}
    page = client.post("/lti/login", data=form, headers=framed, base_url=TOOL)
    found = re.search(r'url=([^"]*ticket=[^"]+)"', page.text)
    assert found, page.text
    page = client.get(html.unescape(found[1]), base_url=TOOL)
    ticket = re.search(r'name="ticket" value="([^"]+)"', page.text)
    assert ticket, page.text
    moved = client.post("/lti/login/window", data={"ticket": ticket[1]}, base_url=TOOL)
    query = parse_qs(urlsplit(moved.location).query)
    return ticket[1], query["state"][0], query["nonce"][0]


@on_sqlite
def test_a_foreign_page_cannot_move_its_own_login_into_somebodys_window(
    app: Flask, browser: Browser, new_browser: Callable[[], Browser]
) -> None:
    """Else a thief could let people work, unknowing, under the thief's name (login CSRF)."""
    ticket, state, nonce = ticket_of(browser)
    victim = new_browser()
    for site in ("cross-site", "same-site", "none"):
        answer = victim.client.post(
            "/lti/login/window",
            data={"ticket": ticket},
            headers={"Sec-Fetch-Site": site},
            base_url=TOOL,
        )
        assert_page(answer, 400)
    token = victim.platform.sign(victim.platform.claims(nonce, target=f"{TOOL}/"))
    assert_page(victim.finish(state, token), 400)
    assert not rows(app, Launch)


@on_sqlite
def test_a_window_of_our_own_goes_on(app: Flask, browser: Browser) -> None:
    ticket, state, nonce = ticket_of(browser)
    answer = browser.client.post(
        "/lti/login/window",
        data={"ticket": ticket},
        headers={"Sec-Fetch-Site": "same-origin"},
        base_url=TOOL,
    )
    assert answer.status_code == 303
    assert finish(browser, state, nonce).status_code == 303


@on_sqlite
@pytest.mark.parametrize("ticket", ["", "x", "é.x", "\x00", "x" * 9000])
def test_tickets_that_are_none(browser: Browser, ticket: str) -> None:
    path = "/lti/login/probe"
    assert_page(browser.client.get(path, query_string={"ticket": ticket}, base_url=TOOL), 400)
    path = "/lti/login/window"
    assert_page(browser.client.post(path, data={"ticket": ticket}, base_url=TOOL), 400)


@pytest.mark.parametrize("path", ["/lti/login", "/lti/launch"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
@on_sqlite
def test_a_large_message_is_not_read(browser: Browser, path: str, kind: str) -> None:
    state, _ = browser.begin()
    form = {
        "state": state,
        "id_token": "x" * (1_000_000 if "form-url" in kind else 400_000),
        "iss": "x",
    }
    answer = browser.client.post(path, data=form, content_type=kind, base_url=TOOL)
    assert_page(answer, 413)


@on_sqlite
def test_a_launch_is_posted(browser: Browser) -> None:
    state, _ = browser.begin()
    answer = browser.client.get("/lti/launch", query_string={"state": state}, base_url=TOOL)
    assert_page(answer, 405)
