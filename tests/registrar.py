"""The platform's side of a dynamic registration, from recorded documents of each LMS family.

The recorded documents keep their shape; their addresses become those of the fake platform, so
that a launch can follow. Families without a recorded document vary one that is.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from tests.platforms import Answer, FakePlatform

FIXTURES = Path(__file__).parent / "lti/fixtures"
PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"
TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
TOKEN = "registration-token-1"
DISCOVERY = "/openid-configuration"
REGISTRATION = "/registrations"
FAMILIES = {
    "canvas": ("canvas", "canvas"),
    "moodle": ("moodle", "moodle"),
    "sakai": ("sakai", "sakailms.org"),
    "blackboard": ("sakai", "BlackboardLearn"),
    "brightspace": ("canvas", "desire2learn"),
    "generic": ("moodle", "something-new"),
}
"""Family -> the recorded document that it starts from, and its product_family_code."""


def recorded(name: str) -> Any:
    return json.loads((FIXTURES / f"{name}.json").read_text())


class Registrar:
    """Lets a fake platform register tools; everything that it answers can be replaced."""

    def __init__(self, platform: FakePlatform, family: str) -> None:
        self.platform, self.family = platform, family
        self.configuration = self._configuration()
        self.deployment: Any = platform.deployment_id
        self.deployment_in_tool = family in ("moodle", "sakai", "generic")
        self.status = 201 if family == "canvas" else 200
        self.asked: list[dict[str, Any]] = []
        self.bearers: list[str | None] = []
        self.answer_configuration: Callable[[], Answer] = lambda: _json(200, self.configuration)
        self.answer_registration: Callable[[dict[str, Any]], Answer] = self.accept
        platform.routes[DISCOVERY] = self._discover
        platform.routes[REGISTRATION] = self._register

    def _configuration(self) -> dict[str, Any]:
        base, code = FAMILIES[self.family]
        document: dict[str, Any] = recorded(f"{base}_openid_configuration")
        url = self.platform.url
        document |= {
            "issuer": url,
            "authorization_endpoint": f"{url}/auth",
            "token_endpoint": f"{url}/token",
            "jwks_uri": f"{url}/jwks",
            "registration_endpoint": f"{url}{REGISTRATION}",
        }
        document[PLATFORM]["product_family_code"] = code
        return document

    @property
    def query(self) -> dict[str, str]:
        """What the platform adds to the registration address; its own query must be kept."""
        url = f"{self.platform.url}{DISCOVERY}?registration_token={TOKEN}&account=7"
        query = {"openid_configuration": url, "registration_token": TOKEN}
        if self.family == "brightspace":
            del query["registration_token"]
        return query

    def accept(self, request: dict[str, Any]) -> Answer:
        body = request | {"client_id": self.platform.client_id}
        if self.deployment is not None and self.deployment_in_tool:
            body[TOOL] = body[TOOL] | {"deployment_id": self.deployment}
        elif self.deployment is not None:
            body["deployment_id"] = self.deployment
        return _json(self.status, body)

    def _discover(self, asked: BaseHTTPRequestHandler, _body: bytes) -> Answer:
        self.bearers.append(asked.headers.get("Authorization"))
        return self.answer_configuration()

    def _register(self, asked: BaseHTTPRequestHandler, body: bytes) -> Answer:
        self.bearers.append(asked.headers.get("Authorization"))
        self.asked.append(json.loads(body))
        return self.answer_registration(self.asked[-1])


def _json(status: int, body: Any) -> Answer:
    return Answer(status, {"Content-Type": "application/json"}, json.dumps(body).encode())
