"""Which addresses the tool calls: https at public ones, and what the operator trusts."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest
import requests
from flask import Flask

from lti_tool.db import unit_of_work
from lti_tool.lti import connector
from lti_tool.lti.connector import AddressRefused, check_address
from tests.databases import on_sqlite
from tests.platforms import FakePlatform

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


@pytest.mark.parametrize("url", PRIVATE)
def test_private_addresses_are_not_called(app: Flask, url: str) -> None:
    with app.app_context(), pytest.raises((AddressRefused, requests.ConnectionError)):
        check_address(url)


@pytest.mark.parametrize("url", NOT_HTTPS)
def test_only_https_is_called(app: Flask, url: str) -> None:
    with app.app_context(), pytest.raises(AddressRefused):
        check_address(url)


def resolve_to(*addresses: str) -> Callable[..., Any]:
    def getaddrinfo(host: str, port: int, **kwargs: Any) -> Any:
        kinds = {True: socket.AF_INET6, False: socket.AF_INET}
        return [(kinds[":" in each], socket.SOCK_STREAM, 6, "", (each, port)) for each in addresses]

    return getaddrinfo


@pytest.mark.parametrize(
    ("addresses", "allowed"),
    [
        (["93.184.215.14"], True),
        (["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"], True),
        (["10.0.0.1"], False),
        (["93.184.215.14", "127.0.0.1"], False),
        (["fe80::1%eth0"], False),
        (["::ffff:10.0.0.1"], False),
    ],
)
def test_every_address_of_a_name_must_be_public(
    app: Flask, monkeypatch: pytest.MonkeyPatch, addresses: list[str], allowed: bool
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolve_to(*addresses))
    with app.app_context():
        if allowed:
            check_address("https://lms.example.org/token")
        else:
            with pytest.raises(AddressRefused, match="private network"):
                check_address("https://lms.example.org/token")


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
