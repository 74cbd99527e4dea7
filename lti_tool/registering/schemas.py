"""What the registration pages are sent: by a platform in the address, by a person in a form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load, validate

from lti_tool.lti.tool_configuration import PRIVACY

ADDRESS_CHARACTERS = 4000
TOKEN_CHARACTERS = 10_000


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
