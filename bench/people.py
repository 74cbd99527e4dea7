"""People who launch: HTTP by hand, so that the client costs little beside what it measures."""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

from bench.processes import BenchFailed
from tests.platforms import FakePlatform

FORM_TYPE = "application/x-www-form-urlencoded"
THREADS = 8


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    cookies: tuple[str, ...]
    body: bytes

    def expect(self, status: int) -> Answer:
        """Itself; raises `BenchFailed` when the status is another one."""
        if self.status != status:
            raise BenchFailed(f"{self.status} instead of {status}: {self.body[:2000].decode()}")
        return self


class Caller:
    """One connection to the tool, kept open."""

    def __init__(self, port: int, timeout: float = 30) -> None:
        self.port = port
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)

    def send(
        self, method: str, path: str, form: object = None, headers: dict[str, str] | None = None
    ) -> Answer:
        body = urlencode(form, doseq=True) if form is not None else None  # type: ignore[arg-type]
        sent = {"Content-Type": FORM_TYPE} if body is not None else {}
        self._connection.request(method, path, body, sent | (headers or {}))
        answer = self._connection.getresponse()
        cookies = tuple(answer.headers.get_all("Set-Cookie", []))
        return Answer(answer.status, answer.headers.get("Location", ""), cookies, answer.read())


@dataclass
class Person:
    """Somebody with a browser of their own; `launch_id` names the visit after a launch."""

    sub: str
    link: str
    role: str = "Learner"
    launch_id: str = ""
    cookies: dict[str, str] = field(default_factory=dict)
    state: str = ""
    token: str = ""

    def login(self, caller: Caller, platform: FakePlatform) -> str:
        """Begin a launch; returns the nonce that the platform is to sign."""
        target = f"http://127.0.0.1:{caller.port}/"
        form = {
            "iss": platform.url,
            "login_hint": self.sub,
            "target_link_uri": target,
            "client_id": platform.client_id,
            "lti_deployment_id": platform.deployment_id,
        }
        answer = self.send(caller, "POST", "/lti/login", form).expect(302)
        query = parse_qs(urlsplit(answer.location).query)
        self.state = query["state"][0]
        return query["nonce"][0]

    def receive_token(self, platform: FakePlatform, nonce: str, port: int) -> None:
        """What the platform does in between; no time of the tool's."""
        claims = platform.claims(
            nonce,
            sub=self.sub,
            role=self.role,
            link=self.link,
            target=f"http://127.0.0.1:{port}/",
        )
        self.token = platform.sign(claims)

    def arrive(self, caller: Caller) -> Answer:
        """Post the token and follow to the first page."""
        form = {"state": self.state, "id_token": self.token}
        answer = self.send(caller, "POST", "/lti/launch", form)
        while answer.status in (302, 303):
            path = urlsplit(answer.location).path
            self.launch_id = path.split("/")[2] if path.startswith("/l/") else ""
            answer = self.send(caller, "GET", path)
        return answer.expect(200)

    def launch(self, caller: Caller, platform: FakePlatform) -> Answer:
        self.receive_token(platform, self.login(caller, platform), caller.port)
        return self.arrive(caller)

    def send(
        self, caller: Caller, method: str, path: str, form: object = None, **headers: str
    ) -> Answer:
        cookie = {"Cookie": "; ".join(f"{name}={text}" for name, text in self.cookies.items())}
        answer = caller.send(method, path, form, headers | (cookie if self.cookies else {}))
        for line in answer.cookies:
            name, _, text = line.partition(";")[0].partition("=")
            self.cookies[name] = text
        return answer

    def path(self, path: str) -> str:
        return f"/l/{self.launch_id}{path}"


def csrf_token(page: bytes) -> str:
    found = re.search(rb'name="csrf_token" value="([0-9a-f]+)"', page)
    if found is None:
        raise BenchFailed("the page has no form")
    return found[1].decode()


def at_once(
    port: int, steps: Iterable[Callable[[Caller], object]], threads: int = THREADS
) -> float:
    """Take all steps over `threads` connections; returns the seconds that passed."""
    listed = list(steps)
    shares = [listed[start::threads] for start in range(threads)]

    def work(share: Sequence[Callable[[Caller], object]]) -> None:
        caller = Caller(port)
        for step in share:
            step(caller)

    with ThreadPoolExecutor(threads) as pool:
        began = time.monotonic()
        for done in [pool.submit(work, share) for share in shares]:
            done.result()
        return time.monotonic() - began


def launch_all(
    port: int, platform: FakePlatform, people: Sequence[Person], threads: int = THREADS
) -> float:
    """Launch everybody; returns the seconds of the tool's part, the platform's signing left out."""
    nonces: dict[int, str] = {}

    def login(person: Person) -> Callable[[Caller], object]:
        return lambda caller: nonces.__setitem__(id(person), person.login(caller, platform))

    first = at_once(port, [login(person) for person in people], threads)
    for person in people:
        person.receive_token(platform, nonces[id(person)], port)
    return first + at_once(port, [person.arrive for person in people], threads)
