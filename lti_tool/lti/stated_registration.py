"""A registration whose values an invited administrator states, where the platform cannot.

It is believed as little as one that a platform answers: the keys must lie with the issuer, and
nothing that is registered already is changed.
"""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool.db import find
from lti_tool.errors import Invalid
from lti_tool.lti.issuers import endpoints_elsewhere, own_hosts
from lti_tool.lti.models import Invite, Registration
from lti_tool.lti.openid_configuration import is_plain
from lti_tool.lti.profiles import PROFILES
from lti_tool.lti.registrations import NewRegistration, add_registration, origin_of

TITLE = "The registration was not added"
ENDPOINTS = ("auth_login_url", "auth_token_url", "jwks_url")


@dataclass(frozen=True, kw_only=True)
class StatedValues:
    """What the platform's own pages show. An address that follows from the others may be empty."""

    profile: str
    issuer: str
    client_id: str
    deployment_id: str
    auth_login_url: str = ""
    auth_token_url: str = ""
    jwks_url: str = ""


def add_stated(stated: StatedValues, invite: Invite) -> Registration:
    """Add the registration; within a unit of work. Raises `Invalid` with the fields at fault."""
    bare = stated.issuer.rstrip("/")
    issuer = bare if own_hosts(bare) else stated.issuer
    endpoints = _endpoints(stated, issuer)
    faults = _faults(issuer, endpoints)
    if faults:
        raise Invalid(TITLE, fields={name: [text] for name, text in faults.items()})
    if find(Registration, issuer=issuer, client_id=stated.client_id) is not None:
        known = (
            "is registered already; open PMO Bridge from a course, and send the deployment id "
            "to whoever invited you"
        )
        raise Invalid(TITLE, fields={"client_id": [known]})
    return add_registration(
        NewRegistration(
            name=invite.name,
            issuer=issuer,
            client_id=stated.client_id,
            deployment_id=stated.deployment_id,
            auth_login_url=endpoints["auth_login_url"],
            auth_token_url=endpoints["auth_token_url"],
            jwks_url=endpoints["jwks_url"],
            token_audience=PROFILES[stated.profile].token_audience,
            profile=stated.profile,
            auto_approve_deployments=invite.auto_approve_deployments or None,
        )
    )


def _endpoints(stated: StatedValues, issuer: str) -> dict[str, str]:
    usual = PROFILES[stated.profile].endpoints
    return {
        name: getattr(stated, name)
        or address.replace("{issuer}", issuer.rstrip("/")).replace("{client_id}", stated.client_id)
        for name, address in zip(ENDPOINTS, usual, strict=True)
    }


def _faults(issuer: str, endpoints: dict[str, str]) -> dict[str, str]:
    """By field. Keys on the issuer's own host prove it, or those of a shared issuer's own hosts."""
    addresses = {"issuer": issuer, **endpoints}
    faults = {
        name: "must be an https address" for name, url in addresses.items() if not is_plain(url)
    }
    if (
        not faults
        and not own_hosts(issuer)
        and origin_of(endpoints["jwks_url"]) != origin_of(issuer)
    ):
        faults["jwks_url"] = "must be on the same host as the issuer"
    return faults or endpoints_elsewhere(issuer, endpoints)
