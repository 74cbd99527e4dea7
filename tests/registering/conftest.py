"""Fixtures: a tool at which nothing is registered yet, an invite, and an administrator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lti_tool.db import unit_of_work
from lti_tool.lti import invites
from tests.browsers import TOOL
from tests.platforms import FakePlatform
from tests.registrar import Registrar


@pytest.fixture
def app(make_app: Callable[..., Flask], platform: FakePlatform) -> Flask:
    """The application; the platform is trusted, but not registered."""
    return make_app(LTI_TOOL_TRUSTED_ORIGINS=platform.url)


def invite(app: Flask, **options: Any) -> str:
    with app.app_context(), unit_of_work():
        return invites.make_invite("School", **options).token


@dataclass
class Administrator:
    """Somebody in the platform's administration with an invitation in their hands."""

    app: Flask
    registrar: Registrar
    token: str
    form: dict[str, str] = field(default_factory=dict)

    def open(self, **changes: str | None) -> TestResponse:
        """Paste the registration address into the platform, which opens it."""
        return self._send("GET", changes)

    def press(self, **changes: str | None) -> TestResponse:
        """Press the button of the page that was opened."""
        return self._send("POST", changes)

    def _send(self, method: str, changes: dict[str, str | None]) -> TestResponse:
        asked = {"invite": self.token, **self.registrar.query, **changes}
        given = {name: text for name, text in asked.items() if text is not None}
        name = "query_string" if method == "GET" else "data"
        client = self.app.test_client()
        more: dict[str, Any] = {name: given}
        return client.open("/lti/register", method=method, base_url=TOOL, **more)


@pytest.fixture
def meet(app: Flask, platform: FakePlatform) -> Callable[..., Administrator]:
    """An administrator of a platform of that family, invited."""

    def make(family: str = "moodle", **options: Any) -> Administrator:
        return Administrator(app, Registrar(platform, family), invite(app, **options))

    return make
