"""Registering by one address, at every family of platform, from the platforms' own documents."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lti_tool.lti.ags import LINE_ITEM_READ_SCOPE
from lti_tool.lti.groups import GROUP_SCOPE
from lti_tool.lti.models import Deployment, Invite, Registration
from lti_tool.lti.notice_service import NOTICE_SCOPE
from tests.browsers import TOOL, Browser, text_of
from tests.databases import change, on_sqlite, rows
from tests.platforms import FakePlatform
from tests.registering.conftest import Administrator, invite
from tests.registrar import FAMILIES, TOKEN
from tests.registrar import TOOL as TOOL_PART

Meet = Callable[..., Administrator]
CANVAS = "https://canvas.instructure.com/lti/"


def stored(app: Flask) -> Registration:
    [registration] = rows(app, Registration)
    return registration


@pytest.mark.parametrize("family", FAMILIES)
def test_one_address_registers_and_a_launch_follows(
    app: Flask, platform: FakePlatform, meet: Meet, family: str
) -> None:
    administrator = meet(family)
    shown = administrator.open()
    assert shown.status_code == 200, shown.text
    assert rows(app, Registration) == [] and administrator.registrar.asked == []
    assert "Nothing has been changed yet" in shown.text and platform.url in shown.text

    done = administrator.press()
    assert done.status_code == 200 and "PMO Bridge is registered" in done.text
    registration = stored(app)
    assert (registration.issuer, registration.client_id) == (platform.url, platform.client_id)
    assert (registration.profile, registration.name) == (family, "School")
    assert registration.jwks_url == f"{platform.url}/jwks"
    [deployment] = rows(app, Deployment)
    assert (deployment.deployment_id, deployment.approved) == ("deployment-1", True)
    [used] = rows(app, Invite)
    assert used.registration_id == registration.id and used.used_at and not used.held_until
    assert Browser(app, platform).launch().status_code == 409, "an instructor has to set it up"


def request_of(administrator: Administrator, **form: str) -> dict[str, Any]:
    assert administrator.press(**form).status_code == 200
    [asked] = administrator.registrar.asked
    return asked


@on_sqlite
def test_what_every_platform_is_asked(meet: Meet) -> None:
    asked = request_of(meet("moodle"))
    assert asked["redirect_uris"] == [f"{TOOL}/lti/launch"]
    assert asked["initiate_login_uri"] == f"{TOOL}/lti/login"
    assert asked["jwks_uri"] == f"{TOOL}/lti/jwks"
    assert asked["logo_uri"] == f"{TOOL}/static/mark.png"
    assert asked["application_type"] == "web" and asked["response_types"] == ["id_token"]
    assert asked["token_endpoint_auth_method"] == "private_key_jwt"
    part = asked[TOOL_PART]
    assert part["domain"] == "tool.example" and part["target_link_uri"] == f"{TOOL}/"
    assert part["custom_parameters"] == {
        "context_id_history": "$Context.id.history",
        "resource_link_id_history": "$ResourceLink.id.history",
        "group_ids": "$Moodle.Person.userGroupIds",
    }
    assert [message["type"] for message in part["messages"]] == ["LtiDeepLinkingRequest"]
    assert part["claims"] == ["iss", "sub", "name", "given_name", "family_name", "locale"]


@on_sqlite
def test_what_canvas_is_asked(meet: Meet) -> None:
    part = request_of(meet("canvas"))[TOOL_PART]
    assert part[CANVAS + "privacy_level"] == "name_only"
    assert part["custom_parameters"]["resource_link_id_history"] == "$Activity.id.history"
    [message] = part["messages"]
    assert message["placements"] == [
        CANVAS + "assignment_selection",
        CANVAS + "link_selection",
        CANVAS + "course_assignments_menu",
        CANVAS + "module_index_menu_modal",
    ]


@on_sqlite
def test_an_older_canvas_spells_placements_bare(meet: Meet) -> None:
    administrator = meet("canvas")
    part = administrator.registrar.configuration
    platform = part["https://purl.imsglobal.org/spec/lti-platform-configuration"]
    platform["messages_supported"] = [
        {"type": "LtiDeepLinkingRequest", "placements": ["link_selection", "editor_button"]},
        {"type": "LtiSubmissionReviewRequest"},
        None,
        {"type": 7},
    ]
    messages = request_of(administrator)[TOOL_PART]["messages"]
    assert [each["type"] for each in messages] == [
        "LtiDeepLinkingRequest",
        "LtiSubmissionReviewRequest",
    ]
    assert messages[0]["placements"] == ["link_selection"]


@on_sqlite
@pytest.mark.parametrize(
    ("privacy", "level", "claims"),
    [("nothing", "anonymous", []), ("names", "name_only", ["name"])],
)
def test_the_administrator_says_what_is_told_of_people(
    meet: Meet, privacy: str, level: str, claims: list[str]
) -> None:
    part = request_of(meet("canvas"), privacy=privacy)[TOOL_PART]
    assert part[CANVAS + "privacy_level"] == level
    assert [each for each in part["claims"] if each in ("name", "email")] == claims


@on_sqlite
def test_only_scopes_that_the_platform_has_are_asked_for(meet: Meet) -> None:
    """Sakai fails a whole token request over one scope that it does not know."""
    administrator = meet("sakai")
    scopes = request_of(administrator)["scope"].split()
    assert set(scopes) <= set(administrator.registrar.configuration["scopes_supported"])
    assert LINE_ITEM_READ_SCOPE not in scopes and len(scopes) == 4


@on_sqlite
def test_notices_are_asked_for_where_there_are_any(meet: Meet) -> None:
    assert NOTICE_SCOPE in request_of(meet("canvas"))["scope"].split()
    assert NOTICE_SCOPE not in request_of(meet("moodle"))["scope"].split()


@on_sqlite
def test_groups_are_asked_for_in_each_platforms_way(meet: Meet) -> None:
    """A variable of its own, and the scope where the platform lists it."""
    asked = request_of(meet("canvas"))
    variable = asked[TOOL_PART]["custom_parameters"]["group_names"]
    assert variable == "$com.instructure.User.sectionNames" and GROUP_SCOPE not in asked["scope"]
    moodle = meet("moodle")
    moodle.registrar.configuration["scopes_supported"].append(GROUP_SCOPE)
    asked = request_of(moodle)
    variable = asked[TOOL_PART]["custom_parameters"]["group_ids"]
    assert variable == "$Moodle.Person.userGroupIds" and GROUP_SCOPE in asked["scope"].split()


@on_sqlite
def test_the_address_is_asked_as_given_and_the_token_is_sent_as_bearer_too(
    platform: FakePlatform, meet: Meet
) -> None:
    administrator = meet("canvas")
    administrator.press()
    assert f"GET /openid-configuration?registration_token={TOKEN}&account=7" in platform.requests
    assert administrator.registrar.bearers == [f"Bearer {TOKEN}"] * 2


@on_sqlite
def test_brightspace_sends_no_token_and_has_an_audience_of_its_own(app: Flask, meet: Meet) -> None:
    administrator = meet("brightspace")
    assert administrator.press().status_code == 200
    assert administrator.registrar.bearers == [None, None]
    assert stored(app).token_audience == "https://api.brightspace.com/auth/token"


@on_sqlite
@pytest.mark.parametrize(
    ("server", "audience"),
    [("https://auth.example/aud", "https://auth.example/aud"), ("sso.canvaslms.com", None)],
)
def test_the_audience_is_the_authorization_server_where_that_is_an_address(
    app: Flask, meet: Meet, server: str, audience: str | None
) -> None:
    administrator = meet("generic")
    administrator.registrar.configuration["authorization_server"] = server
    administrator.press()
    assert stored(app).token_audience == audience


@pytest.mark.parametrize(("family", "status"), [("canvas", 409), ("blackboard", 400)])
def test_a_deployment_that_is_not_named_is_the_first_that_launches(
    app: Flask, platform: FakePlatform, meet: Meet, family: str, status: int
) -> None:
    administrator = meet(family)
    administrator.registrar.deployment = None
    done = administrator.press()
    assert ("waits for approval" in done.text) is (family == "blackboard")
    assert rows(app, Deployment) == []
    browser = Browser(app, platform)
    state, nonce = browser.begin()
    token = platform.sign(platform.claims(nonce, target=f"{TOOL}/"))
    assert browser.follow(browser.finish(state, token)).status_code == status
    [deployment] = rows(app, Deployment)
    assert deployment.approved is (family == "canvas")


@on_sqlite
def test_numbers_as_ids_are_texts(app: Flask, platform: FakePlatform, meet: Meet) -> None:
    administrator = meet("moodle")
    administrator.registrar.deployment = 12
    platform.client_id = 10000000000123  # type: ignore[assignment]
    administrator.press()
    assert stored(app).client_id == "10000000000123"
    assert rows(app, Deployment)[0].deployment_id == "12"


def test_registering_again_renews(app: Flask, platform: FakePlatform, meet: Meet) -> None:
    administrator = meet("moodle")
    administrator.press()
    administrator.token = invite(app, auto_approve_deployments=True)
    administrator.registrar.configuration["token_endpoint"] = f"{platform.url}/token2"
    assert administrator.press().status_code == 200
    registration = stored(app)
    assert registration.auth_token_url == f"{platform.url}/token2"
    assert registration.auto_approve_deployments
    assert len(rows(app, Deployment)) == 1


@on_sqlite
def test_no_invite_enables_what_the_operator_disabled(app: Flask, meet: Meet) -> None:
    administrator = meet("moodle")
    administrator.press()
    change(app, Registration, enabled=False)
    administrator.token = invite(app)
    refused = administrator.press()
    assert refused.status_code == 422 and "has been disabled" in refused.text
    assert not stored(app).enabled


@on_sqlite
def test_the_operator_may_state_the_profile(app: Flask, meet: Meet) -> None:
    administrator = meet("generic", profile="sakai")
    administrator.press()
    assert stored(app).profile == "sakai"


@on_sqlite
@pytest.mark.parametrize("token", [None, "", "wrong"])
def test_without_an_invite_no_platform_is_asked(
    app: Flask, platform: FakePlatform, meet: Meet, token: str | None
) -> None:
    administrator = meet("moodle")
    for answer in (administrator.open(invite=token), administrator.press(invite=token)):
        assert answer.status_code == 403
        assert "This address needs an invitation" in answer.text
        assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
    assert platform.requests == [] and rows(app, Registration) == []


def test_a_used_invite_registers_nothing(app: Flask, meet: Meet) -> None:
    administrator = meet("moodle")
    administrator.press()
    for answer in (administrator.open(), administrator.press()):
        assert answer.status_code == 403 and "has been used" in answer.text
    assert len(administrator.registrar.asked) == 1


def test_pressed_by_many_at_once_the_platform_is_asked_once(app: Flask, meet: Meet) -> None:
    administrator, statuses = meet("moodle"), []
    together = threading.Barrier(5)

    def press() -> None:
        together.wait()
        statuses.append(administrator.press().status_code)

    threads = [threading.Thread(target=press) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 403, 403, 403, 403]
    assert len(administrator.registrar.asked) == 1 and len(rows(app, Registration)) == 1


@on_sqlite
def test_the_pages_may_be_framed_by_the_platform_alone_and_end_by_closing(
    app: Flask, platform: FakePlatform, meet: Meet
) -> None:
    administrator = meet("canvas")
    for answer in (administrator.open(), administrator.press()):
        policy = answer.headers["Content-Security-Policy"]
        assert f"frame-ancestors {platform.url} https://*.instructure.com" in policy
        assert "script-src 'self';" in policy and answer.headers["Cache-Control"] == "no-store"
    assert "/static/close.js" in answer.text and "<script>" not in answer.text
    script = (Path(app.root_path) / "static/close.js").read_text()
    assert "org.imsglobal.lti.close" in script
    assert "window.opener" in script and "window.parent" in script


@on_sqlite
def test_the_page_says_in_words_what_will_be_registered(meet: Meet) -> None:
    words = text_of(meet("canvas").open().text)
    for text in (
        "Register PMO Bridge at Example University",
        "send scores to the gradebook",
        "hear when a course that uses it is copied",
        "Invited as School",
    ):
        assert text in words, words
