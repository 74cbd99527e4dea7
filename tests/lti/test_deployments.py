"""Installations that nobody announced: pending, approved by a person or by a rule."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import delete
from werkzeug.test import TestResponse

from lti_tool.db import unit_of_work
from lti_tool.lti.models import Deployment, Registration
from tests.browsers import TOOL, Browser
from tests.databases import change, on_sqlite, rows
from tests.lti.refused import assert_refused
from tests.platforms import CLAIM, FakePlatform


def launch_from_new(browser: Browser, deployment_id: str = "deployment-2") -> int:
    """Launch from an installation that was never seen; returns the status."""
    return launch_answer(browser, deployment_id).status_code


def launch_answer(browser: Browser, deployment_id: str = "deployment-2") -> TestResponse:
    state, nonce = browser.begin()
    new = {CLAIM + "deployment_id": deployment_id}
    claims = browser.platform.claims(nonce, target=f"{TOOL}/", **new)
    return browser.finish(state, browser.platform.sign(claims))


def approved(app: Flask) -> dict[str, bool]:
    return {each.deployment_id: each.approved for each in rows(app, Deployment)}


def test_a_new_installation_waits_for_approval_and_then_launches(
    app: Flask, browser: Browser
) -> None:
    run = app.test_cli_runner().invoke
    for _ in range(2):
        answer = launch_answer(browser)
        row = assert_refused(answer, app, "deployment_pending")
        assert "waits for approval" in answer.text and row.detail == "deployment-2"
    assert approved(app) == {"deployment-1": True, "deployment-2": False}
    listed = run(args=["registrations", "pending"]).output
    assert "registrations approve 1 deployment-2" in listed
    assert "deployment-2 (pending)" in run(args=["registrations", "list"]).output
    done = run(args=["registrations", "approve", "1", "deployment-2"])
    assert done.exit_code == 0 and "may launch" in done.output
    assert launch_from_new(browser) == 303
    assert run(args=["registrations", "pending"]).output == ""


def test_a_registration_can_approve_by_itself(app: Flask, browser: Browser) -> None:
    change(app, Registration, auto_approve_deployments=True)
    assert launch_from_new(browser) == 303
    assert approved(app) == {"deployment-1": True, "deployment-2": True}


@pytest.mark.parametrize(("profile", "status"), [("canvas", 303), ("blackboard", 400)])
@on_sqlite
def test_the_first_installation_is_the_invited_one_unless_all_share_the_client_id(
    app: Flask, browser: Browser, profile: str, status: int
) -> None:
    change(app, Registration, profile=profile)
    with app.app_context(), unit_of_work() as session:
        session.execute(delete(Deployment))
    assert launch_from_new(browser) == status
    assert approved(app) == {"deployment-2": status == 303}


@on_sqlite
def test_an_installation_is_only_taken_from_a_launch_that_is_valid(
    app: Flask, browser: Browser, platform: FakePlatform
) -> None:
    state, nonce = browser.begin()
    forged = platform.sign(
        platform.claims(nonce, target=f"{TOOL}/", **{CLAIM + "deployment_id": "deployment-2"})
        | {"aud": "other"}
    )
    assert_refused(browser.finish(state, forged), app, "audience_wrong")
    assert approved(app) == {"deployment-1": True}


@on_sqlite
def test_approving_what_is_not_there_is_one_line(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["registrations", "approve", "1", "nothing"])
    assert done.exit_code == 1 and "registrations pending" in done.output


@on_sqlite
def test_a_platform_cannot_fill_the_database_with_installations(
    app: Flask, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lti_tool.lti.deployments.PENDING_PER_REGISTRATION", 1)
    assert launch_from_new(browser, "deployment-2") == 400
    assert_refused(launch_answer(browser, "deployment-3"), app, "deployment_unknown")
    assert approved(app) == {"deployment-1": True, "deployment-2": False}
    change(app, Registration, auto_approve_deployments=True)
    assert launch_from_new(browser, "deployment-3") == 303, "what is approved is not counted"
