"""The platform's keys: down, broken, rotated; and never asked for more often than needed."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lti_tool.lti import platform_keys
from tests.browsers import TOOL, Browser
from tests.databases import on_sqlite
from tests.lti.refused import assert_refused
from tests.platforms import Answer, FakePlatform

pytestmark = on_sqlite

BROKEN = {
    "down": Answer(503),
    "gone": Answer(404),
    "a page": Answer(200, body=b"<html>Maintenance</html>"),
    "empty": Answer(200),
    "no keys": Answer(200, body=b"{}"),
    "a list": Answer(200, body=b"[]"),
    "keys are text": Answer(200, body=b'{"keys": "none"}'),
    "keys in keys": Answer(200, body=b'{"keys": {"keys": []}}'),
    "a key without its numbers": Answer(
        200, body=b'{"keys": [{"kty": "RSA", "kid": "platform-key-1"}]}'
    ),
    "nested without end": Answer(200, body=b"[" * 100_000),
    "huge": Answer(200, body=b" " * 3_000_000),
    "somewhere else": Answer(302, {"Location": "/elsewhere"}),
}


def launch(browser: Browser, **how: Any) -> TestResponse:
    state, nonce = browser.begin()
    platform = browser.platform
    claims = platform.claims(nonce, target=f"{TOOL}/")
    return browser.finish(state, platform.sign(claims, **how))


@pytest.mark.parametrize("case", BROKEN)
def test_keys_that_cannot_be_had(
    app: Flask, browser: Browser, platform: FakePlatform, case: str
) -> None:
    platform.answer_jwks = lambda: BROKEN[case]
    assert_refused(launch(browser), app, "keys_unreachable")
    assert platform.requests == ["GET /jwks"], "no redirect is followed"


def test_the_platform_cannot_be_reached(
    app: Flask, browser: Browser, platform: FakePlatform
) -> None:
    platform.close()
    assert_refused(launch(browser), app, "keys_unreachable")


def test_while_the_keys_cannot_be_had_each_launch_says_so_and_few_ask(
    app: Flask, browser: Browser, platform: FakePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.answer_jwks = lambda: Answer(503)
    for _ in range(3):
        assert_refused(launch(browser), app, "keys_unreachable")
    assert platform.requests == ["GET /jwks"]

    platform.answer_jwks = lambda: Answer(200, body=json.dumps(platform.jwks()).encode())
    monkeypatch.setattr(platform_keys, "FLOOR_SECONDS", 0)
    assert launch(browser).status_code == 303


def test_other_keys_in_the_set_do_no_harm(browser: Browser, platform: FakePlatform) -> None:
    strange = [
        {"kty": "EC", "kid": "platform-key-1", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kty": "oct", "kid": "platform-key-1", "k": "c2VjcmV0"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
    ]
    keys = {"keys": [*strange, *platform.jwks()["keys"]]}
    platform.answer_jwks = lambda: Answer(200, body=json.dumps(keys).encode())
    assert launch(browser).status_code == 303


def test_a_rotated_key_is_fetched_once(
    app: Flask, browser: Browser, platform: FakePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert launch(browser).status_code == 303
    monkeypatch.setattr(platform_keys, "FLOOR_SECONDS", 0)
    platform.kid = "platform-key-2"
    assert launch(browser).status_code == 303
    assert launch(browser).status_code == 303
    assert platform.requests == ["GET /jwks"] * 2


def test_invented_kids_do_not_make_us_hammer_the_platform(
    app: Flask, browser: Browser, platform: FakePlatform
) -> None:
    for number in range(5):
        answer = launch(browser, headers={"kid": f"invented-{number}"})
        assert_refused(answer, app, "key_unknown")
    assert platform.requests == ["GET /jwks"]
    assert launch(browser).status_code == 303, "honest launches go on"


def test_many_launches_at_once_on_a_cold_start_fetch_once(
    app: Flask, new_browser: Callable[[], Browser], platform: FakePlatform
) -> None:
    answers: list[int] = []

    def slowly() -> Answer:
        time.sleep(0.1)
        return Answer(200, body=json.dumps(platform.jwks()).encode())

    def arrive() -> None:
        answers.append(launch(new_browser()).status_code)

    platform.answer_jwks = slowly
    threads = [threading.Thread(target=arrive) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [303] * 6
    assert platform.requests == ["GET /jwks"]


def test_nobody_waits_while_a_platform_that_failed_is_asked_again(
    app: Flask, new_browser: Callable[[], Browser], platform: FakePlatform, monkeypatch: Any
) -> None:
    monkeypatch.setattr(platform_keys, "FLOOR_SECONDS", 0)
    asked, answered = threading.Event(), threading.Event()

    def answer_late() -> Answer:
        asked.set()
        answered.wait(10)
        return Answer(200, body=json.dumps(platform.jwks()).encode())

    platform.answer_jwks = lambda: Answer(503)
    assert_refused(launch(new_browser()), app, "keys_unreachable")
    platform.answer_jwks = answer_late
    patient: list[int] = []
    asking = threading.Thread(target=lambda: patient.append(launch(new_browser()).status_code))
    asking.start()
    assert asked.wait(10)
    assert_refused(launch(new_browser()), app, "keys_unreachable")
    assert not answered.is_set() and not patient
    answered.set()
    asking.join()
    assert patient == [303] and launch(new_browser()).status_code == 303
