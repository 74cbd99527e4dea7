"""What a platform says about itself before the tool registers (Dynamic Registration 1.0, 3.3).

An issuer is believed when its own host serves the configuration, or, where many institutions
share an issuer, when every endpoint lies on the hosts that are known to be its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validates_schema

from lti_tool.lti.claim_fields import Identifier, Text, Texts
from lti_tool.lti.issuers import endpoints_elsewhere, own_hosts
from lti_tool.lti.profiles import PROFILES, Profile, profile_of_family
from lti_tool.lti.registrations import host_of, may_be_called, origin_of

PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"
CANVAS = "https://canvas.instructure.com/lti/"
URL_CHARACTERS = 2000
PLAIN = re.compile(r"[\x21-\x7e]+")
MESSAGES = 50


@dataclass(frozen=True, kw_only=True)
class PlatformConfiguration:
    """A configuration that may be acted upon. Empty means that the platform did not say.

    `messages` maps each supported message type to the placements in which it can be offered.
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    registration_endpoint: str
    authorization_server: str = ""
    scopes: tuple[str, ...] = ()
    family: str = ""
    version: str = ""
    account_name: str = ""
    messages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return host_of(self.issuer)

    def profile_name(self, stated: str | None) -> str:
        """The profile that the operator stated, or the one that fits what the platform says."""
        return stated or profile_of_family(self.family)

    def profile(self, stated: str | None) -> Profile:
        return PROFILES[self.profile_name(stated)]


class Endpoint(fields.Field[str]):
    """An address that the tool or the browser is to call: https, or on a trusted origin."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or len(value) > URL_CHARACTERS or not is_plain(value):
            raise ValidationError("is no https address")
        return value


def is_plain(url: str) -> bool:
    """An address that the tool may call, without blanks, control characters or a user's name."""
    return may_be_called(url) and bool(PLAIN.fullmatch(url)) and "@" not in urlsplit(url).netloc


class Messages(fields.Field[Mapping[str, tuple[str, ...]]]):
    """Message types as texts (older Moodle) or as objects with `type` and `placements`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        found: dict[str, tuple[str, ...]] = {}
        for member in value[:MESSAGES] if isinstance(value, list) else []:
            said = {"type": member} if isinstance(member, str) else member
            if isinstance(said, dict) and isinstance(said.get("type"), str):
                placements = Texts().deserialize(said.get("placements") or [])
                found[said["type"]] = found.get(said["type"], ()) + placements
        return found


class _Part(Schema):
    class Meta:
        unknown = EXCLUDE


class PlatformPartSchema(_Part):
    family = Text(data_key="product_family_code")
    version = Text()
    account_name = Text(data_key=CANVAS + "account_name")
    messages = Messages(data_key="messages_supported")


class PlatformConfigurationSchema(_Part):
    issuer = Identifier(required=True)
    authorization_endpoint = Endpoint(required=True)
    token_endpoint = Endpoint(required=True)
    jwks_uri = Endpoint(required=True)
    registration_endpoint = Endpoint(required=True)
    authorization_server = Text()
    scopes = Texts(data_key="scopes_supported")
    platform = fields.Nested(PlatformPartSchema, data_key=PLATFORM)

    @validates_schema
    def check_issuer(self, data: dict[str, Any], **kwargs: Any) -> None:
        if not is_plain(data["issuer"]):
            raise ValidationError("is no https address", "issuer")

    @post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> PlatformConfiguration:
        said = data.pop("platform", {})
        return PlatformConfiguration(**data, **said)


SCHEMA = PlatformConfigurationSchema()


def read_configuration(body: Any, url: str) -> PlatformConfiguration:
    """The configuration served at `url`; raises `ValidationError` naming each member at fault."""
    configuration: PlatformConfiguration = SCHEMA.load(body)
    _check_whose_it_is(configuration, url)
    return configuration


def _check_whose_it_is(configuration: PlatformConfiguration, url: str) -> None:
    served_by = origin_of(url)
    elsewhere = f"is not on {served_by}, where the configuration is"
    shared = own_hosts(configuration.issuer)
    if not shared and origin_of(configuration.issuer) != served_by:
        raise ValidationError(elsewhere, "issuer")
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    endpoints = {name: getattr(configuration, name) for name in names}
    for name, fault in endpoints_elsewhere(configuration.issuer, endpoints).items():
        raise ValidationError(fault, name)
    allowed = {served_by, *(f"https://{host}" for host in shared)}
    if shared and origin_of(configuration.registration_endpoint) not in allowed:
        raise ValidationError(elsewhere, "registration_endpoint")
