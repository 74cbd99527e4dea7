"""Launches as seven platforms really send them: signed, and sent through the login that they use.

The files below `fixtures/launches/` are payloads: whose key, which times and which nonce stands in
them, the test says.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from werkzeug.test import TestResponse

from lti_tool.db import unit_of_work
from lti_tool.lti.registrations import NewRegistration, add_registration
from tests.browsers import TOOL, Browser
from tests.platforms import CLAIM, MEMBERSHIP

FOLDER = Path(__file__).parent / "fixtures/launches"
LIFETIMES = {"moodle": 60, "d2l": 1800}
PROFILES = {"d2l": "brightspace"}
HINTS = ("login_hint", "lti_message_hint")


def fixture(name: str) -> Any:
    text = (FOLDER / f"{name}.json").read_text()
    return json.loads(text.replace("https://tool.example.org", TOOL))


class Lms:
    """One of the platforms, registered; its keys and its token address are the fake platform's."""

    def __init__(self, app: Flask, browser: Browser, name: str) -> None:
        self.name, self.browser, self.platform = name, browser, browser.platform
        self.login = fixture(f"{name}_login_initiation")
        form = self.login["params"]
        self.deployment = form.get("lti_deployment_id") or form.get("deployment_id")
        with app.app_context(), unit_of_work():
            add_registration(
                NewRegistration(
                    name=name,
                    issuer=form["iss"],
                    client_id=form["client_id"],
                    deployment_id=self.deployment,
                    auth_login_url=f"https://{urlsplit(form['iss']).hostname}/auth",
                    auth_token_url=f"{self.platform.url}/token",
                    jwks_url=f"{self.platform.url}/jwks",
                    profile=PROFILES.get(name, name),
                )
            )

    def begin(self) -> tuple[str, str]:
        """The login as the platform begins it; returns state and nonce."""
        method, form = self.login["method"], self.login["params"]
        where: dict[str, Any] = {"query_string" if method == "GET" else "data": form}
        answer = self.browser.client.open("/lti/login", method=method, base_url=TOOL, **where)
        assert answer.status_code == 302, answer.text
        query = {name: text for name, [text] in parse_qs(urlsplit(answer.location).query).items()}
        assert [query[name] for name in HINTS] == [form[name] for name in HINTS]
        return query["state"], query["nonce"]

    def send(self, body: dict[str, Any]) -> TestResponse:
        """A launch with these claims; returns the answer, before any redirect is followed."""
        state, nonce = self.begin()
        now = int(time.time())
        body = body | {"iat": now, "exp": now + LIFETIMES.get(self.name, 3600), "nonce": nonce}
        body |= {"nbf": now} if "nbf" in body else {}
        answer = self.browser.finish(state, self.platform.sign(body))
        if answer.status_code == 303:
            self.browser.launch_id = answer.location.split("/")[2]
        return answer

    def set_up(self, name: str) -> None:
        """An instructor opens the link of that launch and places a module there."""
        changes = {
            "sub": "who-sets-up",
            CLAIM + "message_type": "LtiResourceLinkRequest",
            CLAIM + "roles": [MEMBERSHIP + "Instructor"],
            CLAIM + "for_user": None,
        }
        assert self.send(fixture(name) | changes).status_code == 303
        settings = {"module_id": "M1", "attempts_allowed": "3", "pass_percent": "80"}
        assert self.browser.post("/settings", settings).status_code == 303
