"""A platform that sends its answer bit by bit, or without end, is given up."""

from __future__ import annotations

import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest
import requests
from flask import Flask

from lti_tool.lti import bounded_answers
from lti_tool.lti.connector import as_platform_error, connector
from tests.databases import on_sqlite
from tests.platforms import Answer, FakePlatform

pytestmark = on_sqlite
BIT_SECONDS = 0.02
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 200\r\n"
SLOW = {
    "body": (HEAD + b"\r\n", b"x" * 200),
    "head": (HEAD, b"X-More: " + b"x" * 190 + b"\r\n\r\n" + b"x" * 200),
    "chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 40),
}


@pytest.fixture
def session(app: Flask) -> Iterator[requests.Session]:
    with app.app_context():
        yield connector().session


@pytest.mark.parametrize("part", SLOW)
def test_an_answer_that_comes_bit_by_bit_is_given_up(
    session: requests.Session,
    platform: FakePlatform,
    monkeypatch: pytest.MonkeyPatch,
    part: str,
) -> None:
    at_once, slowly = SLOW[part]

    def drip(handler: BaseHTTPRequestHandler, _body: bytes) -> Answer:
        handler.wfile.write(at_once)
        for byte in slowly:
            handler.wfile.write(bytes([byte]))
            time.sleep(BIT_SECONDS)
        return Answer(200)

    platform.routes["/drip"] = drip
    monkeypatch.setattr(bounded_answers, "WHOLE_ANSWER_SECONDS", 10 * BIT_SECONDS)
    with pytest.raises(requests.exceptions.ReadTimeout) as given_up:
        session.get(f"{platform.url}/drip")
    error = as_platform_error(given_up.value)
    assert (error.kind, str(error)) == ("retry", "The platform did not answer in time.")
    assert session.get(f"{platform.url}/jwks").status_code == 200


def test_an_answer_without_end_is_given_up(
    session: requests.Session, platform: FakePlatform
) -> None:
    platform.routes["/large"] = lambda _handler, _body: Answer(200, body=b"x" * (1024 * 1024 + 1))
    with pytest.raises(requests.exceptions.ContentDecodingError):
        session.get(f"{platform.url}/large")
    platform.routes["/full"] = lambda _handler, _body: Answer(200, body=b"x" * 1024 * 1024)
    assert len(session.get(f"{platform.url}/full").content) == 1024 * 1024
