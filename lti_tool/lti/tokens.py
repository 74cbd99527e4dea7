"""A platform's signed token: RS256 alone, read once (RFC 7515, 5.2; Security Framework 1.0, 5.1.3).

PyJWT reads a token twice, once for the id of its key, and looks at each character by itself; at
every launch that is the dearest part. So the little that is needed of it stands here.
"""

from __future__ import annotations

import binascii
import json
import math
import time
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from lti_tool.errors import PlatformError
from lti_tool.lti import platform_keys
from lti_tool.lti.refusals import refusal
from lti_tool.lti.registrations import KnownRegistration

SKEW_SECONDS = 60
TOKEN_CHARACTERS = 100_000
REQUIRED = ("exp", "iat", "iss", "aud", "nonce")
STANDARD_ALPHABET = str.maketrans("-_+/", "+/  ")
"""base64url as base64; what only base64 has becomes a blank, which is in neither."""
PADDING, HASH = PKCS1v15(), SHA256()


def verified_body(token: str, registration: KnownRegistration) -> dict[str, Any]:
    """The claims of a token that this platform signed for this tool, now.

    Raises `LaunchRefused` with the named reason.
    """
    signed, _, signature = token.rpartition(".")
    header, dot, body = signed.partition(".")
    if not token:
        raise refusal("id_token_missing")
    if len(token) > TOKEN_CHARACTERS:
        raise refusal("id_token_malformed", f"{len(token)} characters")
    if not dot:
        raise refusal("id_token_malformed", "Has not three parts.")
    key = _signing_key(_decoded_object(header), registration.jwks_url)
    try:
        key.verify(_decoded(signature), signed.encode(), PADDING, HASH)
    except InvalidSignature:
        raise refusal("signature_wrong") from None
    claims = _decoded_object(body)
    _check_claims(claims, registration)
    return claims


def _decoded(text: str) -> bytes:
    """base64url without padding (RFC 7515, 2), strictly."""
    padded = text.translate(STANDARD_ALPHABET) + "=" * (-len(text) % 4)
    try:
        return binascii.a2b_base64(padded, strict_mode=True)
    except ValueError:
        raise refusal("id_token_malformed", "Is not base64url.") from None


def _decoded_object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(_decoded(text))
    except (ValueError, RecursionError):
        raise refusal("id_token_malformed", "Is not JSON.") from None
    if not isinstance(found, dict):
        raise refusal("id_token_malformed", "Is no JSON object.")
    return found


def _signing_key(header: Mapping[str, Any], jwks_url: str) -> Any:
    """The platform's key that the token names, if the token may be looked at at all."""
    if header.get("alg") != platform_keys.ALGORITHM:
        raise refusal("algorithm_refused", str(header.get("alg"))[:50])
    kid = header.get("kid", "")
    if "crit" in header or not isinstance(kid, str):
        raise refusal("id_token_malformed", "Has a header that nobody here understands.")
    try:
        key = platform_keys.public_key(jwks_url, kid) if kid else None
    except PlatformError as error:
        raise refusal("keys_unreachable", str(error)) from None
    if key is None:
        raise refusal("key_unknown")
    return key


def _check_claims(claims: Mapping[str, Any], registration: KnownRegistration) -> None:
    """Times, issuer and audience (Security Framework 1.0, 5.1.3)."""
    missing = [name for name in REQUIRED if claims.get(name) in (None, "", [])]
    if missing:
        raise refusal("claim_missing", ", ".join(missing))
    now = time.time()
    if max(_moment(claims, "iat"), _moment(claims, "nbf")) > now + SKEW_SECONDS:
        raise refusal("token_from_the_future")
    if _moment(claims, "exp") <= now - SKEW_SECONDS:
        raise refusal("token_expired")
    if claims["iss"] != registration.issuer:
        raise refusal("issuer_wrong", str(claims["iss"])[:200])
    _check_audience(claims["aud"], claims.get("azp"), registration.client_id)


def _moment(claims: Mapping[str, Any], name: str) -> float:
    """Seconds since 1970; a claim that is left out counts as long ago."""
    value = claims.get(name)
    value = 0 if value is None else value
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise refusal("id_token_malformed", f"{name} is no moment.")
    return value


def _check_audience(aud: object, azp: object, client_id: str) -> None:
    """Several audiences need `azp`, and `azp` must be us (OpenID Connect Core 1.0, 3.1.3.7)."""
    audiences = aud if isinstance(aud, list) else [aud]
    if client_id not in audiences:
        raise refusal("audience_wrong", str(aud)[:200])
    if (len(audiences) > 1 and azp is None) or (azp is not None and azp != client_id):
        raise refusal("authorised_party_wrong")
