"""Whatever is sent to the LTI endpoints, the answer is a page, never a failure of ours."""

from __future__ import annotations

import math
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from tests.browsers import TOOL, Browser
from tests.lti.forgery import encode, part
from tests.platforms import AGS, CLAIM, FakePlatform

quietly = settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

PARAMETERS = [
    "iss",
    "login_hint",
    "target_link_uri",
    "lti_message_hint",
    "client_id",
    "lti_deployment_id",
    "state",
    "id_token",
    "error",
]
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.sampled_from(
    ["\x00", "%00", "a" * 5000, "https://[::1", "//", "..", "\r\nSet-Cookie: a=b", "\ufffe"]
)
forms = st.dictionaries(st.sampled_from(PARAMETERS) | texts, texts, max_size=8)

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(10**30, 10**40)
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["\x00", "\ud800", "x" * 3000, "https://[::1", "javascript:alert(1)", ""]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=10,
)
PRESENTATION = CLAIM + "launch_presentation"
PLACES: list[tuple[str, ...]] = [
    *((name,) for name in ("sub", "name", "given_name", "family_name", "email", "locale")),
    *((name,) for name in ("iss", "aud", "azp", "exp", "iat", "nbf", "nonce", "jti")),
    *((CLAIM + name,) for name in ("message_type", "version", "deployment_id", "roles")),
    *((CLAIM + name,) for name in ("target_link_uri", "resource_link", "context", "custom")),
    *((CLAIM + "resource_link", name) for name in ("id", "title", "description")),
    *((CLAIM + "context", name) for name in ("id", "label", "title", "type")),
    (PRESENTATION,),
    *((PRESENTATION, name) for name in ("document_target", "return_url", "locale")),
    (AGS,),
    *((AGS, name) for name in ("scope", "lineitem", "lineitems")),
    ("https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice",),
]


def assert_answered(answer: TestResponse) -> None:
    assert answer.status_code < 500, answer.text
    assert "Content-Security-Policy" in answer.headers


@quietly
@given(form=forms, query=forms)
def test_any_form(browser: Browser, form: dict[str, str], query: dict[str, str]) -> None:
    for path in ("/lti/login", "/lti/launch"):
        where = f"{path}?{urlencode(query)}"
        assert_answered(browser.client.post(where, data=form, base_url=TOOL))
    assert_answered(browser.client.get("/lti/login", query_string=form, base_url=TOOL))


@quietly
@given(
    body=st.binary(max_size=300),
    kind=st.sampled_from(
        [
            "application/x-www-form-urlencoded",
            "application/x-www-form-urlencoded; charset=utf-16",
            "multipart/form-data; boundary=x",
            "multipart/form-data",
            "application/json",
            "",
        ]
    ),
)
@example(
    body=b"iss=%ff%fe&client_id=%ed%a0%80&login_hint=%", kind="application/x-www-form-urlencoded"
)
def test_any_bytes(browser: Browser, body: bytes, kind: str) -> None:
    for path in ("/lti/login", "/lti/launch"):
        assert_answered(browser.client.post(path, data=body, content_type=kind, base_url=TOOL))


@quietly
@given(changes=forms)
def test_any_change_of_a_good_login(browser: Browser, changes: dict[str, str]) -> None:
    assert_answered(browser.login(**changes))


@quietly
@given(cookie=st.binary(max_size=60), form=forms)
def test_any_cookie(browser: Browser, cookie: bytes, form: dict[str, str]) -> None:
    header = "__Host-pmo_bridge=" + cookie.decode("latin-1").translate({10: 32, 13: 32, 0: 32})
    state, _ = browser.begin()
    client = browser.client.application.test_client(use_cookies=False)
    for path in ("/lti/login", "/lti/launch", "/l/x/module"):
        answer = client.open(
            path,
            method="GET" if path.startswith("/l/") else "POST",
            data={"state": state} | form,
            headers={"Cookie": header},
            base_url=TOOL,
        )
        assert_answered(answer)


def send(browser: Browser, claims: Any) -> None:
    """Launch with these claims, well signed; where it is let in, its first page must work too."""
    state, nonce = browser.begin()
    claims = {"nonce": nonce} | claims
    answer = browser.finish(state, encode(browser.platform, claims))
    assert_answered(answer)
    if answer.status_code == 303:
        assert_answered(browser.follow(answer))


def good(platform: FakePlatform) -> dict[str, Any]:
    claims = platform.claims("", target=f"{TOOL}/")
    claims[PRESENTATION] = {"document_target": "iframe", "return_url": f"{platform.url}/course"}
    del claims["nonce"]
    return claims


@settings(quietly, max_examples=150)
@given(place=st.sampled_from(PLACES), value=anything)
@example(place=("exp",), value=math.inf)
@example(place=("nbf",), value=math.nan)
@example(place=("name",), value="\ud800")
@example(place=(CLAIM + "context", "title"), value="a\x00\ud800b")
@example(place=(AGS, "scope"), value=["\x00", "\ud800"])
@example(place=(AGS, "lineitem"), value="https://lms.example/\ud800")
@example(place=(PRESENTATION, "locale"), value="\udfff")
def test_any_value_in_any_claim(
    browser: Browser, platform: FakePlatform, place: tuple[str, ...], value: Any
) -> None:
    claims = good(platform)
    inside = claims
    for name in place[:-1]:
        inside = inside[name]
    inside[place[-1]] = value
    send(browser, claims)


@quietly
@given(claims=st.dictionaries(st.sampled_from([place[0] for place in PLACES]), anything))
def test_any_claims_at_all(
    browser: Browser, platform: FakePlatform, claims: dict[str, Any]
) -> None:
    send(browser, good(platform) | claims)


@quietly
@given(header=st.dictionaries(st.sampled_from(["alg", "kid", "crit", "b64", "typ"]), anything))
def test_any_header(browser: Browser, platform: FakePlatform, header: dict[str, Any]) -> None:
    state, nonce = browser.begin()
    _, body, signature = platform.sign(good(platform) | {"nonce": nonce}).split(".")
    changed = part({"alg": "RS256", "kid": platform.kid} | header)
    assert_answered(browser.finish(state, f"{changed}.{body}.{signature}"))


@pytest.mark.parametrize(
    "path", ["/l/%00/", "/l/a%00~b/module", "/l/%ff/module", "/l/" + "x" * 5000 + "/", "/l/é~é/"]
)
def test_any_visit(app: Flask, path: str) -> None:
    answer = app.test_client().get(path, base_url=TOOL)
    assert answer.status_code in (401, 404), answer.text
