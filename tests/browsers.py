"""Browser: a person with cookies who launches, reads pages and sends forms, without a screen."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from werkzeug.test import TestResponse

from tests.platforms import FakePlatform

TOOL = "https://tool.example"


class Browser:
    """One person's browser; `launch` leaves it on the first page of the visit."""

    def __init__(self, app: Flask, platform: FakePlatform) -> None:
        self.client = app.test_client()
        self.platform = platform
        self.launch_id = ""

    def login(self, **changes: Any) -> TestResponse:
        """Begin a login as the platform does; `changes` replace parameters, None leaves one out."""
        form = {
            "iss": self.platform.url,
            "login_hint": "hint-1",
            "target_link_uri": f"{TOOL}/",
            "lti_message_hint": "message-1",
            "client_id": self.platform.client_id,
            "lti_deployment_id": self.platform.deployment_id,
        } | changes
        form = {name: value for name, value in form.items() if value is not None}
        return self.client.post("/lti/login", data=form, base_url=TOOL)

    def begin(self, **changes: Any) -> tuple[str, str]:
        """A good login; returns its state and nonce."""
        answer = self.login(**changes)
        assert answer.status_code == 302, answer.text
        query = parse_qs(urlsplit(answer.location).query)
        return query["state"][0], query["nonce"][0]

    def finish(self, state: str | None, token: str | None, **more: str) -> TestResponse:
        form = {"state": state, "id_token": token} | more
        form = {name: value for name, value in form.items() if value is not None}
        return self.client.post("/lti/launch", data=form, base_url=TOOL)

    def launch(self, **claims: Any) -> TestResponse:
        """A whole good launch; returns the first page of the visit."""
        state, nonce = self.begin()
        token = self.platform.sign(self.platform.claims(nonce, target=f"{TOOL}/", **claims))
        answer = self.finish(state, token)
        assert answer.status_code == 303, answer.text
        self.launch_id = answer.location.split("/")[2]
        return self.follow(answer)

    def path(self, path: str) -> str:
        return f"/l/{self.launch_id}{path}"

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(self.path(path), base_url=TOOL, headers=headers, buffered=True)

    def post(
        self, path: str, data: Any = None, *, token: str | None = None, **headers: str
    ) -> TestResponse:
        """Send a form of this visit with the token that its pages carry."""
        form: dict[str, Any] = dict(data or {})
        form["csrf_token"] = self.token() if token is None else token
        return self.client.post(self.path(path), data=form, base_url=TOOL, headers=headers)

    def token(self) -> str:
        """The token against forged forms, read from a page of this visit."""
        for page in ("/quiz", "/settings", "/practice"):
            found = re.search(r'name="csrf_token" value="([0-9a-f]+)"', self.get(page).text)
            if found:
                return found[1]
        raise AssertionError("no page of this visit has a form")

    def follow(self, answer: TestResponse) -> TestResponse:
        """Go where a redirect says, until there is a page."""
        while answer.status_code in (302, 303):
            answer = self.client.get(answer.location, base_url=TOOL)
        return answer


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def text_of(html: str) -> str:
    """The words of a page, white space folded."""
    parser = _Text()
    parser.feed(html)
    return " ".join(" ".join(parser.parts).split())
