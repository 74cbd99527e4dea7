"""Reading notices that a platform sends by itself (Platform Notification Service 1.0).

A notice is signed and checked like a launch. It names no person, and no login of ours precedes it:
its own id, kept once, is what makes a repetition harmless.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from marshmallow import EXCLUDE, Schema, ValidationError, fields

from lti_tool.lti.claim_fields import Identifier, Identifiers, is_identifier
from lti_tool.lti.claims import CLAIM, ContextClaim, ContextSchema
from lti_tool.lti.deployments import KnownDeployment, find_deployment
from lti_tool.lti.refusals import refusal
from lti_tool.lti.registrations import KnownRegistration, find_registrations
from lti_tool.lti.tokens import TOKEN_CHARACTERS, verified_body


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A notice that passed every check; `origins` are the ids of the copied courses."""

    id: str
    type: str
    deployment: KnownDeployment
    context: ContextClaim | None = None
    origins: tuple[str, ...] = ()


class _Part(Schema):
    class Meta:
        unknown = EXCLUDE


class NoticeSchema(_Part):
    id = Identifier(required=True)
    type = Identifier(required=True)


class NoticeClaimsSchema(_Part):
    notice = fields.Nested(NoticeSchema, required=True, data_key=CLAIM + "notice")
    deployment_id = Identifier(required=True, data_key=CLAIM + "deployment_id")
    context = fields.Nested(ContextSchema, allow_none=True, data_key=CLAIM + "context")
    origins = Identifiers(data_key=CLAIM + "origin_contexts")


SCHEMA = NoticeClaimsSchema()


def read_notice(token: str) -> Notice:
    """Check everything that a notice must have; raises `LaunchRefused` with the named reason."""
    registration = _registration_of(token)
    body = verified_body(token, registration)
    if body.get(CLAIM + "version") != "1.3.0":
        raise refusal("version_wrong")
    try:
        claims: dict[str, Any] = SCHEMA.load(body)
    except ValidationError:
        raise refusal("claim_missing", "notice, deployment_id or context") from None
    deployment = find_deployment(registration.id, claims["deployment_id"])
    if deployment is None:
        raise refusal("deployment_unknown", claims["deployment_id"])
    if not deployment.approved:
        raise refusal("deployment_pending", claims["deployment_id"])
    return Notice(
        id=claims["notice"]["id"],
        type=claims["notice"]["type"],
        deployment=deployment,
        context=claims.get("context"),
        origins=claims.get("origins", ()),
    )


def _registration_of(token: str) -> KnownRegistration:
    """Whose notice it says it is; nothing else of it is believed before its signature."""
    if len(token) > TOKEN_CHARACTERS:
        raise refusal("id_token_malformed", f"{len(token)} characters")
    try:
        said: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    except (jwt.PyJWTError, RecursionError):
        raise refusal("id_token_malformed") from None
    issuer, client_id = said.get("iss"), _client_id_of(said)
    if not is_identifier(issuer) or not is_identifier(client_id):
        raise refusal("registration_unknown")
    found = find_registrations(issuer, client_id)
    if not found:
        raise refusal("registration_unknown", issuer)
    return found[0]


def _client_id_of(said: Mapping[str, Any]) -> object:
    audience = said.get("aud")
    first = audience[0] if isinstance(audience, list) and audience else audience
    return said.get("azp") or first
