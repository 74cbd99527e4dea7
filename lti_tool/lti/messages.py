"""Validates a launch (LTI 1.3 core, 5.1; Security Framework 1.0, 5.1.3): one reason a check."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError
from pylti1p3.exception import LtiException
from pylti1p3.message_validators import get_validators

from lti_tool.errors import returning_to
from lti_tool.lti.claims import CLAIM, DATA_PRIVACY, DEEP_LINKING, LaunchClaims, read_claims
from lti_tool.lti.deployments import KnownDeployment, NewDeployment, find_deployment
from lti_tool.lti.logins import Login, digest
from lti_tool.lti.refusals import refusal, refusal_by_platform
from lti_tool.lti.registrations import KnownRegistration, origin_of, tool_url
from lti_tool.lti.tokens import verified_body

MESSAGE_TYPES = (
    "LtiResourceLinkRequest",
    "LtiDeepLinkingRequest",
    "LtiSubmissionReviewRequest",
    *DATA_PRIVACY,
)


@dataclass(frozen=True)
class ValidLaunch:
    """A launch that passed every check, and the login that it ends."""

    claims: LaunchClaims
    deployment: KnownDeployment
    login: Login


def validate(form: Mapping[str, str], login: Login) -> ValidLaunch:
    """Check everything that a launch must have; raises `LaunchRefused` with the named reason.

    Reads only: `consume` ends the login within the unit of work that enters the launch. Raises
    `NewDeployment` when nothing is wrong but that the installation was never seen.
    """
    registration = login.registration
    if registration is None or not registration.enabled:
        raise refusal("registration_unknown")
    if form.get("error"):
        raise refusal_by_platform(form)
    body = verified_body(form.get("id_token", ""), registration)
    if not hmac.compare_digest(login.nonce_hash or "", digest(str(body.get("nonce")))):
        raise refusal("nonce_wrong")
    claims = _checked_claims(body)
    with returning_to(claims.presentation.return_url):
        return ValidLaunch(claims, _deployment_of(registration, claims), login)


def _deployment_of(registration: KnownRegistration, claims: LaunchClaims) -> KnownDeployment:
    """The installation that the launch comes from, if it may launch what it names."""
    if origin_of(claims.target_link_uri) != origin_of(tool_url("/")):
        raise refusal("foreign_target")
    deployment = find_deployment(registration.id, claims.deployment_id)
    if deployment is None:
        raise NewDeployment(registration, claims.deployment_id)
    if not deployment.approved:
        raise refusal("deployment_pending", claims.deployment_id)
    return deployment


def _names(error: ValidationError) -> str:
    """The claims at fault, without their long prefixes."""
    faults: dict[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]
    return ", ".join(sorted(name.rsplit("/", 1)[-1] for name in faults))


def _checked_claims(body: Mapping[str, Any]) -> LaunchClaims:
    """What the message itself must say (LTI 1.3 core, 5.3)."""
    if body.get(CLAIM + "version") != "1.3.0":
        raise refusal("version_wrong")
    message_type = body.get(CLAIM + "message_type")
    if message_type not in MESSAGE_TYPES:
        raise refusal("message_type_unknown", str(message_type)[:100])
    if not body.get("sub"):
        raise refusal("anonymous")
    _check_takes_links(body)
    return _read_message(body)


def _check_takes_links(body: Mapping[str, Any]) -> None:
    """A place in the platform that takes files only, say, has no use for us (Deep Linking 2.0)."""
    settings = body.get(DEEP_LINKING)
    types = settings.get("accept_types") if isinstance(settings, dict) else None
    if isinstance(types, list) and "ltiResourceLink" not in types:
        raise refusal("links_not_taken")


def _read_message(body: Mapping[str, Any]) -> LaunchClaims:
    """Our own reading of the claims, and pylti1p3's check of what the message type demands.

    A data privacy launch may say less or more than the library allows: we use its person only.
    """
    said = {name: value for name, value in body.items() if value is not None}
    try:
        claims = read_claims(said)
        for validator in get_validators():
            if validator.can_validate(said) and claims.message_type not in DATA_PRIVACY:
                validator.validate(said)
    except ValidationError as error:
        raise refusal("claim_missing", _names(error)) from None
    except LtiException as error:
        raise refusal("claim_missing", str(error)) from None
    return claims
