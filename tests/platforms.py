"""FakePlatform: a small LTI platform on loopback that signs launches, keeps scores, and can fail.

It knows nothing of the tool's code. What it is told to do wrong, it does wrong.
"""

from __future__ import annotations

import json
import re
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt

from tests.gradebooks import SCORE_SCOPE, Gradebook
from tests.signing import Signer

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
GROUPS = "https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice"
GROUP_SCOPE = "https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly"
GROUP_TYPE = "application/vnd.ims.lti-gs.v1.contextgroupcontainer+json"
ROSTER_SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
ROSTER_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"


@dataclass
class Answer:
    """What the platform answers to a score instead of taking it; nothing at all with status 0."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


class FakePlatform(Signer):
    """One issuer with one course. Scores posted to it are in `scores`, requests in `requests`.

    `gradebook` has the columns, which a tool may look at and change as far as `scopes` lets it.
    It tells who is in the course once `members` is a list, at most `page_members` in an answer;
    who is in which group only to those who ask for it, and what these are called if `groups` is a
    list.
    `granted` says which of the scopes that a token is asked for it will have.
    """

    def __init__(self, client_id: str = "client-1", deployment_id: str = "deployment-1") -> None:
        super().__init__()
        self.client_id, self.deployment_id = client_id, deployment_id
        self.scores: list[dict[str, Any]] = []
        self.requests: list[str] = []
        self.tokens_issued = 0
        self.token_kids: list[str] = []
        self.answer_scores: Callable[[dict[str, Any]], Answer | None] = lambda score: None
        self.answer_token: Callable[[], Answer | None] = lambda: None
        self.members: list[dict[str, Any]] | None = None
        self.page_members, self.delay_seconds = 2, 0.0
        self.groups: list[dict[str, Any]] | None = None
        self.answer_groups: Callable[[], Answer | None] = lambda: None
        self.notice_handlers: list[dict[str, Any]] = []
        self.answer_notice_handler: Callable[[], Answer | None] = lambda: None
        self.answer_members: Callable[[str], Answer | None] = lambda path: None
        self.granted: Callable[[str], str] = lambda scope: scope
        self.token_scopes: dict[str, str] = {}
        self.scopes = [SCORE_SCOPE]
        self.answer_columns: Callable[[str, str], Answer | None] = lambda method, path: None
        self.answer_jwks: Callable[[], Answer] = self._good_jwks
        self.routes: dict[str, Callable[[BaseHTTPRequestHandler, bytes], Answer]] = {}
        self._server = _Server(self)
        self.gradebook = Gradebook(f"{self.url}/lineitems")
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def registration(self) -> dict[str, Any]:
        """The options of `registrations add` for this platform."""
        return {
            "name": "Fake platform",
            "issuer": self.url,
            "client_id": self.client_id,
            "deployment_id": self.deployment_id,
            "auth_login_url": f"{self.url}/auth",
            "auth_token_url": f"{self.url}/token",
            "jwks_url": f"{self.url}/jwks",
        }

    def line_item(self, link: str) -> str:
        return f"{self.url}/lineitems/{link}?type_id=2"

    def roster_url(self, context: str = "course-1") -> str:
        return f"{self.url}/courses/{context}/memberships?tool=7"

    def enrol(self, *subs: str, role: str = "Learner", **more: Any) -> None:
        """Put people on the roster, with the names that their launches have."""
        self.members = self.members or []
        for sub in subs:
            said = {"name": f"Name of {sub}", "family_name": sub, "status": "Active"} | more
            self.members.append({"user_id": sub, "roles": [MEMBERSHIP + role], **said})

    def leave(self, *subs: str) -> None:
        """Take people off the roster."""
        self.members = [each for each in self.members or [] if each["user_id"] not in subs]

    def claims(
        self,
        nonce: str,
        *,
        sub: str = "learner-1",
        role: str = "Learner",
        link: str = "link-1",
        context: str = "course-1",
        target: str,
        **changes: Any,
    ) -> dict[str, Any]:
        """The claims of a good launch; `changes` are claims to replace, None leaves one out."""
        now = int(time.time())
        body: dict[str, Any] = {
            "iss": self.url,
            "aud": self.client_id,
            "sub": sub,
            "iat": now,
            "exp": now + 60,
            "nonce": nonce,
            "name": f"Name of {sub}",
            "family_name": sub,
            CLAIM + "message_type": "LtiResourceLinkRequest",
            CLAIM + "version": "1.3.0",
            CLAIM + "deployment_id": self.deployment_id,
            CLAIM + "target_link_uri": target,
            CLAIM + "roles": [MEMBERSHIP + role],
            CLAIM + "resource_link": {"id": link, "title": "Two jobs compared"},
            CLAIM + "context": {"id": context, "label": "PMO-101", "title": "PMO Academy"},
            AGS: {
                "scope": self.scopes,
                "lineitems": f"{self.url}/lineitems?type_id=2",
                "lineitem": self.line_item(link),
            },
        }
        if self.members is not None:
            body[NRPS] = {
                "context_memberships_url": self.roster_url(context),
                "service_versions": ["2.0"],
            }
        if self.groups is not None:
            body[GROUPS] = {
                "context_groups_url": f"{self.url}/courses/{context}/groups",
                "scope": [GROUP_SCOPE],
                "service_versions": ["1.0"],
            }
        body |= changes
        return {name: value for name, value in body.items() if value is not None}

    def _good_jwks(self) -> Answer:
        return Answer(200, body=json.dumps(self.jwks()).encode())

    def list_members(self, path: str) -> Answer:
        """One page of the roster (NRPS 2.0, 2.4.2), with a link to the next."""
        refused = self.answer_members(path)
        if refused is not None:
            return refused
        query = dict(parse_qsl(urlsplit(path).query))
        asked_by = {"group_enrollments": "groups", "message": "rlid"}
        unasked = {name for name, parameter in asked_by.items() if parameter not in query}
        members = [
            {name: value for name, value in member.items() if name not in unasked}
            for member in self.members or []
        ]
        return self._page(path, "members", members, ROSTER_TYPE)

    def list_groups(self, path: str) -> Answer:
        """One page of the groups (Course Groups Service 1.0, 3.1)."""
        return self.answer_groups() or self._page(path, "groups", self.groups or [], GROUP_TYPE)

    def _page(self, path: str, name: str, found: list[dict[str, Any]], kind: str) -> Answer:
        parts = urlsplit(path)
        query = dict(parse_qsl(parts.query))
        first = int(query.get("from", "0"))
        end = first + min(int(query.get("limit", "1000")), self.page_members)
        links = [f'<{self.url}{path}>; rel="current"']
        if end < len(found):
            following = urlencode(query | {"from": str(end)})
            links.append(f'<{self.url}{parts.path}?{following}>; rel="next"')
        body = {"id": self.url + path, "context": {"id": "course-1"}, name: found[first:end]}
        headers = {"Content-Type": kind, "Link": ",".join(links)}
        return Answer(200, headers, json.dumps(body).encode())

    def take_score(self, link: str, score: dict[str, Any]) -> Answer:
        refused = self.answer_scores(score)
        if refused is not None:
            return refused
        if link in self.gradebook.gone:
            return Answer(404)
        self.scores.append(score | {"link": link})
        self.gradebook.keep(link, score)
        return Answer(200)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, platform: FakePlatform) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.platform = platform

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that stops listening is its own business."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        platform = self.server.platform
        platform.requests.append(f"GET {self.path}")
        route = platform.routes.get(urlsplit(self.path).path)
        if route:
            self._send(route(self, b""))
        elif self.path == "/jwks":
            self._send(platform.answer_jwks())
        elif re.fullmatch(r"/courses/[^/]+/memberships", urlsplit(self.path).path):
            self._send(self._listed(platform.list_members, ROSTER_SCOPE, ROSTER_TYPE))
        elif re.fullmatch(r"/courses/[^/]+/groups", urlsplit(self.path).path):
            self._send(self._listed(platform.list_groups, GROUP_SCOPE, GROUP_TYPE))
        elif urlsplit(self.path).path.startswith("/lineitems"):
            self._send(self._columns("GET", b""))
        else:
            self._send(Answer(404))

    def do_PUT(self) -> None:
        platform = self.server.platform
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        platform.requests.append(f"PUT {self.path}")
        if self.path.startswith("/lineitems"):
            return self._send(self._columns("PUT", body))
        if self.path != "/notice-handlers":
            return self._send(Answer(404))
        refused = platform.answer_notice_handler()
        if refused is None:
            platform.notice_handlers.append(json.loads(body))
        self._send(refused or Answer(200, body=body))

    def _columns(self, method: str, body: bytes) -> Answer:
        platform = self.server.platform
        refused = platform.answer_columns(method, self.path)
        if refused is not None:
            return refused
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        scopes = platform.token_scopes.get(token, "")
        return Answer(*platform.gradebook.answer(method, self.path, self.headers, body, scopes))

    def do_POST(self) -> None:
        platform = self.server.platform
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        platform.requests.append(f"POST {self.path}")
        time.sleep(platform.delay_seconds)
        path = urlsplit(self.path).path
        link = re.fullmatch(r"/lineitems/([^/]+)/scores", path)
        route = platform.routes.get(path)
        if route:
            self._send(route(self, body))
        elif path == "/token":
            self._send(self._token(parse_qs(body.decode())))
        elif link and self.headers.get("Content-Type") == SCORE_TYPE:
            self._send(platform.take_score(link[1], json.loads(body)))
        elif path == "/lineitems":
            self._send(self._columns("POST", body))
        else:
            self._send(Answer(400))

    def _listed(self, page: Callable[[str], Answer], scope: str, kind: str) -> Answer:
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if scope not in self.server.platform.token_scopes.get(token, "").split():
            return Answer(401)
        return page(self.path) if self.headers.get("Accept") == kind else Answer(400)

    def _token(self, form: dict[str, list[str]]) -> Answer:
        platform = self.server.platform
        signed = form["client_assertion"][0]
        assertion = jwt.decode(signed, options={"verify_signature": False})
        platform.token_kids.append(jwt.get_unverified_header(signed)["kid"])
        assert assertion["iss"] == assertion["sub"] == platform.client_id
        refused = platform.answer_token()
        if refused is not None:
            return refused
        platform.tokens_issued += 1
        token: dict[str, Any] = {
            "access_token": uuid.uuid4().hex,
            "token_type": "bearer",
            "expires_in": 3600,
            "scope": platform.granted(form["scope"][0]),
        }
        platform.token_scopes[token["access_token"]] = token["scope"]
        return Answer(200, body=json.dumps(token).encode())

    def _send(self, answer: Answer) -> None:
        if not answer.status:
            self.close_connection = True  # as when the line is cut
            return
        self.send_response_only(answer.status)
        for name, value in ({"Date": self.date_time_string()} | answer.headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *args: Any) -> None:
        pass
