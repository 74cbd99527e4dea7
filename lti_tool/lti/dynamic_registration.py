"""Registering the tool at a platform by asking the platform itself (Dynamic Registration 1.0).

Everything that a platform answers is bounded in size and time (`connector`), read through a schema
and, where it refuses, quoted to the administrator in its own words.
"""

from __future__ import annotations

import json
import logging
import re
from typing import Any

import requests
from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load

from lti_tool.db import find
from lti_tool.errors import ToolError
from lti_tool.lti import tool_configuration
from lti_tool.lti.claim_fields import UNSTORABLE, Identifier
from lti_tool.lti.connector import UNREADABLE, as_platform_error, connector
from lti_tool.lti.models import Invite, Registration
from lti_tool.lti.openid_configuration import PlatformConfiguration, read_configuration
from lti_tool.lti.registrations import (
    NewRegistration,
    add_registration,
    host_of,
    may_be_called,
    origin_of,
)

log = logging.getLogger(__name__)
QUOTED_CHARACTERS = 200
READ_BYTES = 20_000
MARKUP = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE)


class RegistrationFailed(ToolError):
    """The registration came to nothing; the text is for the administrator who tries it."""

    status = 422
    title = "The tool was not registered"


def _failed(what: str) -> RegistrationFailed:
    again = "Nothing was stored here; your invitation is still good."
    return RegistrationFailed(advice=f"{what} {again}")


def discover(url: str, registration_token: str) -> PlatformConfiguration:
    """Fetch and check the platform's configuration, at the address exactly as it was given.

    Some platforms take the token from its query, others as a Bearer token. Raises
    `RegistrationFailed` with one line.
    """
    if not url or not may_be_called(url):
        raise _failed(
            "The platform has to say where its configuration is, at an https address. Paste the "
            "registration address into the platform; opening it yourself does nothing."
        )
    host = host_of(url)
    response = _ask("GET", url, registration_token)
    if response.status_code != 200:
        raise _failed(f"{host} did not give its configuration. {_quoted(response)}")
    try:
        return read_configuration(_json(response, host), url)
    except ValidationError as error:
        raise _failed(f"The configuration of {host} cannot be used: {_named(error)}.") from None


def _ask(method: str, url: str, registration_token: str, body: Any = None) -> requests.Response:
    headers = {"Accept": "application/json"}
    if registration_token:
        headers["Authorization"] = f"Bearer {registration_token}"
    try:
        response = connector().session.request(
            method, url, headers=headers, json=body, allow_redirects=False
        )
    except (requests.exceptions.RequestException, *UNREADABLE) as error:
        log.warning("registration: %s did not answer", origin_of(url))
        raise _failed(f"{origin_of(url)}: {as_platform_error(error)}") from error
    log.info("registration: %s answered %s to %s", origin_of(url), response.status_code, method)
    return response


def _json(response: requests.Response, host: str) -> Any:
    try:
        return json.loads(response.content)
    except UNREADABLE:
        raise _failed(f"{host} answered with something else than JSON.") from None


def _named(error: ValidationError) -> str:
    """Each member at fault and what is wrong with it, in one line."""
    faults: dict[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]
    texts = []
    for name, messages in faults.items():
        said = messages[0] if isinstance(messages, list) and messages else "is wrong"
        texts.append(f"{name} {str(said).rstrip('.')}" if name != "_schema" else str(said))
    return "; ".join(texts)[: 2 * QUOTED_CHARACTERS]


def _quoted(response: requests.Response) -> str:
    """What the platform said, short and in plain text: the reason comes as JSON, text or a page."""
    text = _reason(response) or MARKUP.sub(" ", _beginning(response))
    text = " ".join(UNSTORABLE.sub(" ", text).split())
    text = text[:QUOTED_CHARACTERS] + ("…" if len(text) > QUOTED_CHARACTERS else "")
    said = f" It said: “{text}”." if text else ""
    return f"Its answer was {response.status_code}.{said}"


