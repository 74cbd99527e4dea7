"""Issuers that many institutions share, and how one of them is proved."""

from __future__ import annotations

from collections.abc import Mapping

from lti_tool.lti.profiles import PROFILES
from lti_tool.lti.registrations import origin_of

SHARED_ISSUERS = {
    issuer: hosts for profile in PROFILES.values() for issuer, hosts in profile.clouds.items()
}


def own_hosts(issuer: str) -> tuple[str, ...]:
    """The hosts on which a shared issuer has its endpoints; none for any other issuer."""
    return SHARED_ISSUERS.get(issuer.rstrip("/"), ())


def endpoints_elsewhere(issuer: str, endpoints: Mapping[str, str]) -> dict[str, str]:
    """The endpoints of a shared issuer that are not its own, by name, with what is wrong."""
    own = {f"https://{host}" for host in own_hosts(issuer)}
    return {
        name: f"is on none of {', '.join(own_hosts(issuer))}"
        for name, url in endpoints.items()
        if own and origin_of(url) not in own
    }
