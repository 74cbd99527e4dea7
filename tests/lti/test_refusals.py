"""What people meet when a launch is refused: the reason, what helps, and the way back."""

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
from lti_tool.lti.models import LoginState
from tests.browsers import TOOL, Browser
from tests.databases import change, on_sqlite, rows
from tests.lti.lms import fixture
from tests.lti.refused import assert_page, assert_refused
from tests.platforms import CLAIM, FakePlatform
from tests.signing import rsa_key


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("login_required", "login_required"),
        ("interaction_required", "login_required"),
        ("launch_no_longer_valid", "launch_no_longer_valid"),
        ("access_denied", "access_denied"),
        ("unauthorized_client", "unauthorized_client"),
        ("invalid_request_object", "request_refused"),
        ("temporarily_unavailable", "platform_down"),
        ("<script>\x00\ud7ff" + "x" * 2000, "platform_refused"),
    ],
)
@on_sqlite
def test_the_platform_refuses(app: Flask, browser: Browser, error: str, reason: str) -> None:
    state, _ = browser.begin()
    answer = browser.finish(state, None, error=error, error_description="<b>no</b>")
    row = assert_refused(answer, app, reason)
    assert row.detail and row.detail.startswith(error[:8])
    assert "<script>\x00" not in answer.text and "<b>no</b>" not in answer.text
    assert browser.finish(state, "x").status_code == 400


@on_sqlite
def test_what_canvas_posts_instead_of_a_token(app: Flask, browser: Browser) -> None:
    for form in fixture("canvas_auth_error_response")["form_post"]:
        state, _ = browser.begin()
        del form["state"]
        answer = browser.finish(state, None, **form)
        assert_page(answer, 400)
        assert rows(app, LoginState)[-1].detail == f"{form['error']}: {form['error_description']}"


def ticket_on(answer: TestResponse) -> str:
    found = re.search(r'name="ticket" value="([^"]+)"', answer.text)
    assert found, answer.text
    return html.unescape(found[1])


def test_nobody_signed_in_within_the_frame_goes_on_in_a_window(
    app: Flask, browser: Browser, new_browser: Callable[[], Browser], platform: FakePlatform
) -> None:
    """The window's cookies are its own: it is as good as another browser."""
    state, _ = browser.begin(login_hint="7 ü", lti_message_hint='{"cmid":8}')
    refused = browser.finish(state, None, error="login_required")
    assert "Open in a new window" in refused.text
    window = new_browser()
    form = {"ticket": ticket_on(refused)}
    answer = window.client.post("/lti/login/again", data=form, base_url=TOOL)
    assert answer.status_code == 303 and answer.location.startswith(f"{platform.url}/auth?")
    query = parse_qs(urlsplit(answer.location).query)
    assert (query["login_hint"], query["lti_message_hint"]) == (["7 ü"], ['{"cmid":8}'])
    token = platform.sign(platform.claims(query["nonce"][0], target=f"{TOOL}/"))
    assert browser.finish(query["state"][0], token).status_code == 400
    answer = window.finish(query["state"][0], token)
    assert answer.status_code == 303
    assert [row.way for row in rows(app, LoginState) if row.status == "launched"] == ["window"]


@on_sqlite
def test_a_login_is_begun_again_by_our_own_page_and_only_for_a_while(
    app: Flask, browser: Browser
) -> None:
    state, _ = browser.begin()
    ticket = ticket_on(browser.finish(state, None, error="login_required"))
    headers = {"Sec-Fetch-Site": "cross-site"}
    foreign = browser.client.post(
        "/lti/login/again", data={"ticket": ticket}, headers=headers, base_url=TOOL
    )
    assert_refused(foreign, app, "state_foreign")
    for bad in ("", "x", ticket[:-1]):
        answer = browser.client.post("/lti/login/again", data={"ticket": bad}, base_url=TOOL)
        assert_refused(answer, app, "login_expired")
    change(app, LoginState, expires_at=utcnow() - timedelta(seconds=1))
    answer = browser.client.post("/lti/login/again", data={"ticket": ticket}, base_url=TOOL)
    assert_refused(answer, app, "login_expired")


@on_sqlite
def test_refusals_on_the_way_are_recorded_too(app: Flask, browser: Browser) -> None:
    """In the probe, in the window, and where a message is too large to be read."""
    probe = browser.client.get("/lti/login/probe?ticket=x", base_url=TOOL)
    assert_refused(probe, app, "login_expired")
    window = browser.client.post("/lti/login/window", data={"ticket": "x"}, base_url=TOOL)
    assert_refused(window, app, "login_expired")
    form = {"id_token": "x" * 1_000_000}
    large = browser.client.post("/lti/launch", data=form, base_url=TOOL)
    reference = assert_page(large, 413)
    assert [row.reason for row in rows(app, LoginState, reference=reference)] == [
        "message_too_large"
    ]


RETURN = "https://school.example/return.php?course=2&x=%2F#end"


def way_back(answer: TestResponse) -> str:
    found = re.search(r'href="([^"]+)"[^>]*>Back to the course<', answer.text)
    return html.unescape(found[1]) if found else ""


@on_sqlite
@pytest.mark.parametrize(
    ("return_url", "kept"),
    [
        (RETURN, {"course": ["2"], "x": ["/"]}),
        ("http://school.example/back", {}),
        ("javascript:alert(1)", None),
        ("//evil.example/", None),
        ("", None),
    ],
)
def test_a_refused_launch_offers_the_platforms_own_way_back(
    browser: Browser, platform: FakePlatform, return_url: str, kept: dict[str, list[str]] | None
) -> None:
    """Only a message that was verified can say where that is."""
    claims: dict[str, Any] = {
        CLAIM + "launch_presentation": {"return_url": return_url},
        CLAIM + "deployment_id": "deployment-9",
    }
    state, nonce = browser.begin()
    answer = browser.finish(
        state, platform.sign(platform.claims(nonce, target=f"{TOOL}/", **claims))
    )
    reference, back = assert_page(answer, 400), way_back(answer)
    if kept is None:
        assert back == ""
        return
    parts = urlsplit(back)
    assert back.startswith(return_url.partition("?")[0]) and parts.fragment in ("", "end")
    query = parse_qs(parts.query)
    assert query.pop("lti_errormsg") == ["PMO Bridge was installed here and waits for approval"]
    assert reference in query.pop("lti_errorlog")[0]
    assert query == kept


@on_sqlite
def test_a_forged_message_names_no_way_back(browser: Browser, platform: FakePlatform) -> None:
    state, nonce = browser.begin()
    presentation: dict[str, Any] = {CLAIM + "launch_presentation": {"return_url": RETURN}}
    claims = platform.claims(nonce, target=f"{TOOL}/", **presentation)
    answer = browser.finish(state, platform.sign(claims, key=rsa_key("somebody else")))
    assert_page(answer, 400)
    assert way_back(answer) == ""