def _beginning(response: requests.Response) -> str:
    """Read as UTF-8: guessing at a large answer's encoding takes seconds."""
    return response.content[:READ_BYTES].decode("utf-8", "replace")


def _reason(response: requests.Response) -> str:
    try:
        body = json.loads(response.content)
    except UNREADABLE:
        return ""
    found = body if isinstance(body, dict) else {}
    for name in ("error_description", "errors", "message", "error"):
        if found.get(name):
            return found[name] if isinstance(found[name], str) else _flat(found[name])
    return ""


def _flat(value: Any) -> str:
    """The texts in a small JSON value, such as Canvas's list of what does not fit its schema."""
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_flat(each)}" for name, each in list(value.items())[:10])
    if isinstance(value, list):
        return "; ".join(_flat(each) for each in value[:10])
    return str(value)


class _AnsweredToolSchema(Schema):
    class Meta:
        unknown = EXCLUDE

    deployment_id = Identifier(allow_none=True)


class _AnswerSchema(Schema):
    """`client_id`, and a deployment id at the top, in the tool's part, or not yet."""

    class Meta:
        unknown = EXCLUDE

    client_id = Identifier(required=True)
    deployment_id = Identifier(allow_none=True)
    tool = fields.Nested(_AnsweredToolSchema, allow_none=True, data_key=tool_configuration.TOOL)

    @post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> tuple[str, str | None]:
        inner = (data.get("tool") or {}).get("deployment_id")
        return data["client_id"], data.get("deployment_id") or inner


def ask(
    platform: PlatformConfiguration, registration_token: str, invite: Invite, privacy: str
) -> NewRegistration:
    """Post the registration and read what came of it; raises `RegistrationFailed`."""
    profile_name = platform.profile_name(invite.profile)
    body = tool_configuration.registration_request(platform, profile_name, privacy)
    host = host_of(platform.registration_endpoint)
    response = _ask("POST", platform.registration_endpoint, registration_token, body)
    if response.status_code not in (200, 201):
        raise _failed(f"{host} refused the registration. {_quoted(response)}")
    try:
        client_id, deployment_id = _AnswerSchema().load(_as_texts(_json(response, host)))
    except ValidationError as error:
        raise _failed(f"{host} answered without what is needed: {_named(error)}.") from None
    return NewRegistration(
        name=invite.name,
        issuer=platform.issuer,
        client_id=client_id,
        deployment_id=deployment_id,
        auth_login_url=platform.authorization_endpoint,
        auth_token_url=platform.token_endpoint,
        jwks_url=platform.jwks_uri,
        token_audience=_token_audience(platform, invite.profile),
        profile=profile_name,
        auto_approve_deployments=invite.auto_approve_deployments or None,
    )


def _as_texts(answer: Any) -> Any:
    """Numbers as ids are texts to us, here as in a launch."""
    if not isinstance(answer, dict):
        return answer
    tool = answer.get(tool_configuration.TOOL)
    shallow = answer | ({tool_configuration.TOOL: _as_texts(tool)} if tool else {})
    ids = {
        name: str(shallow[name])
        for name in ("client_id", "deployment_id")
        if isinstance(shallow.get(name), int) and not isinstance(shallow[name], bool)
    }
    return shallow | ids


def _token_audience(platform: PlatformConfiguration, stated: str | None) -> str | None:
    """Core security names `authorization_server` as the audience; Canvas puts a bare host there."""
    fixed = platform.profile(stated).token_audience
    server = platform.authorization_server
    return fixed or (server if origin_of(server) else None)


def store(new: NewRegistration) -> Registration:
    """Keep the registration, or renew it; within a unit of work.

    Raises `RegistrationFailed` where the operator has disabled it: no invite enables it again.
    """
    known = find(Registration, issuer=new.issuer, client_id=new.client_id)
    if known is not None and not known.enabled:
        raise RegistrationFailed(
            "This registration has been disabled",
            "The operator of PMO Bridge has disabled it; they can enable it again.",
        )
    return add_registration(new)
