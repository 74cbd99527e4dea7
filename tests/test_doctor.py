"""The doctor: each thing that can be wrong is found, named, and comes with its cure."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import jwt
import pytest
from click.testing import Result
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from flask import Flask

from lti_tool import periodic
from lti_tool.courses.models import Roster
from lti_tool.db import db, unit_of_work, utcnow
from lti_tool.doctor import arrivals, examining, our_side
from lti_tool.doctor.findings import Finding, Level
from lti_tool.doctor.models import Checkup
from lti_tool.lti.invites import make_invite, use
from lti_tool.lti.models import Deployment, LoginState, LoginStatus, Registration, ToolKey, Way
from lti_tool.lti.registrations import get_registration
from lti_tool.outbox import asking
from lti_tool.outbox.models import OutboxMessage, Status
from lti_tool.periodic import Periodic
from tests.browsers import TOOL, Browser, text_of
from tests.databases import change, on_sqlite
from tests.gradebooks import READ_SCOPE, SCORE_SCOPE
from tests.platforms import Answer, FakePlatform
from tests.story import set_up

Run = Callable[..., Result]
NewBrowser = Callable[[], Browser]


@pytest.fixture
def run(app: Flask) -> Run:
    return lambda *words: app.test_cli_runner().invoke(args=["doctor", *words])


def said(result: Result) -> str:
    """What the doctor says, as one line: it never breaks down."""
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    assert "Traceback" not in result.output
    return " ".join(result.output.split())


def see_a_worker(app: Flask) -> None:
    """A worker that is not told to stop looks for what comes round by itself."""
    with app.app_context():
        periodic.start_turns({"read_stale_rosters": 1800})
    change(app, OutboxMessage, status=Status.DONE)


@pytest.fixture
def course(
    app: Flask, platform: FakePlatform, browser: Browser, work: Callable[[], None]
) -> Browser:
    """A healthy course: a roster, a readable column, a worker that has been at work."""
    platform.enrol("teacher-1", role="Instructor")
    platform.enrol("ada", "ben")
    platform.scopes = [SCORE_SCOPE, READ_SCOPE]
    set_up(browser)
    work()
    see_a_worker(app)
    return browser


def test_all_is_well(run: Run, course: Browser) -> None:
    done = run("1")
    text = said(done)
    for found in (
        "is migrated",
        "The curriculum is published",
        "1 key published",
        "A worker is at work",
        "1 installation may launch",
        "1 key for RS256",
        "platform-key-1",
        "clock agrees with ours",
        "Access tokens are given to send scores",
        "“Two jobs compared”, can be read; its maximum is 10.",
        "roster of the course opened last can be read: 3 people",
        "The rosters of 1 course are kept up to date",
        "Calls to the platform go through",
        "1 launch in 7 days: 1 by a cookie",
        "No launch was refused",
    ):
        assert found in text, text
    assert [line for line in done.output.splitlines() if line.startswith("failure")] == [
        line for line in done.output.splitlines() if line.startswith("failure  address")
    ], "nothing answers at the public address of a test"


@on_sqlite
def test_all_platforms_or_one(app: Flask, run: Run, platform: FakePlatform) -> None:
    assert "Fake platform (registration 1, generic)" in said(run())
    done = run("7")
    assert done.exit_code == 1 and "There is no registration 7" in done.output
    change(app, Registration, enabled=False)
    assert "Fake platform" not in said(run())
    assert "The registration is disabled" in said(run("1"))


@on_sqlite
def test_a_report_for_the_platforms_administrator(
    app: Flask, run: Run, course: Browser, platform: FakePlatform
) -> None:
    """It has what they need, and nothing that is secret, personal, or only ours."""
    done = run("1", "--report")
    text = said(done)
    assert f"{TOOL}/lti/launch" in text and platform.url in text and "client-1" in text
    assert "own keys" not in text and "database" not in text
    tokens = list(platform.token_scopes)
    assert tokens and not [each for each in (*tokens, "Name of", "ada") if each in done.output]


def jwks(*keys: dict[str, Any]) -> Callable[[], Answer]:
    return lambda: Answer(200, body=json.dumps({"keys": list(keys)}).encode())


def weak_key() -> dict[str, Any]:
    private = generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505
    public = jwt.algorithms.RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)
    return {**public, "kid": "weak"}


KEY_SETS: dict[str, tuple[Callable[[], Answer], str, str]] = {
    "none": (jwks(), "failure", "lists 0 keys, none of them RSA"),
    "other": (jwks({"kty": "EC", "kid": "a"}), "failure", "lists 1 key, none of them RSA"),
    "weak": (lambda: jwks(weak_key())(), "warning", "Key weak has 1024 bits"),
    "gone": (lambda: Answer(404), "failure", "key set answers with status 404"),
    "a page": (lambda: Answer(200, body=b"<html>"), "failure", "key set cannot be read"),
    "too much": (lambda: Answer(200, body=b" " * 2_000_000), "failure", "could not be read"),
}


@pytest.mark.filterwarnings("ignore:.*RSA key.*")
@pytest.mark.parametrize("case", KEY_SETS)
@on_sqlite
def test_key_sets(run: Run, platform: FakePlatform, case: str) -> None:
    platform.answer_jwks, level, expected = KEY_SETS[case]
    text = said(run("1"))
    assert expected in text and f"{level} key set" in text


CLOCKS = {"ahead": (45, "warning", "ahead of ours"), "behind": (-300, "failure", "behind ours")}


@pytest.mark.parametrize("case", CLOCKS)
@on_sqlite
def test_clocks_that_differ(run: Run, platform: FakePlatform, case: str) -> None:
    seconds, level, expected = CLOCKS[case]
    moment = format_datetime(utcnow() + timedelta(seconds=seconds))
    good = platform.answer_jwks()
    platform.answer_jwks = lambda: Answer(200, {"Date": moment}, good.body)
    text = said(run("1"))
    assert f"{level} clock" in text and expected in text and "NTP" in text


@on_sqlite
def test_scopes_that_are_missing_and_what_that_costs(run: Run, platform: FakePlatform) -> None:
    """Whether the platform leaves them out or refuses the request."""
    platform.granted = lambda scope: scope if scope.endswith("/score") else ""
    text = said(run("1"))
    assert "Access tokens are given to send scores." in text
    assert "Not allowed to read who is in a course: instructors see only" in text
    assert "ok services Not allowed to hear of copied courses" in text
    platform.answer_token = lambda: Answer(400, body=b'{"error": "invalid_scope"}')
    done = run("1")
    assert "failure services Not allowed to send scores" in said(done) and done.exit_code == 1


@on_sqlite
def test_no_token_at_all_is_said_once(run: Run, platform: FakePlatform) -> None:
    platform.answer_token = lambda: Answer(401, body=b'{"error": "invalid_client"}')
    text = said(run("1"))
    assert text.count("failure services") == 1 and "no access token (401)" in text


@on_sqlite
def test_a_platform_that_is_down(run: Run, platform: FakePlatform) -> None:
    """Every probe is for itself: what can be told without the platform is told."""
    platform.close()
    text = said(run("1"))
    for topic in ("key set", "clock", "services"):
        assert f"failure {topic} The platform could not be reached." in text
    assert "1 installation may launch" in text and "No launch in 7 days" in text


def test_columns_that_cannot_be_read(
    app: Flask, run: Run, course: Browser, platform: FakePlatform
) -> None:
    platform.answer_columns = lambda method, path: Answer(404)
    assert "“Two jobs compared”, is gone. > Where that was not meant" in said(run("1"))
    platform.answer_columns = lambda method, path: Answer(403)
    assert "failure gradebook The column of the link opened last" in said(run("1"))
    platform.scopes = [SCORE_SCOPE]
    course.launch(sub="teacher-1", role="Instructor")
    assert "does not offer to read columns" in said(run("1"))


def test_rosters_that_cannot_be_read(
    app: Flask, run: Run, course: Browser, platform: FakePlatform
) -> None:
    change(app, Roster, failure="The platform could not be reached.", missing=6)
    text = said(run("1"))
    assert "The rosters of 1 of 1 course could not be read the last time" in text
    assert "lack half of their people or more, and were not taken over" in text
    platform.answer_members = lambda path: Answer(403)
    text = said(run("1"))
    assert "failure roster The roster of the course opened last cannot be read." in text
    platform.answer_members = lambda path: None
    platform.members = [{"user_id": "anon", "roles": ["Learner"]}]
    assert "It has no names" in said(run("1"))


@on_sqlite
def test_nothing_has_been_opened_yet(run: Run) -> None:
    text = said(run("1"))
    assert "No link with a column in the gradebook has been opened yet" in text
    assert "No launch has named a roster" in text and "No launch in 7 days" in text


def test_launches_and_refusals(
    app: Flask, run: Run, browser: Browser, platform: FakePlatform, new_browser: NewBrowser
) -> None:
    set_up(browser)
    for _ in range(2):
        state, nonce = new_browser().begin()
        token = platform.sign(platform.claims(nonce, target=f"{TOOL}/"))
        new_browser().finish(state, token)
    for _ in range(3):
        new_browser().begin()
    text = said(run("1"))
    assert "1 launch in 7 days: 1 by a cookie." in text
    assert "never sent anybody back" not in text
    with app.app_context(), unit_of_work():
        for login in db.session.query(LoginState).filter_by(status=LoginStatus.PENDING):
            login.expires_at = utcnow() - timedelta(minutes=1)
    text = said(run("1"))
    assert "began and the platform never sent anybody back" in text and "redirection URI" in text
    change(app, LoginState, status=LoginStatus.REFUSED, reason="signature_wrong")
    text = said(run("1"))
    assert "7 days: The platform's signature is not valid (signature_wrong)." in text
    change(app, LoginState, created_at=utcnow() - timedelta(days=8))
    assert "No launch was refused in 7 days" in said(run("1"))


@on_sqlite
def test_installations(app: Flask, run: Run) -> None:
    change(app, Deployment, approved=False)
    text = said(run("1"))
    assert "Deployment deployment-1 waits for approval" in text
    assert "registrations approve 1" in text


@on_sqlite
def test_our_keys(app: Flask, run: Run, make_app: Callable[..., Flask]) -> None:
    change(app, ToolKey, created_at=utcnow() - timedelta(days=400))
    assert "signing key is 400 days old" in said(run())
    stranger = make_app(LTI_TOOL_SECRET_KEY="another secret key of enough characters")
    text = said(stranger.test_cli_runner().invoke(args=["doctor", "1"]))
    assert "LTI_TOOL_SECRET_KEY differs" in text and "keys rotate" in text
    change(app, ToolKey, retired_at=utcnow())
    assert "no key to sign with" in said(run())


@on_sqlite
def test_the_worker(app: Flask, run: Run) -> None:
    assert "No worker has been seen" in said(run())
    see_a_worker(app)
    assert "A worker is at work" in said(run())
    change(app, Periodic, next_due=utcnow() - timedelta(minutes=30))
    assert "it has waited for 30 minutes. > Start a worker" in said(run())
    change(app, Periodic, next_due=utcnow() + timedelta(minutes=30))
    with app.app_context(), unit_of_work():
        asking.add("read_roster", 1)
    change(app, OutboxMessage, status=Status.WAITING, due_at=utcnow() - timedelta(minutes=9))
    assert "it has waited for 9 minutes" in said(run())
    change(app, OutboxMessage, status=Status.DEAD)
    assert "cannot be carried out until a person" in said(run())


@on_sqlite
def test_a_database_that_is_not_migrated(run: Run, app: Flask) -> None:
    with app.app_context(), unit_of_work():
        db.session.connection().exec_driver_sql("DROP TABLE alembic_version")
        db.session.connection().exec_driver_sql("DROP TABLE outbox_message")
    done = run()
    assert "failure database The database is at no migration" in said(done)
    assert "failure worker The database does not answer or is not migrated" in said(done)
    assert done.exit_code == 1


@on_sqlite
def test_a_probe_that_breaks_down_is_a_failure_like_any_other(
    app: Flask, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_registration: Registration) -> list[Finding]:
        raise ZeroDivisionError

    monkeypatch.setattr(examining, "PLATFORM", {"luck": broken})
    done = run("1")
    assert "failure luck This could not be checked (ZeroDivisionError)." in said(done)
    assert done.exit_code == 1


class _Health(BaseHTTPRequestHandler):
    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.mark.parametrize(("status", "level"), [(200, Level.OK), (502, Level.FAILURE)])
@on_sqlite
def test_the_public_address(make_app: Callable[..., Flask], status: int, level: Level) -> None:
    with ThreadingHTTPServer(
        ("127.0.0.1", 0), type("Health", (_Health,), {"status": status})
    ) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        with make_app(LTI_TOOL_PUBLIC_URL=url).app_context():
            plain, answers = our_side.address()
        server.shutdown()
    assert plain.level == Level.WARNING and "is not https" in plain.text
    assert answers.level == level and url in answers.text


@pytest.fixture
def token(app: Flask) -> str:
    """An invitation that has made the registration."""
    with app.app_context(), unit_of_work():
        invite = make_invite("School")
        db.session.flush()
        use(invite.invite.id, get_registration(1))
        return invite.token


def page(app: Flask, token: str, method: str = "GET") -> Any:
    path = f"/lti/setup/~{token}/check"
    return app.test_client().open(path, method=method, base_url=TOOL)


def test_the_administrators_page(
    app: Flask, course: Browser, platform: FakePlatform, token: str
) -> None:
    before = text_of(page(app, token).text)
    assert "Does PMO Bridge work with Fake platform?" in before and "Check now" in before
    asked = len(platform.requests)
    answer = page(app, token, "POST")
    assert answer.status_code == 303 and answer.location.endswith("/check")
    assert len(platform.requests) > asked
    after = text_of(page(app, token).text)
    assert "One thing does not work" in after, "the address of a test answers nobody"
    assert "roster of the course opened last can be read: 3 people" in after
    assert "Own keys" not in after and "Name of ada" not in after


def test_at_most_one_check_a_minute(app: Flask, platform: FakePlatform, token: str) -> None:
    page(app, token, "POST")
    asked = len(platform.requests)
    assert page(app, token, "POST").status_code == 303
    assert len(platform.requests) == asked
    change(app, Checkup, started_at=utcnow() - timedelta(seconds=61))
    page(app, token, "POST")
    assert len(platform.requests) > asked


@on_sqlite
def test_the_page_is_for_the_invited(app: Flask, token: str) -> None:
    for method in ("GET", "POST"):
        assert page(app, "nobody", method).status_code == 404
    with app.app_context(), unit_of_work():
        unused = make_invite("Elsewhere").token
    answer = page(app, unused, "POST")
    assert answer.status_code == 409 and "has not been registered" in answer.text


@on_sqlite
def test_a_check_that_is_running_is_said(app: Flask, token: str) -> None:
    page(app, token, "POST")
    change(app, Checkup, ended_at=None)
    assert "A check has been running since" in text_of(page(app, token).text)


def test_every_way_of_a_launch_has_words() -> None:
    assert set(arrivals.WAYS) == set(Way)
