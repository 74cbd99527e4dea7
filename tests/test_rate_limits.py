"""How often one address may ask before it has launched; a school behind one address is no flood."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lti_tool.rate_limits import ADDRESSES, Limit, limits_by_endpoint, network_of
from tests.browsers import TOOL
from tests.databases import on_sqlite

Ask = Callable[..., TestResponse]


@pytest.fixture
def ask(app: Flask) -> Ask:
    client = app.test_client()

    def get(path: str, address: str = "192.0.2.7") -> TestResponse:
        return client.get(path, base_url=TOOL, environ_base={"REMOTE_ADDR": address})

    return get


@on_sqlite
def test_somebody_who_tries_invitations_is_stopped_and_nobody_else_is(ask: Ask) -> None:
    statuses = [ask("/lti/register?invite=x").status_code for _ in range(61)]
    assert statuses == [403] * 60 + [429]
    refused = ask("/lti/setup/~x")
    assert refused.status_code == 429, "the same count"
    assert "Wait a minute" in refused.text
    assert "frame-ancestors *" in refused.headers["Content-Security-Policy"]
    assert ask("/lti/register", address="192.0.2.8").status_code == 403
    assert ask("/lti/login").status_code == 400, "launches are counted apart"
    for path in ("/lti/jwks", "/lti/setup", "/healthz"):
        assert ask(path).status_code == 200, "costs nothing worth counting"


@on_sqlite
def test_a_proxy_whose_headers_do_not_count_is_not_taken_for_one_person(ask: Ask) -> None:
    statuses = {ask("/lti/register", address="127.0.0.1").status_code for _ in range(70)}
    assert statuses == {403}


@on_sqlite
def test_the_operator_can_do_it_elsewhere(make_app: Callable[..., Flask]) -> None:
    client = make_app(LTI_TOOL_RATE_LIMITS="off").test_client()
    far = {"REMOTE_ADDR": "192.0.2.7"}
    for _ in range(70):
        answer = client.get("/lti/register", base_url=TOOL, environ_base=far)
        assert answer.status_code == 403


@on_sqlite
def test_every_page_that_a_secret_alone_opens_is_limited(app: Flask) -> None:
    limited = limits_by_endpoint()
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(("/lti/setup/~", "/lti/register", "/lti/login", "/lti/launch")):
            assert rule.endpoint in limited, rule.rule
    assert limited.keys() <= app.view_functions.keys()


def test_what_is_counted_as_one() -> None:
    assert network_of("2001:db8:1:2::5") == network_of("2001:db8:1:2:ffff::") != ""
    assert network_of("2001:db8:1:3::5") != network_of("2001:db8:1:2::5")
    assert network_of("::ffff:192.0.2.7") == network_of("192.0.2.7") == "192.0.2.7"
    assert network_of("::1") == network_of("127.9.9.9") == network_of("unix:") == ""


def test_a_bucket_fills_again_and_memory_is_bounded() -> None:
    limit = Limit(per_minute=6000)
    assert all(limit.take("a") for _ in range(6000))
    limit.left["a"] = (0.0, limit.left["a"][1] - 1)
    assert limit.take("a"), "a second later there are a hundred again"
    for number in range(ADDRESSES + 5):
        limit.take(str(number))
    assert len(limit.left) <= ADDRESSES
