"""Adding and finding registrations; and letting pylti1p3 read one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from pylti1p3.registration import Registration as Pylti1p3Registration
from sqlalchemy import bindparam, select
from sqlalchemy.orm import selectinload

from lti_tool.db import db, upsert
from lti_tool.errors import Invalid
from lti_tool.lti import keys
from lti_tool.lti.models import Deployment, Registration
from lti_tool.lti.profiles import PROFILES
from lti_tool.rows import execute, table_of

ORIGINS = 1024
"""How many addresses are remembered: a launch asks for the same few origins many times."""
HOST = re.compile(r"[a-z0-9.-]+|[0-9a-f:.]*:[0-9a-f:.]*")
USUAL_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, kw_only=True)
class NewRegistration:
    """What an administrator states about a platform; addresses as in the platform's own pages.

    `deployment_id` is None where the platform names it only when it launches.
    `auto_approve_deployments` None leaves what is stored.
    """

    name: str
    issuer: str
    client_id: str
    deployment_id: str | None
    auth_login_url: str
    auth_token_url: str
    jwks_url: str
    token_audience: str | None = None
    profile: str = "generic"
    auto_approve_deployments: bool | None = None


def add_registration(new: NewRegistration) -> Registration:
    """Add a registration, or a further deployment to a known one; its addresses are renewed.

    Raises `Invalid` when an address could not be called or the profile is unknown.
    """
    _check(new)
    keys.ensure_key()
    values: dict[str, Any] = {
        "name": new.name,
        "auth_login_url": new.auth_login_url,
        "auth_token_url": new.auth_token_url,
        "jwks_url": new.jwks_url,
        "token_audience": new.token_audience,
        "profile": new.profile,
        "enabled": True,
    }
    if new.auto_approve_deployments is not None:
        values["auto_approve_deployments"] = new.auto_approve_deployments
    key = {"issuer": new.issuer, "client_id": new.client_id}
    registration = upsert(Registration, key, values)
    if new.deployment_id is not None:
        upsert(
            Deployment,
            {"registration_id": registration.id, "deployment_id": new.deployment_id},
            {"approved": True},
        )
    return registration


def _check(new: NewRegistration) -> None:
    faults = {}
    if new.profile not in PROFILES:
        faults["--profile"] = [f"{new.profile!r} is none of {', '.join(sorted(PROFILES))}"]
    for option in ("auth_login_url", "auth_token_url", "jwks_url"):
        if not may_be_called(getattr(new, option)):
            faults["--" + option.replace("_", "-")] = [
                "must be an https address, or lie on an origin in LTI_TOOL_TRUSTED_ORIGINS"
            ]
    for option in ("name", "issuer", "client_id", "deployment_id"):
        given = getattr(new, option)
        if given is not None and not 1 <= len(given.strip()) <= 255:
            faults["--" + option.replace("_", "-")] = ["must have 1 to 255 characters"]
    if faults:
        raise Invalid("The registration was not added", fields=faults)


def tool_url(path: str) -> str:
    """The public address of a path of ours."""
    return f"{current_app.config['LTI_TOOL'].public_url}{path}"


@lru_cache(maxsize=ORIGINS)
def origin_of(url: str) -> str:
    """Scheme, host and port of an address as browsers state an origin; "" when it has none.

    In lower case, and without the port that goes without saying (RFC 6454, 6.1).
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    host = parts.hostname or ""
    if parts.scheme not in USUAL_PORTS or not HOST.fullmatch(host):
        return ""
    host = f"[{host}]" if ":" in host else host
    is_usual = port in (None, USUAL_PORTS[parts.scheme])
    return f"{parts.scheme}://{host}" + ("" if is_usual else f":{port}")


def host_of(url: str) -> str:
    """Host, and port where it is an unusual one; "" when the address has none."""
    return origin_of(url).partition("://")[2]


def frame_ancestors(profile: str, issuer: str, *urls: str) -> str:
    """Who may frame our pages, as CSP states it: origins of the platform, from data of its own.

    `urls` are further addresses of the platform; what is no web address adds nothing.
    """
    origins = dict.fromkeys(origin_of(url) for url in (issuer, *urls))
    host = host_of(issuer)
    further = [each.format(host=host) for each in PROFILES[profile].frame_ancestors if host]
    return " ".join([*filter(None, origins), *further])


def may_be_called(url: str) -> bool:
    """Whether the tool may call the address: https, or an origin that the operator trusts."""
    origin = origin_of(url)
    return origin.startswith("https://") or is_trusted(origin)


def is_trusted(origin: str) -> bool:
    return origin in map(origin_of, current_app.config["LTI_TOOL"].trusted_origins)


def list_registrations() -> Sequence[Registration]:
    """All registrations with their deployments, by name."""
    query = select(Registration).options(selectinload(Registration.deployments))
    return db.session.scalars(query.order_by(Registration.name, Registration.id)).all()


@dataclass(frozen=True)
class KnownRegistration:
    """What a login, a launch or a notice needs of a registration, as plain values."""

    id: int
    issuer: str
    client_id: str
    auth_login_url: str
    jwks_url: str
    profile: str
    enabled: bool
    auto_approve_deployments: bool


REGISTRATIONS = table_of(Registration)
KNOWN_COLUMNS = tuple(REGISTRATIONS.c[field.name] for field in fields(KnownRegistration))
OF_ISSUER = select(*KNOWN_COLUMNS).where(
    REGISTRATIONS.c.issuer == bindparam("issuer"), REGISTRATIONS.c.enabled.is_(True)
)
OF_CLIENT = OF_ISSUER.where(REGISTRATIONS.c.client_id == bindparam("client_id"))


def find_registrations(issuer: str, client_id: str | None) -> Sequence[KnownRegistration]:
    """Enabled registrations of an issuer, of one client id where it is given."""
    values = {"issuer": issuer, "client_id": client_id}
    found = execute(OF_CLIENT, values) if client_id else execute(OF_ISSUER, {"issuer": issuer})
    return [KnownRegistration(*row) for row in found]


def get_registration(registration_id: int) -> Registration:
    """The registration with its deployments; raises `Invalid` when there is none."""
    found = db.session.get(
        Registration, registration_id, options=[selectinload(Registration.deployments)]
    )
    if found is None:
        raise Invalid(f"There is no registration {registration_id}; see: registrations list")
    return found


def set_enabled(registration_id: int, enabled: bool) -> Registration:
    """Let a registration launch, or stop it at once; within a unit of work. Raises `Invalid`."""
    registration = get_registration(registration_id)
    registration.enabled = enabled
    return registration


def for_pylti1p3(registration: Registration) -> Pylti1p3Registration:
    """The registration in the library's own shape, with our signing key's id."""
    shaped = Pylti1p3Registration()
    shaped.set_issuer(registration.issuer)
    shaped.set_client_id(registration.client_id)
    shaped.set_auth_token_url(registration.auth_token_url)
    shaped.set_auth_audience(registration.token_audience)
    return shaped
