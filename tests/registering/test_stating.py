"""A registration made by hand, entered by the invited administrator; believed as little."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lti_tool.lti.models import Deployment, Invite, Registration
from tests.browsers import TOOL, Browser, text_of
from tests.databases import on_sqlite, rows
from tests.platforms import FakePlatform
from tests.registering.conftest import Administrator, invite

Meet = Callable[..., Administrator]
MOODLE = {
    "profile": "moodle",
    "issuer": "https://moodle.example.edu",
    "client_id": "aBcD1efG2hIjK3l",
    "deployment_id": "1",
}
CANVAS = {
    "profile": "canvas",
    "issuer": "https://canvas.instructure.com",
    "client_id": "10000000000123",
    "deployment_id": "106:8865aa05b4b79b64a91a86042e43af5ea8ae79eb",
}


def enter(app: Flask, token: str, **form: str) -> TestResponse:
    client, path = app.test_client(), f"/lti/setup/~{token}/values"
    shown = client.get(path, base_url=TOOL, query_string={"profile": form.get("profile", "")})
    assert shown.status_code == 200 and 'aria-invalid="true"' not in shown.text
    return client.post(path, base_url=TOOL, data=form)


@pytest.mark.parametrize(
    ("form", "keys"),
    [
        (MOODLE, "https://moodle.example.edu/mod/lti/certs.php"),
        (CANVAS, "https://sso.canvaslms.com/api/lti/security/jwks"),
        (
            CANVAS | {"profile": "blackboard", "issuer": "https://blackboard.com"},
            "https://developer.blackboard.com/api/v1/management/applications/10000000000123/jwks.json",
        ),
    ],
)
def test_addresses_follow_from_what_the_platform_is(
    app: Flask, form: dict[str, str], keys: str
) -> None:
    token = invite(app)
    spaced = form | {"client_id": f" {form['client_id']}\n"}
    done = enter(app, token, **spaced)
    assert done.status_code == 303 and done.location == f"/lti/setup/~{token}"
    [registration], [deployment] = rows(app, Registration), rows(app, Deployment)
    assert (registration.jwks_url, registration.profile) == (keys, form["profile"])
    assert (registration.name, registration.client_id) == ("School", form["client_id"])
    assert (deployment.deployment_id, deployment.approved) == (form["deployment_id"], True)
    page = app.test_client().get(done.location, base_url=TOOL)
    assert "PMO Bridge is registered" in page.text
    assert enter_again(app, token).status_code == 403, "the invitation has been used"


def enter_again(app: Flask, token: str) -> TestResponse:
    return app.test_client().post(f"/lti/setup/~{token}/values", base_url=TOOL, data=MOODLE)


def stated(platform: FakePlatform) -> dict[str, str]:
    names = ("issuer", "client_id", "deployment_id", "auth_login_url", "auth_token_url", "jwks_url")
    return {"profile": "generic"} | {name: platform.registration()[name] for name in names}


@on_sqlite
def test_a_launch_follows(app: Flask, platform: FakePlatform) -> None:
    assert enter(app, invite(app), **stated(platform)).status_code == 303
    assert Browser(app, platform).launch().status_code == 409, "an instructor has to set it up"


WRONG = {
    "keys elsewhere": (
        MOODLE | {"jwks_url": "https://evil.example/jwks"},
        "same host as the issuer",
    ),
    "keys of a shared issuer": (
        CANVAS | {"jwks_url": "https://evil.example/"},
        "is on none of sso",
    ),
    "tokens of a shared issuer": (CANVAS | {"auth_token_url": "https://e.example/"}, "is on none"),
    "shared, with a slash": (
        CANVAS | {"issuer": "https://canvas.instructure.com/", "jwks_url": "https://e.example/"},
        "is on none of sso",
    ),
    "http": (MOODLE | {"issuer": "http://moodle.example.edu"}, "must be an https address"),
    "no address": (MOODLE | {"auth_login_url": "moodle"}, "must be an https address"),
    "one that does not follow": (MOODLE | {"profile": "openedx"}, "must be an https address"),
    "nothing": ({"profile": "moodle"}, "Client id is needed"),
    "blank": (MOODLE | {"deployment_id": "  "}, "Deployment id is needed"),
    "long": (MOODLE | {"client_id": "x" * 256}, "at most 255"),
    "control character": (MOODLE | {"client_id": "a\0b"}, "ordinary characters"),
    "markup": (MOODLE | {"issuer": '"><script>alert(1)</script>'}, "must be an https address"),
}


@on_sqlite
def test_what_cannot_be_believed_is_said_at_its_field(app: Flask) -> None:
    token = invite(app)
    for form, said in WRONG.values():
        refused = enter(app, token, **form)
        assert refused.status_code == 422 and said in text_of(refused.text)
        assert 'aria-invalid="true"' in refused.text and "<script>alert" not in refused.text
    assert rows(app, Registration) == []
    [kept] = rows(app, Invite)
    assert kept.used_at is None and kept.held_until is None
    assert enter(app, token, **MOODLE).status_code == 303, "the invitation is still good"


@on_sqlite
def test_what_is_registered_already_is_not_changed(
    app: Flask, platform: FakePlatform, meet: Meet
) -> None:
    """Or an invitation could take over another institution's registration."""
    meet("generic").press()
    form = stated(platform) | {"deployment_id": "mine", "auth_token_url": f"{platform.url}/mine"}
    refused = enter(app, invite(app), **form)
    assert refused.status_code == 422 and "is registered already" in refused.text
    [registration] = rows(app, Registration)
    assert registration.auth_token_url == f"{platform.url}/token"
    assert [each.deployment_id for each in rows(app, Deployment)] == ["deployment-1"]


@on_sqlite
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_enters_anything_without_an_invitation(app: Flask, method: str) -> None:
    answer = app.test_client().open(
        "/lti/setup/~wrong/values", method=method, base_url=TOOL, data=MOODLE
    )
    assert answer.status_code == 403 and rows(app, Registration) == []


@on_sqlite
def test_the_steps_lead_to_the_form(app: Flask) -> None:
    token = invite(app, profile="openedx")
    html = app.test_client().get(f"/lti/setup/~{token}", base_url=TOOL).text
    assert f"/lti/setup/~{token}/values?profile=openedx" in html
    public = app.test_client().get("/lti/setup?platform=openedx", base_url=TOOL).text
    assert "/values" not in public and "whoever operates PMO Bridge" in public
