"""Tokens that no honest library would make."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization

from tests.platforms import FakePlatform


def part(value: object) -> str:
    """A part of a token: JSON, or bytes as they are, in base64url."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def forge(
    header: object, claims: object, signature: Callable[[bytes], bytes] = lambda _text: b""
) -> str:
    text = f"{part(header)}.{part(claims)}"
    return f"{text}.{part(signature(text.encode()))}"


def encode(platform: FakePlatform, body: object) -> str:
    """Any JSON, or bytes, with a good signature."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    header = {"kid": platform.kid}
    return jwt.PyJWS().encode(raw, platform.key, "RS256", header)


def signed_with_public_key(platform: FakePlatform, claims: dict[str, Any]) -> str:
    """HS256 with what everybody can know: the classic confusion of algorithms."""
    public = platform.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    header = {"alg": "HS256", "typ": "JWT", "kid": platform.kid}
    return forge(header, claims, lambda text: hmac.digest(public, text, hashlib.sha256))
