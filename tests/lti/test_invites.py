"""Invites: one secret, good once, for a time; and what the operator's commands say of them."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from click.testing import Result
from flask import Flask

from lti_tool.db import db, unit_of_work, utcnow
from lti_tool.errors import NotFound
from lti_tool.lti import invites
from lti_tool.lti.invites import InviteUnusable
from lti_tool.lti.models import Invite, Registration
from lti_tool.lti.registrations import get_registration
from tests.browsers import TOOL
from tests.databases import change, on_sqlite, rows

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    return lambda *words: app.test_cli_runner().invoke(args=list(words))


def token_of(app: Flask) -> str:
    with app.app_context(), unit_of_work():
        return invites.make_invite("School").token


def test_an_invite_is_shown_once_and_only_its_hash_is_kept(app: Flask, run: Run) -> None:
    done = run("registrations", "invite", "--name", "School", "--profile", "moodle", "--days", "3")
    assert done.exit_code == 0, done.output
    found = re.search(rf"{TOOL}/lti/register\?invite=([\w-]+)\n", done.output)
    assert found
    token = found[1]
    assert f"{TOOL}/lti/setup/~{token}\n" in done.output
    [invite] = rows(app, Invite)
    assert (invite.name, invite.profile, invite.used_at) == ("School", "moodle", None)
    assert timedelta(days=2, hours=23) < invite.expires_at - utcnow() < timedelta(days=3)
    assert token not in repr([getattr(invite, column.key) for column in Invite.__table__.columns])
    with app.app_context():
        assert invites.find_invite(token).id == invite.id
    assert "open until" in run("registrations", "invites").output


@on_sqlite
@pytest.mark.parametrize("token", ["", "x", "é" * 50, "\ud800", "0" * 5000])
def test_no_other_token_is_an_invite(app: Flask, token: str) -> None:
    token_of(app)
    with app.app_context():
        with pytest.raises(InviteUnusable, match="needs an invitation"):
            invites.check_usable(token)
        with pytest.raises(NotFound):
            invites.find_invite(token)


@on_sqlite
def test_an_expired_invite_registers_nothing(app: Flask, run: Run) -> None:
    token = token_of(app)
    change(app, Invite, expires_at=utcnow() - timedelta(seconds=1))
    with app.app_context():
        with pytest.raises(InviteUnusable, match="expired"):
            invites.check_usable(token)
        with pytest.raises(NotFound):
            invites.find_invite(token)
    assert "expired" in run("registrations", "invites").output


def test_a_used_invite_opens_its_page_for_as_long_as_its_registration_is_enabled(
    app: Flask, run: Run
) -> None:
    token = token_of(app)
    with app.app_context(), unit_of_work():
        invites.use(invites.hold(token).id, get_registration(1))
    change(app, Invite, expires_at=utcnow() - timedelta(days=30))
    assert "by registration 1" in run("registrations", "invites").output
    with app.app_context():
        registration = invites.find_invite(token).registration
        assert registration and registration.name == "Fake platform"
        with pytest.raises(InviteUnusable, match="has been used"):
            invites.check_usable(token)
    assert "disabled" in run("registrations", "disable", "1").output
    with app.app_context(), pytest.raises(NotFound):
        invites.find_invite(token)


def test_of_many_at_once_one_gets_the_invite(app: Flask) -> None:
    token, got = token_of(app), []
    together = threading.Barrier(6)

    def try_it() -> None:
        together.wait()
        with app.app_context():
            try:
                with unit_of_work():
                    invites.hold(token)
                got.append("held")
            except InviteUnusable as error:
                got.append(error.title)
            db.session.remove()

    threads = [threading.Thread(target=try_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == ["This invitation is being used at this moment"] * 5 + ["held"]


def test_a_hold_ends_when_released_and_by_itself(app: Flask) -> None:
    token = token_of(app)
    for _ in range(2):
        with app.app_context(), unit_of_work():
            held = invites.hold(token)
        with app.app_context(), unit_of_work():
            invites.release(held.id)
    with app.app_context(), unit_of_work():
        invites.hold(token)
    change(app, Invite, held_until=utcnow() - timedelta(seconds=1))
    with app.app_context(), unit_of_work():
        invites.hold(token)


@on_sqlite
def test_an_invite_can_be_revoked(app: Flask, run: Run) -> None:
    token = token_of(app)
    assert "Invitation 1 for School is revoked" in run("registrations", "revoke", "1").output
    with app.app_context(), pytest.raises(InviteUnusable):
        invites.check_usable(token)
    done = run("registrations", "revoke", "1")
    assert done.exit_code == 1 and "There is no invite 1" in done.output


@on_sqlite
@pytest.mark.parametrize(
    "words",
    [["--name", " "], ["--name", "x", "--profile", "webct"], ["--name", "x", "--days", "0"], []],
)
def test_a_bad_option_makes_no_invite(app: Flask, run: Run, words: list[str]) -> None:
    done = run("registrations", "invite", *words)
    assert done.exit_code != 0 and "Traceback" not in done.output
    assert rows(app, Invite) == []


@on_sqlite
def test_a_registration_is_shown_disabled_and_enabled(app: Flask, run: Run) -> None:
    shown = run("registrations", "show", "1").output
    [registration] = rows(app, Registration)
    for text in (
        registration.jwks_url,
        "client-1",
        "deployment-1",
        f"{TOOL}/lti/launch",
        "enabled",
    ):
        assert text in shown
    assert run("registrations", "disable", "1").exit_code == 0
    assert "disabled" in run("registrations", "show", "1").output
    assert run("registrations", "enable", "1").exit_code == 0
    for command in ("show", "enable", "disable"):
        done = run("registrations", command, "9")
        assert done.exit_code == 1 and "There is no registration 9" in done.output
