"""Our own key pairs: made, stored encrypted, published (Security Framework 1.0, 6.3)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from flask import current_app
from sqlalchemy import select

from lti_tool.db import db
from lti_tool.lti.models import ToolKey

KEY_BITS = 2048
CACHE = "lti_tool_signing_key"


class KeyUnreadable(Exception):
    """A stored key cannot be decrypted: the secret key of the settings is not the one it had."""


@dataclass(frozen=True)
class SigningKey:
    """A private key in memory, with the id under which its public half is published."""

    kid: str
    private: RSAPrivateKey


def ensure_key() -> None:
    """Make the first key when there is none; called within a unit of work."""
    if db.session.scalar(select(ToolKey.kid).limit(1)) is None:
        add_key()


def add_key() -> ToolKey:
    """Make and store a new key pair; called within a unit of work."""
    private = generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(_passphrase()),
    )
    key = ToolKey(kid=secrets.token_urlsafe(12), private_pem=pem.decode())
    db.session.add(key)
    return key


def list_keys() -> Sequence[ToolKey]:
    """All keys, the newest first."""
    return db.session.scalars(select(ToolKey).order_by(ToolKey.created_at.desc())).all()


def signing_key() -> SigningKey:
    """The newest key in use, decrypted once per process (reading a PEM costs some 40 ms)."""
    cached: dict[str, SigningKey] = current_app.extensions.setdefault(CACHE, {})
    newest = select(ToolKey.kid, ToolKey.private_pem).where(ToolKey.retired_at.is_(None))
    row = db.session.execute(newest.order_by(ToolKey.created_at.desc()).limit(1)).one_or_none()
    if row is None:
        raise KeyUnreadable("There is no key yet; add a registration or run: keys rotate.")
    if row.kid not in cached:
        cached[row.kid] = SigningKey(row.kid, _decrypt(row.private_pem))
    return cached[row.kid]


def public_key_set() -> dict[str, Any]:
    """The JWK set for `/lti/jwks`; every key has kid, alg and use, which some platforms demand."""
    cached: dict[str, dict[str, Any]] = current_app.extensions.setdefault(CACHE + "_public", {})
    keys = [key for key in list_keys() if key.retired_at is None]
    for key in keys:
        if key.kid not in cached:
            public = _decrypt(key.private_pem).public_key()
            jwk: dict[str, Any] = jwt.algorithms.RSAAlgorithm.to_jwk(public, as_dict=True)
            cached[key.kid] = jwk | {"kid": key.kid, "alg": "RS256", "use": "sig"}
    return {"keys": [cached[key.kid] for key in keys]}


def _passphrase() -> bytes:
    return str(current_app.config["LTI_TOOL"].secret_key).encode()


def _decrypt(pem: str) -> RSAPrivateKey:
    try:
        key = serialization.load_pem_private_key(pem.encode(), _passphrase())
    except ValueError as error:
        raise KeyUnreadable(
            "The tool's key cannot be read: LTI_TOOL_SECRET_KEY differs from the one it was "
            "stored with. Set the old value, or run: keys rotate."
        ) from error
    if not isinstance(key, RSAPrivateKey):
        raise KeyUnreadable("The tool's key is not an RSA key; run: keys rotate.")
    return key
