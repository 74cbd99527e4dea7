"""Which addresses the tool calls: https at public ones, and what the operator trusts."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask

from lti_tool.db import unit_of_work
from lti_tool.lti import connector
from lti_tool.lti.addresses import AddressRefused, check_address
from tests.databases import on_sqlite
from tests.platforms import FakePlatform
from tests.tls import make_certificate, serve_tls

pytestmark = on_sqlite

PRIVATE = [
    "https://127.0.0.1/token",
    "https://127.1/token",
    "https://2130706433/",
    "https://localhost/",
    "https://10.0.0.8/",
    "https://172.16.0.1/",
    "https://192.168.1.1:8443/",
    "https://169.254.169.254/latest/meta-data",
    "https://100.64.0.1/",
    "https://0.0.0.0/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[fe80::1]/",
    "https://[fd00::1]/",
    "https://224.0.0.1/",
]
NO_ADDRESS = (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema)
NOT_HTTPS = [
    "http://example.org/",
    "http://127.0.0.1/",
    "ftp://example.org/",
    "file:///etc/passwd",
    "https://",
    "https:///x",
    "//example.org",
    "",
    "https://[::1",
]


@pytest.fixture
def session(app: Flask) -> Iterator[requests.Session]:
    with app.app_context():
        yield connector.connector().session


@pytest.mark.parametrize("url", PRIVATE)
def test_private_addresses_are_not_called(session: requests.Session, url: str) -> None:
    with pytest.raises((AddressRefused, requests.ConnectionError)):
        session.get(url)


@pytest.mark.parametrize("url", NOT_HTTPS)
def test_only_https_is_called(session: requests.Session, url: str) -> None:
    with pytest.raises((AddressRefused, requests.exceptions.InvalidSchema, *NO_ADDRESS)):
        session.get(url)
    with pytest.raises(AddressRefused):
        check_address(url)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """To which addresses connections were tried; none is made."""
    tried: list[Any] = []

    def connect(address: Any, *args: Any, **kwargs: Any) -> Any:
        tried.append(address)
        raise ConnectionRefusedError()

    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
    return tried


def resolve_to(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Let names resolve to each answer in turn; returns the names as they are asked for."""
    names: list[str] = []
    kinds = {True: socket.AF_INET6, False: socket.AF_INET}

    def getaddrinfo(host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        names.append(host)
        found = answers[min(len(names), len(answers)) - 1]
        return [(kinds[":" in each], socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return names


@pytest.mark.parametrize(
    ("addresses", "allowed"),
    [
        (["93.184.215.14"], True),
        (["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"], True),
        (["10.0.0.1"], False),
        (["93.184.215.14", "127.0.0.1"], False),
        (["fe80::1%eth0"], False),
        (["::ffff:10.0.0.1"], False),
        (["64:ff9b::10.0.0.1"], False),
        (["2002:a00:1::1"], False),
        (["fec0::1"], False),
        ([], False),
    ],
)
def test_every_address_of_a_name_must_be_public(
    session: requests.Session,
    monkeypatch: pytest.MonkeyPatch,
    asked: list[Any],
    addresses: list[str],
    allowed: bool,
) -> None:
    resolve_to(monkeypatch, addresses)
    with pytest.raises((AddressRefused, requests.ConnectionError)) as refused:
        session.get("https://lms.example.org/token")
    assert asked == ([(each, 443) for each in addresses] if allowed else [])
    assert ("private network" in str(refused.value)) is not allowed


def test_a_name_that_changes_its_answer_gains_nothing(
    session: requests.Session, monkeypatch: pytest.MonkeyPatch, asked: list[Any]
) -> None:
    names = resolve_to(monkeypatch, ["93.184.215.14"], ["127.0.0.1"])
    with pytest.raises(requests.ConnectionError):
        session.get("https://lms.example.org/token")
    assert (names, asked) == (["lms.example.org"], [("93.184.215.14", 443)])
    with pytest.raises(AddressRefused, match="private network"):
        session.get("https://lms.example.org/token")
    assert len(asked) == 1


@pytest.mark.parametrize(("name", "answered"), [("lms.test", True), ("other.test", False)])
def test_tls_verifies_the_name_and_not_the_address(
    session: requests.Session,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    name: str,
    answered: bool,
) -> None:
    """A server on loopback, taken for a public one, with a certificate for `lms.test`."""
    certificate = make_certificate(tmp_path, "lms.test")
    resolve_to(monkeypatch, ["127.0.0.1"])
    monkeypatch.setattr("lti_tool.lti.addresses._is_public", lambda address: True)
    with serve_tls(certificate) as port:
        if answered:
            answer = session.get(f"https://{name}:{port}/", verify=str(certificate))
            assert answer.text == "hello"
        else:
            with pytest.raises(requests.exceptions.SSLError, match="not valid for"):
                session.get(f"https://{name}:{port}/", verify=str(certificate))


def test_a_trusted_origin_is_called_although_private_and_http(
    app: Flask, platform: FakePlatform
) -> None:
    with app.app_context():
        check_address(f"{platform.url}/token")
        with pytest.raises(AddressRefused):
            check_address("http://127.0.0.1:1/token")
        with pytest.raises(AddressRefused):
            check_address(f"{platform.url}.evil.example/token")


def test_the_session_itself_refuses_and_asks_no_proxy(
    app: Flask, platform: FakePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with app.app_context():
        session = connector.connector().session
        assert session.get(f"{platform.url}/jwks").status_code == 200
        with pytest.raises(AddressRefused):
            session.get("http://127.0.0.1:1/")


def test_no_call_while_a_transaction_is_open(app: Flask, platform: FakePlatform) -> None:
    with app.app_context(), unit_of_work(), pytest.raises(RuntimeError):
        connector.connector().session.get(f"{platform.url}/jwks")
    assert platform.requests == []
