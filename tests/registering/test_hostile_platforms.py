"""Platforms that refuse, break, or lie: one clear line, nothing half-made, the invite good."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError
from werkzeug.test import TestResponse

from lti_tool.lti import connector
from lti_tool.lti.models import Invite, Registration
from lti_tool.lti.openid_configuration import read_configuration
from tests.browsers import text_of
from tests.databases import on_sqlite, rows
from tests.platforms import Answer, FakePlatform
from tests.registering.conftest import Administrator
from tests.registrar import TOKEN, TOOL, recorded

Meet = Callable[..., Administrator]
pytestmark = on_sqlite

NO_JSON = {
    "a page": Answer(200, body=b"<html><h1>Maintenance</h1></html>"),
    "empty": Answer(200),
    "nested without end": Answer(200, body=b"[" * 100_000),
    "deep": Answer(200, body=b'{"issuer":' * 5000),
    "no text": Answer(200, body=b"\xff\xfe\x00"),
    "huge": Answer(200, body=b" " * 10_000_000),
    "somewhere else": Answer(302, {"Location": "http://127.0.0.1:1/"}),
    "down": Answer(503),
    "gone": Answer(404, body=b"<html>not found</html>"),
}
NO_OBJECT = {
    "a list": Answer(200, body=b"[]"),
    "a text": Answer(200, body=b'"configuration"'),
    "null": Answer(200, body=b"null"),
    "empty object": Answer(200, body=b"{}"),
}
BROKEN = NO_JSON | NO_OBJECT


def assert_nothing_made(app: Flask, answer: TestResponse) -> str:
    """The administrator reads one line; the invite can be used again. Returns the words."""
    assert answer.status_code == 422, answer.text
    words = text_of(answer.text)
    assert "The tool was not registered" in words and "your invitation is still good" in words
    assert "Traceback" not in words and "requests." not in words and "Error" not in words
    assert rows(app, Registration) == []
    assert [(each.used_at, each.held_until) for each in rows(app, Invite)] == [(None, None)]
    return words


def answer_with(answer: Answer, *_asked: Any) -> Answer:
    return answer


def test_a_broken_configuration(app: Flask, meet: Meet) -> None:
    administrator = meet()
    for broken in BROKEN.values():
        administrator.registrar.answer_configuration = partial(answer_with, broken)
        for answer in (administrator.open(), administrator.press()):
            assert_nothing_made(app, answer)
    assert administrator.registrar.asked == []


def test_a_broken_answer(app: Flask, meet: Meet) -> None:
    administrator = meet()
    for broken in BROKEN.values():
        administrator.registrar.answer_registration = partial(answer_with, broken)
        assert_nothing_made(app, administrator.press())
    administrator.registrar.answer_registration = administrator.registrar.accept
    assert administrator.press().status_code == 200


SHAPES: list[dict[str, Any]] = [
    {"client_id": None},
    {"client_id": ""},
    {"client_id": "x" * 256},
    {"client_id": ["a"]},
    {"client_id": True},
    {"client_id": "a\0b"},
    {"client_id": "a", "deployment_id": {"id": 1}},
    {"client_id": "a", "deployment_id": "\x00"},
    {"client_id": "a", TOOL: "none"},
    {"client_id": "a", TOOL: [{"deployment_id": "1"}]},
]


def test_an_answer_of_another_shape(app: Flask, meet: Meet) -> None:
    administrator = meet()
    for answered in SHAPES:
        answer = Answer(201, body=json.dumps(answered).encode())
        administrator.registrar.answer_registration = partial(answer_with, answer)
        assert_nothing_made(app, administrator.press())


def test_a_slow_platform_is_given_up(
    app: Flask, meet: Meet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connector, "READ_SECONDS", 0.1)
    administrator = meet()
    administrator.registrar.platform.delay_seconds = 0.5
    assert "did not answer in time" in assert_nothing_made(app, administrator.press())


REFUSALS = {
    "Canvas's schema errors": (
        Answer(422, body=b'{"errors": [{"field": "redirect_uris", "message": "is missing"}]}'),
        "field: redirect_uris; message: is missing",
    ),
    "Moodle's plain text": (Answer(401, body=b"token_already_used"), "token_already_used"),
    "a page": (
        Answer(404, body=b"<html><style>p{}</style><p>Not <b>found</b></p></html>"),
        "“Not found”",
    ),
    "an error as OAuth names it": (
        Answer(400, body=b'{"error": "invalid", "error_description": "No such account"}'),
        "“No such account”",
    ),
    "something long": (Answer(400, body=b"long words " * 1000), "…”"),
    "markup": (
        Answer(400, body=b'{"error": "<script>alert(1)</script>"}'),
        "&lt;script&gt;alert(1)&lt;/script&gt;",
    ),
    "nothing": (Answer(500), "Its answer was 500."),
}


def test_the_platforms_own_words_are_quoted_short_and_harmless(app: Flask, meet: Meet) -> None:
    administrator = meet()
    for answer, said in REFUSALS.values():
        administrator.registrar.answer_registration = partial(answer_with, answer)
        refused = administrator.press()
        words = assert_nothing_made(app, refused)
        assert said in words or said in refused.text, words
        assert "<script>alert" not in refused.text and len(words) < 800


BAD_MEMBERS: dict[str, Any] = {
    "issuer": ["https://elsewhere.example", "", None, 7, "javascript:alert(1)"],
    "authorization_endpoint": ["http://lms.example/auth", "javascript:alert(1)", None, "/auth"],
    "token_endpoint": ["http://10.0.0.1/", "https://a b/", "https://lms.example/\n", []],
    "jwks_uri": ["ftp://lms.example/", "https://", {}],
    "registration_endpoint": ["http://169.254.169.254/latest", "https://x" * 1000],
}


def test_a_configuration_with_a_bad_member_names_it(app: Flask, meet: Meet) -> None:
    administrator = meet()
    good = administrator.registrar.configuration
    for member, value in ((name, value) for name in BAD_MEMBERS for value in BAD_MEMBERS[name]):
        administrator.registrar.configuration = good | {member: value}
        answer = administrator.press()
        assert answer.status_code == 422 and member in text_of(answer.text), value
    assert administrator.registrar.asked == []


INSIDE = [
    None,
    "",
    "x",
    "http://lms.example/",
    "file:///etc/passwd",
    "https://10.0.0.1/",
    "https://[::1]/",
]


def test_a_configuration_in_the_operators_network_is_not_fetched(
    app: Flask, platform: FakePlatform, meet: Meet
) -> None:
    administrator = meet()
    for url in INSIDE:
        for send in (administrator.open, administrator.press):
            assert_nothing_made(app, send(openid_configuration=url))
    assert platform.requests == []


def test_a_registration_token_that_is_no_token(meet: Meet) -> None:
    administrator = meet()
    for token in ("a\r\nX: y", "a b", "é", "x" * 10_001):
        assert administrator.press(registration_token=token).status_code == 422


def test_what_platforms_say_is_only_text_on_our_page(meet: Meet) -> None:
    administrator = meet("canvas")
    said = administrator.registrar.configuration
    said["https://purl.imsglobal.org/spec/lti-platform-configuration"] |= {
        "https://canvas.instructure.com/lti/account_name": '"><script>alert(1)</script>',
        "version": "<img src=x onerror=alert(1)>",
    }
    shown = administrator.open(privacy="names")
    assert shown.status_code == 200
    assert "<script>alert" not in shown.text and "<img src=x" not in shown.text


def test_secrets_are_in_no_log(app: Flask, meet: Meet, caplog: pytest.LogCaptureFixture) -> None:
    administrator = meet()
    with caplog.at_level(logging.DEBUG, logger="lti_tool"):
        administrator.open(openid_configuration="x")
        administrator.registrar.answer_registration = lambda request: Answer(500)
        administrator.press()
        app.test_client().get(
            f"/lti/setup/~{administrator.token}x", base_url="https://tool.example"
        )
    assert caplog.records
    assert administrator.token not in caplog.text and TOKEN not in caplog.text


CANVAS_URL = "https://school.instructure.com/api/lti/security/openid-configuration"


def test_a_shared_issuer_is_proved_by_its_endpoints(app: Flask) -> None:
    document = recorded("canvas_openid_configuration")
    with app.app_context():
        for url in (CANVAS_URL, "https://canvas.school.edu/api/lti/x"):
            document["registration_endpoint"] = url
            assert read_configuration(document, url).family == "canvas"
        for member in ("jwks_uri", "token_endpoint", "authorization_endpoint"):
            wrong = document | {member: "https://evil.example/x"}
            with pytest.raises(ValidationError, match=r"sso\.canvaslms\.com"):
                read_configuration(wrong, CANVAS_URL)
        wrong = document | {"registration_endpoint": "https://evil.example/x"}
        with pytest.raises(ValidationError, match="not on https://school"):
            read_configuration(wrong, CANVAS_URL)


@pytest.mark.parametrize(
    "issuer",
    [
        "https://moodle.example.edu@evil.example",
        "https://x;script-src%20*@moodle.example.edu",
        "https://moodle.example.edu.evil.example",
        "https://moodle.example.edu:444",
    ],
)
def test_an_issuer_is_not_somebody_elses_by_its_spelling(app: Flask, issuer: str) -> None:
    document = recorded("moodle_openid_configuration") | {"issuer": issuer}
    with app.app_context(), pytest.raises(ValidationError):
        read_configuration(document, "https://moodle.example.edu/mod/lti/x")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
MEMBERS = [*recorded("canvas_openid_configuration")]


@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(changes=st.dictionaries(st.sampled_from(MEMBERS), JSON, min_size=1), whole=JSON)
def test_any_json_is_read_or_refused(app: Flask, changes: dict[str, Any], whole: Any) -> None:
    documents = (recorded("canvas_openid_configuration") | changes, whole)
    with app.app_context():
        for document in documents:
            try:
                read_configuration(document, CANVAS_URL)
            except ValidationError:
                continue
