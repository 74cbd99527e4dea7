"""id_token claims -> `LaunchClaims` (LTI 1.3 core, 5.3 and 5.4).

Unknown claims are passed over: platforms add their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load

from lti_tool.lti.claim_fields import (
    Flag,
    Identifier,
    Identifiers,
    Locale,
    Members,
    Text,
    Texts,
    WebAddress,
)
from lti_tool.lti.targets import Target, read_target

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
AGS_ENDPOINT = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
NRPS_SERVICE = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
GROUP_SERVICE = "https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice"
NOTICE_SERVICE = CLAIM + "platformnotificationservice"
BRIGHTSPACE = "http://www.brightspace.com"
DATA_PRIVACY = ("DataPrivacyLaunchRequest", "LtiDataPrivacyLaunchRequest")
"""The message type of the draft, and how some platforms spell it."""


@dataclass(frozen=True, kw_only=True)
class ContextClaim:
    id: str
    label: str = ""
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class ResourceLinkClaim:
    id: str
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class PresentationClaim:
    document_target: str = ""
    return_url: str = ""
    locale: str = ""


@dataclass(frozen=True, kw_only=True)
class AgsClaim:
    """AGS 2.0, 3.1: which services there are; `lineitem` only when the link has exactly one."""

    scope: tuple[str, ...] = ()
    lineitems: str = ""
    lineitem: str = ""


@dataclass(frozen=True, kw_only=True)
class DeepLinkingClaim:
    """What the platform lets a person place (Deep Linking 2.0, 3.4.1).

    `accept_lineitem` and `auto_create` (whether links are saved without another question) are None
    where the platform does not say; `data` must go back as it came.
    """

    return_url: str
    accept_multiple: bool = False
    accept_lineitem: bool | None = None
    auto_create: bool | None = None
    document_targets: tuple[str, ...] = ()
    data: Any = None


@dataclass(frozen=True, kw_only=True)
class NoticeServiceClaim:
    """Where the platform takes addresses for notices, and which types it sends."""

    url: str = ""
    scope: tuple[str, ...] = ()
    types: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LaunchClaims:
    """A validated launch. Empty text means that the platform did not say.

    `resource_link` is None in a deep linking request, `deep_linking` in every other; `for_user`
    is the id of the person whose work is to be reviewed or whose data is asked about, `mentees` of
    those a mentor looks after; `family` is the platform's product, in lower case. `name` may be
    what the platform calls somebody who has no name there. An e-mail address is not read: nothing
    here needs one.
    """

    message_type: str
    deployment_id: str
    sub: str
    roles: tuple[str, ...]
    target_link_uri: str
    target: Target = field(default_factory=Target)
    resource_link: ResourceLinkClaim | None = None
    deep_linking: DeepLinkingClaim | None = None
    for_user: str = ""
    mentees: tuple[str, ...] = ()
    context: ContextClaim | None = None
    presentation: PresentationClaim = field(default_factory=PresentationClaim)
    ags: AgsClaim = field(default_factory=AgsClaim)
    memberships_url: str = ""
    groups_url: str = ""
    notices: NoticeServiceClaim = field(default_factory=NoticeServiceClaim)
    family: str = ""
    custom: Mapping[str, Any] = field(default_factory=dict)
    brightspace: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    given_name: str = ""
    family_name: str = ""
    locale: str = ""


class _Part(Schema):
    class Meta:
        unknown = EXCLUDE


class ContextSchema(_Part):
    id = Identifier(required=True)
    label = Text(allow_none=True)
    title = Text(allow_none=True)

    @post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> ContextClaim:
        return ContextClaim(**_said(data))


class ResourceLinkSchema(_Part):
    id = Identifier(required=True)
    title = Text(allow_none=True)

    @post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> ResourceLinkClaim:
        return ResourceLinkClaim(**_said(data))


class PresentationSchema(_Part):
    document_target = Text(allow_none=True)
    return_url = WebAddress(allow_none=True)
    locale = Locale(allow_none=True)

    @post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> PresentationClaim:
        return PresentationClaim(**_said(data))


class AgsSchema(_Part):
    scope = Texts()
    lineitems = WebAddress(allow_none=True)
    lineitem = WebAddress(allow_none=True)

    @post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> AgsClaim:
        return AgsClaim(**_said(data))


class DeepLinkingSchema(_Part):
    return_url = WebAddress(required=True, data_key="deep_link_return_url")
    accept_multiple = Flag()
    accept_lineitem = Flag()
    sakai_lineitem = Flag(data_key="https://www.sakailms.org/spec/lti-dl/accept_lineitem")
    moodle_lineitem = Flag(data_key="https://www.moodle.org/spec/lti-dl/accept_lineitem")
    auto_create = Flag()
    document_targets = Texts(data_key="accept_presentation_document_targets")
    data = fields.Raw(allow_none=True)

    @post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> DeepLinkingClaim:
        if not data["return_url"]:
            raise ValidationError("Is no web address.", "deep_link_return_url")
        older = [data.pop(name, None) for name in ("sakai_lineitem", "moodle_lineitem")]
        said = [data.pop("accept_lineitem", None), *older]
        lineitem = next((flag for flag in said if flag is not None), None)
        return DeepLinkingClaim(accept_lineitem=lineitem, **_said(data))


class ForUserSchema(_Part):
    """Data privacy launches say `id` where submission reviews say `user_id`."""

    user_id = Identifier()
    id = Identifier()

    @post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> str:
        if not data:
            raise ValidationError("Names nobody.", "user_id")
        return str(data.get("user_id") or data["id"])


class PlatformSchema(_Part):
    product_family_code = Text(allow_none=True)


class NrpsSchema(_Part):
    context_memberships_url = WebAddress(allow_none=True)


class GroupServiceSchema(_Part):
    context_groups_url = WebAddress(allow_none=True)


class NoticeServiceSchema(_Part):
    url = WebAddress(allow_none=True, data_key="platform_notification_service_url")
    scope = Texts()
    types = Texts(data_key="notice_types_supported")

    @post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> NoticeServiceClaim:
        return NoticeServiceClaim(**_said(data))


class LaunchClaimsSchema(_Part):
    message_type = Identifier(required=True, data_key=CLAIM + "message_type")
    deployment_id = Identifier(required=True, data_key=CLAIM + "deployment_id")
    sub = Identifier(required=True)
    roles = Texts(required=True, data_key=CLAIM + "roles")
    target_link_uri = fields.String(required=True, data_key=CLAIM + "target_link_uri")
    resource_link = fields.Nested(
        ResourceLinkSchema, allow_none=True, data_key=CLAIM + "resource_link"
    )
    deep_linking = fields.Nested(DeepLinkingSchema, allow_none=True, data_key=DEEP_LINKING)
    for_user = fields.Nested(ForUserSchema, allow_none=True, data_key=CLAIM + "for_user")
    mentees = Identifiers(allow_none=True, data_key=CLAIM + "role_scope_mentor")
    context = fields.Nested(ContextSchema, allow_none=True, data_key=CLAIM + "context")
    presentation = fields.Nested(
        PresentationSchema, allow_none=True, data_key=CLAIM + "launch_presentation"
    )
    ags = fields.Nested(AgsSchema, allow_none=True, data_key=AGS_ENDPOINT)
    platform = fields.Nested(PlatformSchema, allow_none=True, data_key=CLAIM + "tool_platform")
    nrps = fields.Nested(NrpsSchema, allow_none=True, data_key=NRPS_SERVICE)
    groups = fields.Nested(GroupServiceSchema, allow_none=True, data_key=GROUP_SERVICE)
    notices = fields.Nested(NoticeServiceSchema, allow_none=True, data_key=NOTICE_SERVICE)
    custom = fields.Dict(allow_none=True, data_key=CLAIM + "custom")
    brightspace = Members(data_key=BRIGHTSPACE)
    name = Text(allow_none=True)
    given_name = Text(allow_none=True)
    family_name = Text(allow_none=True)
    preferred_username = Text(allow_none=True)
    locale = Locale(allow_none=True)

    @post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> LaunchClaims:
        platform, nrps, groups = (
            data.pop(name, None) or {} for name in ("platform", "nrps", "groups")
        )
        target = read_target(data["target_link_uri"])
        for_user = data.pop("for_user", None) or ""
        username = data.pop("preferred_username", None) or ""
        if not any(data.get(name) for name in ("name", "given_name", "family_name")):
            data["name"] = username
        return LaunchClaims(
            target=target,
            for_user=for_user or (target.for_user if target.is_submission else ""),
            family=(platform.get("product_family_code") or "").lower(),
            memberships_url=nrps.get("context_memberships_url") or "",
            groups_url=groups.get("context_groups_url") or "",
            **_said(data),
        )


def _said(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value is not None}


SCHEMA = LaunchClaimsSchema()


def read_claims(body: Mapping[str, Any]) -> LaunchClaims:
    """Raises `marshmallow.ValidationError`, whose messages name the claims at fault."""
    claims: LaunchClaims = SCHEMA.load(body)
    return claims
