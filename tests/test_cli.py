"""The commands: one clear line for each fault, and in force at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from lti_tool.lti.models import Deployment, Registration
from lti_tool.outbox import OutboxMessage, Status
from tests.browsers import TOOL, Browser
from tests.conftest import CONTENT
from tests.databases import change, on_sqlite, rows
from tests.platforms import CLAIM, FakePlatform
from tests.story import set_up, take_quiz

Run = Callable[..., Result]
OPTIONS = {
    "--name": "School",
    "--issuer": "https://lms.example",
    "--client-id": "client-7",
    "--deployment-id": "1",
    "--auth-login-url": "https://lms.example/auth",
    "--auth-token-url": "https://lms.example/token",
    "--jwks-url": "https://lms.example/jwks",
}


@pytest.fixture
def run(app: Flask) -> Run:
    return lambda *words: app.test_cli_runner().invoke(args=list(words))


def add(run: Run, **changes: str | None) -> Result:
    options = OPTIONS | {"--" + name.replace("_", "-"): text for name, text in changes.items()}
    words = [word for name, text in options.items() if text is not None for word in (name, text)]
    return run("registrations", "add", *words)


def options_of(platform: FakePlatform) -> dict[str, str | None]:
    return dict(platform.registration())


def test_a_registration_is_in_force_at_once(
    app: Flask, run: Run, browser: Browser, platform: FakePlatform
) -> None:
    platform.client_id = "client-2"
    assert browser.login().status_code == 400
    done = add(run, **options_of(platform))
    assert (done.exit_code, done.output) == (
        0,
        "Registered Fake platform (registration 2).\n",
    )
    assert browser.launch().status_code == 409
    assert len(rows(app, Registration)) == 2


def test_adding_is_additive(app: Flask, run: Run, browser: Browser, platform: FakePlatform) -> None:
    """A second deployment; then the same again changes nothing; addresses are renewed."""
    second = {**options_of(platform), "deployment_id": "deployment-2", "name": "New name"}
    for _ in range(2):
        assert add(run, **second).exit_code == 0
    [registration] = rows(app, Registration)
    assert registration.name == "New name"
    assert [each.deployment_id for each in rows(app, Deployment)] == [
        "deployment-1",
        "deployment-2",
    ]
    for deployment in ("deployment-1", "deployment-2"):
        assert browser.launch(**{CLAIM + "deployment_id": deployment}).status_code == 409


def test_a_disabled_registration_is_enabled_by_adding_it_again(
    app: Flask, run: Run, browser: Browser, platform: FakePlatform
) -> None:
    change(app, Registration, enabled=False)
    assert "(disabled)" in run("registrations", "list").output
    assert browser.login().status_code == 400
    assert add(run, **options_of(platform)).exit_code == 0
    assert browser.login().status_code == 302


BAD_OPTIONS: dict[str, tuple[dict[str, str | None], str]] = {
    "no name": ({"name": None}, "--name"),
    "no issuer": ({"issuer": None}, "--issuer"),
    "no keys": ({"jwks_url": None}, "--jwks-url"),
    "empty name": ({"name": " "}, "--name: must have 1 to 255 characters"),
    "empty deployment": ({"deployment_id": ""}, "--deployment-id: must have 1 to 255"),
    "long client id": ({"client_id": "x" * 256}, "--client-id: must have 1 to 255"),
    "http": ({"auth_token_url": "http://lms.example/token"}, "--auth-token-url: must be an https"),
    "no address": ({"jwks_url": "lms.example"}, "--jwks-url: must be an https address"),
    "private over http": ({"auth_login_url": "http://127.0.0.1/"}, "--auth-login-url: must be"),
    "unknown profile": ({"profile": "webct"}, "--profile"),
    "unknown option": ({"colour": "red"}, "--colour"),
}


@pytest.mark.parametrize("case", BAD_OPTIONS)
@on_sqlite
def test_a_bad_option_is_named_and_nothing_is_added(app: Flask, run: Run, case: str) -> None:
    changes, said = BAD_OPTIONS[case]
    done = add(run, **changes)
    assert done.exit_code != 0
    assert said in done.output.splitlines()[-1], done.output
    assert "Traceback" not in done.output and isinstance(done.exception, SystemExit)
    assert len(rows(app, Registration)) == 1


@on_sqlite
def test_several_faults_come_in_one_line(run: Run) -> None:
    [line] = add(run, jwks_url="x", issuer="").output.splitlines()
    assert "--jwks-url" in line and "--issuer" in line


@on_sqlite
def test_registrations_are_listed(run: Run, platform: FakePlatform) -> None:
    [line] = run("registrations", "list").output.splitlines()
    assert "Fake platform" in line and platform.url in line
    assert "client-1" in line and line.endswith("deployment-1")


def test_rotating_keeps_the_old_key_published(app: Flask, run: Run) -> None:
    def published() -> list[str]:
        answer = app.test_client().get("/lti/jwks", base_url=TOOL)
        return [key["kid"] for key in json.loads(answer.text)["keys"]]

    [old] = published()
    done = run("keys", "rotate")
    assert done.exit_code == 0
    new, still = published()
    assert still == old and new != old
    assert new in done.output
    assert [line.split()[0] for line in run("keys", "list").output.splitlines()] == [new, old]


def test_after_rotating_the_new_key_signs(
    app: Flask,
    run: Run,
    new_browser: Callable[[], Browser],
    platform: FakePlatform,
    work: Callable[[], None],
) -> None:
    """In the running process too: the first score is signed by the new key."""
    set_up(new_browser())
    run("keys", "rotate")
    learner = new_browser()
    learner.launch()
    take_quiz(app, learner, right=1)
    work()
    assert len(platform.scores) == 1
    assert platform.token_kids == [run("keys", "list").output.split()[0]]


@on_sqlite
def test_a_secret_key_that_was_changed_is_said_in_one_line(
    make_app: Callable[..., Flask],
) -> None:
    app = make_app(LTI_TOOL_SECRET_KEY="another secret key of enough characters")
    answer = app.test_client().get("/lti/jwks", base_url=TOOL)
    assert answer.status_code == 500 and "Traceback" not in answer.text


@on_sqlite
def test_curriculum_commands(run: Run, tmp_path: Path) -> None:
    again = run("curriculum", "publish", str(CONTENT))
    assert again.exit_code == 0 and "Nothing has changed since" in again.output
    assert "version 1" in run("curriculum", "list").output
    for command in ("check", "publish"):
        done = run("curriculum", command, str(tmp_path / "nothing"))
        assert done.exit_code == 1 and "Traceback" not in done.output


@on_sqlite
def test_outbox_commands(
    app: Flask, run: Run, new_browser: Callable[[], Browser], platform: FakePlatform
) -> None:
    set_up(new_browser())
    learner = new_browser()
    learner.launch()
    take_quiz(app, learner, right=1)
    change(app, OutboxMessage, status=Status.DEAD)
    told = run("outbox", "status").output
    assert (
        "dead     2" in told and "deliver_score: 1 dead" in told and "keep_column: 1 dead" in told
    )
    again = run("outbox", "retry", "--handler", "deliver_score").output
    assert "1 messages are on their way again" in again
    assert "waiting  1" in run("outbox", "status").output
