"""What the tool asks of a platform: addresses, messages, scopes, claims, custom parameters.

One description, in the two shapes that platforms take: the request of a dynamic registration
(Dynamic Registration 1.0, 3.4), and Canvas's JSON configuration for a developer key.
"""

from __future__ import annotations

from typing import Any

from lti_tool.lti.ags import LINE_ITEM_READ_SCOPE, LINE_ITEM_SCOPE, RESULT_SCOPE, SCORE_SCOPE
from lti_tool.lti.groups import GROUP_SCOPE
from lti_tool.lti.notice_service import NOTICE_SCOPE
from lti_tool.lti.nrps import MEMBERSHIP_SCOPE
from lti_tool.lti.openid_configuration import CANVAS, PlatformConfiguration
from lti_tool.lti.profiles import PROFILES, Profile
from lti_tool.lti.registrations import host_of, tool_url

TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
NAME = "PMO Bridge"
DESCRIPTION = (
    "Short lessons and quizzes on the way from project manager to PMO leader. Scores arrive in "
    "the gradebook by themselves."
)
SCOPES = {
    LINE_ITEM_SCOPE: "make and change its own columns in the gradebook",
    LINE_ITEM_READ_SCOPE: "see its own columns in the gradebook",
    RESULT_SCOPE: "read back the scores that it sent",
    SCORE_SCOPE: "send scores to the gradebook",
    MEMBERSHIP_SCOPE: "see who is in a course that uses it",
    GROUP_SCOPE: "see what the groups of a course that uses it are called",
    NOTICE_SCOPE: "hear when a course that uses it is copied",
}
"""Every scope that the tool uses, in words for the administrator who grants it."""
OPTIONAL_SCOPES = {GROUP_SCOPE, NOTICE_SCOPE}
"""Asked for only where the platform says that it has them."""
FOREIGN_TO_CANVAS = {GROUP_SCOPE}
"""Its sections come with each launch; a key with a scope that it does not know is refused."""
DEEP_LINKING = "LtiDeepLinkingRequest"
FURTHER_MESSAGES = ("LtiSubmissionReviewRequest", "LtiDataPrivacyLaunchRequest")
PRIVACY: dict[str, tuple[str, tuple[str, ...]]] = {
    "names": ("name_only", ("name", "given_name", "family_name")),
    "nothing": ("anonymous", ()),
}
"""What a platform may tell of people: Canvas's name for it, and the claims.

No page of ours shows an e-mail address, so none is asked for.
"""
FRAME_WIDTH, FRAME_HEIGHT = 900, 700


def addresses() -> dict[str, str]:
    """The addresses that every platform asks for."""
    return {
        "target_link_uri": tool_url("/"),
        "initiate_login_uri": tool_url("/lti/login"),
        "redirect_uri": tool_url("/lti/launch"),
        "jwks_uri": tool_url("/lti/jwks"),
        "logo_uri": tool_url("/static/mark.png"),
        "domain": host_of(tool_url("/")),
    }


def scopes_for(configuration: PlatformConfiguration) -> list[str]:
    """What is asked for: one that a platform does not know can fail the whole request."""
    if not configuration.scopes:
        return [scope for scope in SCOPES if scope not in OPTIONAL_SCOPES]
    return [scope for scope in SCOPES if scope in configuration.scopes]


def powers_at(configuration: PlatformConfiguration) -> list[str]:
    """The same in words."""
    return [SCOPES[scope] for scope in scopes_for(configuration)]


def placements_for(configuration: PlatformConfiguration, profile: Profile) -> list[str]:
    """Our placements as this platform spells them: bare, or with a prefix, as it lists them."""
    listed = configuration.messages.get(DEEP_LINKING, ())
    found = (
        each for wanted in profile.placements for each in listed if each.split("/")[-1] == wanted
    )
    return list(dict.fromkeys(found))


def registration_request(
    configuration: PlatformConfiguration, profile_name: str, privacy: str
) -> dict[str, Any]:
    """The body of the registration. `privacy` is one of `PRIVACY`.

    A plain launch needs no message: every platform implies it from `target_link_uri`.
    """
    profile, ours = PROFILES[profile_name], addresses()
    level, claims = PRIVACY[privacy]
    tool: dict[str, Any] = {
        "domain": ours["domain"],
        "description": DESCRIPTION,
        "target_link_uri": ours["target_link_uri"],
        "custom_parameters": profile.variables,
        "claims": ["iss", "sub", *claims, "locale"],
        "messages": _messages(configuration, profile),
    }
    if profile_name == "canvas":
        tool[CANVAS + "privacy_level"] = level
    return {
        "application_type": "web",
        "client_name": NAME,
        "client_uri": tool_url("/lti/setup"),
        "logo_uri": ours["logo_uri"],
        "grant_types": ["client_credentials", "implicit"],
        "response_types": ["id_token"],
        "initiate_login_uri": ours["initiate_login_uri"],
        "redirect_uris": [ours["redirect_uri"]],
        "jwks_uri": ours["jwks_uri"],
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(scopes_for(configuration)),
        TOOL: tool,
    }


def _messages(configuration: PlatformConfiguration, profile: Profile) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    if not configuration.messages or DEEP_LINKING in configuration.messages:
        placements = placements_for(configuration, profile)
        messages.append(_message(DEEP_LINKING) | ({"placements": placements} if placements else {}))
    further = (kind for kind in FURTHER_MESSAGES if kind in configuration.messages)
    return messages + [_message(kind) for kind in further]


def _message(kind: str) -> dict[str, Any]:
    return {
        "type": kind,
        "target_link_uri": addresses()["target_link_uri"],
        "label": NAME,
        "icon_uri": addresses()["logo_uri"],
    }


def canvas_configuration(privacy: str = "names") -> dict[str, Any]:
    """Canvas's JSON for a developer key, to be pasted as an address or as text."""
    profile, ours = PROFILES["canvas"], addresses()
    size = {"selection_width": FRAME_WIDTH, "selection_height": FRAME_HEIGHT}
    placements = [
        {
            "placement": placement,
            "message_type": DEEP_LINKING,
            "target_link_uri": ours["target_link_uri"],
            "text": NAME,
            "icon_url": ours["logo_uri"],
            "enabled": True,
            **size,
        }
        for placement in profile.placements
    ]
    extension = {
        "platform": "canvas.instructure.com",
        "domain": ours["domain"],
        "tool_id": "pmo-bridge",
        "privacy_level": PRIVACY[privacy][0],
        "settings": {
            "text": NAME,
            "icon_url": ours["logo_uri"],
            **size,
            "placements": placements,
        },
    }
    return {
        "title": NAME,
        "description": DESCRIPTION,
        "oidc_initiation_url": ours["initiate_login_uri"],
        "target_link_uri": ours["target_link_uri"],
        "public_jwk_url": ours["jwks_uri"],
        "scopes": [scope for scope in SCOPES if scope not in FOREIGN_TO_CANVAS],
        "custom_fields": profile.variables,
        "extensions": [extension],
    }
