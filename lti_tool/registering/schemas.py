"""What the registration pages are sent: by a platform in the address, by a person in a form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import (
    EXCLUDE,
    Schema,
    ValidationError,
    fields,
    post_load,
    validate,
    validates_schema,
)

from lti_tool.lti.claim_fields import UNSTORABLE
from lti_tool.lti.profiles import PROFILES
from lti_tool.lti.stated_registration import StatedValues
from lti_tool.lti.tool_configuration import PRIVACY

ADDRESS_CHARACTERS = 4000
TOKEN_CHARACTERS = 10_000
PASTED_CHARACTERS = 255


@dataclass(frozen=True, kw_only=True)
class Initiation:
    """What begins a registration (Dynamic Registration 1.0, 3.2), and our own invite."""

    invite: str = ""
    openid_configuration: str = ""
    registration_token: str = ""
    privacy: str = "names"


class InitiationSchema(Schema):
    """Platforms may add what they like; everything here may be missing, and is then refused."""

    class Meta:
        unknown = EXCLUDE

    invite = fields.String()
    openid_configuration = fields.String(validate=validate.Length(max=ADDRESS_CHARACTERS))
    registration_token = fields.String(
        validate=[validate.Length(max=TOKEN_CHARACTERS), validate.Regexp(r"[\x21-\x7e]*\Z")]
    )
    privacy = fields.String(validate=validate.OneOf(PRIVACY))

    @post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> Initiation:
        return Initiation(**data)


class Pasted(fields.String):
    """A text of at most 255 characters, without the blanks that come along when it is copied."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, *args, **kwargs)).strip()
        if len(text) > PASTED_CHARACTERS or UNSTORABLE.search(text):
            raise ValidationError(f"must have at most {PASTED_CHARACTERS} ordinary characters")
        return text


class StatedSchema(Schema):
    """The values that an administrator copies from the platform's pages."""

    profile = fields.String(required=True, validate=validate.OneOf(PROFILES))
    issuer = Pasted(load_default="")
    client_id = Pasted(load_default="")
    deployment_id = Pasted(load_default="")
    auth_login_url = Pasted()
    auth_token_url = Pasted()
    jwks_url = Pasted()

    @validates_schema
    def check_given(self, data: dict[str, Any], **kwargs: Any) -> None:
        missing = [name for name in ("issuer", "client_id", "deployment_id") if not data.get(name)]
        if missing:
            raise ValidationError({name: ["is needed"] for name in missing})

    @post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> StatedValues:
        return StatedValues(**data)
