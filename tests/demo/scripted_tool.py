"""A minimal LTI tool with keys of its own, and a browser without a screen, to try the demo LMS."""

import json
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.serving import make_server

from demo.people import Link, Person
from demo.serving import RunningLms, listen, serve_lms
from demo.settings import LmsSettings

AGS = "https://purl.imsglobal.org/spec/lti-ags/scope/"
LINE_ITEM, LINE_ITEM_READ, RESULT, SCORE = (
    AGS + name for name in ("lineitem", "lineitem.readonly", "result.readonly", "score")
)
MEMBERS = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
ENDPOINT_CLAIM = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
LINE_ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"


@cache
def private_key(kid: str) -> rsa.RSAPrivateKey:
    """The key of that name; made once for all tests."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class ScriptedTool:
    """The tool: answers the browser at `url`, and calls the platform's services itself."""

    url: str
    lms: LmsSettings | None = None
    kid: str = "key-1"
    posts_the_request: bool = False
    claims: dict[str, Any] = field(default_factory=dict)
    errors: list[dict[str, str]] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)

    @property
    def platform(self) -> LmsSettings:
        assert self.lms is not None
        return self.lms

    def authentication_request(self, initiation: Mapping[str, str]) -> dict[str, str]:
        """Our answer to a login initiation."""
        nonce = secrets.token_urlsafe(8)
        self.nonces.add(nonce)
        return {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": initiation["client_id"],
            "redirect_uri": f"{self.url}/lti/launch",
            "login_hint": initiation["login_hint"],
            "lti_message_hint": initiation["lti_message_hint"],
            "nonce": nonce,
            "state": "state-1",
        }

    def verify(self, id_token: str) -> dict[str, Any]:
        keys = jwt.PyJWKSet.from_dict(get(self.platform.jwks_url).json())
        key = keys[jwt.get_unverified_header(id_token)["kid"]]
        claims: dict[str, Any] = jwt.decode(
            id_token,
            key,
            algorithms=["RS256"],
            audience=self.platform.client_id,
            issuer=self.platform.issuer,
        )
        self.nonces.remove(claims["nonce"])
        return claims

    def assertion(self, **changes: Any) -> str:
        """A client assertion; a change to None leaves the claim out."""
        now = int(time.time())
        claims = {
            "iss": self.platform.client_id,
            "sub": self.platform.client_id,
            "aud": self.platform.token_url,
            "iat": now - 5,
            "exp": now + 60,
            "jti": secrets.token_urlsafe(8),
            **changes,
        }
        present = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(present, private_key(self.kid), "RS256", headers={"kid": self.kid})

    def ask_token(self, *scopes: str, **fields: str) -> requests.Response:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": self.assertion(),
            "scope": " ".join(scopes),
            **fields,
        }
        return call("POST", self.platform.token_url, data=form)

    def bearer(self, *scopes: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.ask_token(*scopes).json()['access_token']}"}

    def post_score(
        self, line_item_url: str, person: Person, given: float | None, time: str, **changes: Any
    ) -> requests.Response:
        body = {
            "userId": person.id,
            "scoreGiven": given,
            "scoreMaximum": 10,
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
            "timestamp": time,
            **changes,
        }
        headers = {**self.bearer(SCORE), "Content-Type": SCORE_TYPE}
        url = line_item_url.replace("?", "/scores?")
        return call("POST", url, data=json.dumps(body), headers=headers)


def make_app(tool: ScriptedTool) -> Flask:
    app = Flask("scripted_tool")

    @app.post("/lti/login")
    def login() -> ResponseReturnValue:
        asked, auth_url = tool.authentication_request(request.form), tool.platform.auth_url
        if not tool.posts_the_request:
            return redirect(f"{auth_url}?{urlencode(asked)}")
        inputs = "".join(f'<input name="{name}" value="{asked[name]}">' for name in asked)
        script = "<script>document.forms[0].submit()</script>"
        return f'<form method="post" action="{auth_url}">{inputs}</form>{script}'

    @app.post("/lti/launch")
    def launch() -> ResponseReturnValue:
        if "error" in request.form:
            tool.errors.append(request.form.to_dict())
            return "refused", 401
        tool.claims = tool.verify(request.form["id_token"])
        return f"<p>Hello {tool.claims['name']}</p>"

    @app.get("/lti/jwks")
    def jwks() -> ResponseReturnValue:
        key = private_key(tool.kid).public_key()
        described = jwt.algorithms.RSAAlgorithm.to_jwk(key, as_dict=True)
        return {"keys": [{**described, "kid": tool.kid, "alg": "RS256", "use": "sig"}]}

    return app


@contextmanager
def platform_and_tool() -> Iterator[tuple[RunningLms, ScriptedTool]]:
    """Both sides on free ports."""
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        tool = ScriptedTool(f"http://127.0.0.1:{port}")
        server = make_server("127.0.0.1", port, make_app(tool), threaded=True, fd=listener.fileno())
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            with serve_lms(tool.url) as lms:
                tool.lms = lms.settings
                yield lms, tool
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


class Form(HTMLParser):
    """The hidden fields and the address of a page's form."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action, self.fields = "", dict[str, str]()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self.action = found.get("action") or ""
        if tag == "input" and found.get("type") == "hidden":
            self.fields[found["name"] or ""] = found.get("value") or ""


class Browser:
    """Keeps cookies, and posts the forms that post themselves."""

    def __init__(self, lms: RunningLms) -> None:
        self._lms = lms
        self._session = requests.Session()
        self._session.trust_env = False

    def __enter__(self) -> "Browser":
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def get(self, path: str, **query: str) -> requests.Response:
        return self._session.get(self._lms.url + path, params=query, timeout=10)

    def post(self, url: str, fields: Mapping[str, str]) -> requests.Response:
        address = self._lms.url + url if url.startswith("/") else url
        return self._session.post(address, data=fields, timeout=10)

    def sign_in(self, person: Person) -> None:
        assert self.post("/sign-in", {"person": person.id}).status_code == 200

    def begin(self, link: Link, target: str = "iframe") -> Form:
        """The login initiation that waits to be posted to the tool."""
        return Form(self.get(f"/launch/{link.id}", target=target).text)

    def launch(self, link: Link, target: str = "iframe") -> requests.Response:
        """From the course to the tool's answer."""
        initiation = self.begin(link, target)
        answer = Form(self.post(initiation.action, initiation.fields).text)
        return self.post(answer.action, answer.fields)


def get(url: str, headers: Mapping[str, str] | None = None) -> requests.Response:
    return call("GET", url, headers=headers)


def call(method: str, url: str, **options: Any) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, url, timeout=10, **options)
