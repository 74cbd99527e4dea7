"""The Open edX platform as the tests see it, and people who use tool and platform over HTTP."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin

import requests

PLATFORM = Path(__file__).with_name("xblock_platform.py")
SECONDS = 10
INPUT = re.compile(r'<input name="([^"]*)" value="([^"]*)"')


@dataclass(frozen=True)
class Component:
    """An LTI component in the course, and what its author tells the tool's administrator."""

    platform: str
    info: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.info["block"])

    def registration(self) -> dict[str, Any]:
        """The options of `registrations add`."""
        return {
            "name": "Open edX",
            "issuer": self.info["issuer"],
            "client_id": self.info["client_id"],
            "deployment_id": self.info["deployment_id"],
            "auth_login_url": self.info["oidc_callback"],
            "auth_token_url": self.info["token_url"],
            "jwks_url": self.info["keyset_url"],
            "profile": "openedx",
        }

    def gradebook(self) -> dict[str, Any]:
        """`scores` as the package stored them, `grades` as the LMS got them, `people`'s ids."""
        return call("GET", f"{self.platform}/gradebook", params={"block": self.id})


def call(method: str, url: str, **options: Any) -> dict[str, Any]:
    with requests.Session() as session:
        session.trust_env = False
        answer = session.request(method, url, timeout=SECONDS, **options)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@dataclass(frozen=True)
class OpenEdx:
    """The running platform."""

    url: str

    def add_component(self, tool: str, **changes: Any) -> Component:
        """An author adds the tool to the course; `changes` are further fields of Studio's form.

        The launch URL is the only redirect URI that the platform allows unless some are listed.
        """
        fields = {
            "display_name": "Two jobs compared",
            "lti_version": "lti_1p3",
            "lti_1p3_launch_url": f"{tool}/lti/launch",
            "lti_1p3_oidc_url": f"{tool}/lti/login",
            "lti_1p3_tool_key_mode": "keyset_url",
            "lti_1p3_tool_keyset_url": f"{tool}/lti/jwks",
            "has_score": True,
            "weight": 20,
            "ask_to_send_full_name": True,
            "ask_to_send_email": True,
        }
        return Component(self.url, call("POST", f"{self.url}/studio", json=fields | changes))


@contextmanager
def run_openedx(python: Path) -> Iterator[OpenEdx]:
    """Run the platform in a process of its own while the block lasts."""
    command = [str(python), str(PLATFORM)]
    environ = os.environ | {"no_proxy": "127.0.0.1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, "the platform did not start; see its output on stderr"
            yield OpenEdx(**json.loads(line))
        finally:
            process.terminate()


@dataclass
class Person:
    """A signed-in person's browser. `form` is what the platform last had it post to the tool."""

    username: str
    session: requests.Session = field(default_factory=requests.Session)
    action: str = ""
    form: dict[str, str] = field(default_factory=dict)
    visit: str = ""

    def __post_init__(self) -> None:
        self.session.trust_env = False

    def send(self, method: str, url: str, data: Any = None) -> requests.Response:
        """One request. As in browsers, Secure cookies count on loopback without https."""
        answer = self.session.request(
            method, url, data=data, allow_redirects=False, timeout=SECONDS
        )
        for cookie in self.session.cookies:
            cookie.secure = False
        return answer

    def follow(self, answer: requests.Response) -> requests.Response:
        while answer.is_redirect:
            answer = self.send("GET", urljoin(answer.url, answer.headers["Location"]))
        return answer

    def begin(self, component: Component) -> None:
        """Open the component's page, and its frame as far as the platform's launch form."""
        asked = urlencode({"username": self.username, "block": component.id})
        page = self.send("GET", f"{component.platform}/courseware?{asked}").text
        target = re.search(r'data-target="([^"]+)"', page)
        assert target, page
        launch = self.follow(self.send("GET", target[1])).text
        action = re.search(r'action="([^"]+)"', launch)
        assert action, launch
        self.action = unescape(action[1])
        self.form = {name: unescape(value) for name, value in INPUT.findall(launch)}

    def launch(self, component: Component) -> requests.Response:
        """A whole launch; returns the first page of the visit."""
        self.begin(component)
        answer = self.send("POST", self.action, self.form)
        assert answer.status_code == 303, answer.text
        page = urljoin(self.action, answer.headers["Location"])
        self.visit = "/".join(page.split("/")[:5])
        return self.follow(answer)

    def get(self, path: str) -> str:
        """A page of the visit."""
        answer = self.send("GET", self.visit + path)
        assert answer.status_code == 200, answer.text
        return answer.text

    def post(self, path: str, form: Any, page: str) -> requests.Response:
        """Send a form of the visit with the token that `page` carries; it must be accepted."""
        token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', self.get(page))
        assert token, page
        answer = self.send("POST", self.visit + path, form | {"csrf_token": token[1]})
        assert answer.status_code == 303, answer.text
        return answer
