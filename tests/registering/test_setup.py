"""The setup page: values to paste for every platform, and how far an invitation has come."""

from __future__ import annotations

import json
from collections.abc import Callable

from flask import Flask

from lti_tool.lti.groups import GROUP_SCOPE
from lti_tool.lti.models import Deployment
from lti_tool.lti.profiles import PROFILES
from tests.browsers import TOOL, text_of
from tests.databases import change, on_sqlite
from tests.registering.conftest import Administrator
from tests.registrar import recorded

pytestmark = on_sqlite
Meet = Callable[..., Administrator]


def page(app: Flask, path: str, status: int = 200) -> str:
    answer = app.test_client().get(path, base_url=TOOL)
    assert answer.status_code == status
    return answer.text


def test_every_platform_has_its_steps_and_the_values_to_paste(app: Flask) -> None:
    for name, profile in PROFILES.items():
        html = page(app, f"/lti/setup?platform={name}")
        values = [f"{TOOL}/lti/launch"]
        values += [f"{TOOL}/lti/canvas.json"] if name == "canvas" else [f"{TOOL}/lti/jwks"]
        for value in values:
            assert f">{value}</code>" in html
        assert 'aria-current="page">' + profile.label in html
        assert "may tell of people" in html and "<script>" not in html


def test_an_unknown_platform_shows_the_first(app: Flask) -> None:
    for name in ("", "webct", "../base", "<script>"):
        assert 'aria-current="page">Moodle' in page(app, f"/lti/setup?platform={name}")


def test_the_page_follows_an_invitation(app: Flask, meet: Meet) -> None:
    administrator = meet("canvas")
    path = f"/lti/setup/~{administrator.token}"
    invited = page(app, path)
    assert f"{TOOL}/lti/register?invite={administrator.token}" in invited
    assert "You are invited" in invited and "at School" in invited

    administrator.registrar.deployment = None
    administrator.press()
    registered = page(app, path)
    assert "PMO Bridge is registered" in registered and "client-1" in registered
    assert "has not named its installation yet" in registered
    assert 'aria-current="page">Canvas' in registered, "the platform that it turned out to be"
    assert "register?invite" not in registered, "it cannot be used again"
    assert f'href="{path}/check"' in registered
    page(app, f"{path}/check")


def test_the_page_says_what_waits_for_approval(app: Flask, meet: Meet) -> None:
    administrator = meet("moodle")
    administrator.press()
    path = f"/lti/setup/~{administrator.token}"
    assert "may open" in page(app, path)
    change(app, Deployment, approved=False)
    assert "waits for approval" in page(app, path)


def test_no_other_token_opens_a_page(app: Flask) -> None:
    for token in ("x", "%00", "%ff", "a/b"):
        page(app, f"/lti/setup/~{token}", 404)


def test_canvas_reads_its_configuration_by_address(app: Flask) -> None:
    """The same members as in a configuration that Canvas is known to take."""
    ours, known = json.loads(page(app, "/lti/canvas.json")), recorded("canvas_tool_config")
    assert ours.keys() == known.keys()
    [extension], [model] = ours["extensions"], known["extensions"]
    assert extension.keys() == model.keys() and extension["platform"] == model["platform"]
    assert extension["settings"].keys() == model["settings"].keys()
    placements = {each["placement"]: each for each in extension["settings"]["placements"]}
    assert {"assignment_selection", "link_selection"} <= placements.keys()
    for placement in placements.values():
        assert placement["message_type"] == "LtiDeepLinkingRequest"
        assert placement["target_link_uri"] == f"{TOOL}/"
    assert ours["public_jwk_url"] == f"{TOOL}/lti/jwks"
    assert set(known["scopes"]) <= set(ours["scopes"]) and GROUP_SCOPE not in ours["scopes"]
    assert ours["custom_fields"]["group_names"] == "$com.instructure.User.sectionNames"
    assert ours["custom_fields"]["resource_link_id_history"] == "$Activity.id.history"
    assert text_of(ours["description"]) == ours["description"]
