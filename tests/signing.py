"""Key pairs for tests, and what a platform signs with the one that it publishes."""

from __future__ import annotations

import threading
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

_KEYS: dict[str, RSAPrivateKey] = {}
_ONE_AT_A_TIME = threading.Lock()


def rsa_key(name: str) -> RSAPrivateKey:
    """A key pair for each name, made once per test run, whichever thread asks first."""
    with _ONE_AT_A_TIME:
        if name not in _KEYS:
            _KEYS[name] = generate_private_key(public_exponent=65537, key_size=2048)
        return _KEYS[name]


class Signer:
    """Signs with the key named `kid`, which is published; another name is another key."""

    def __init__(self) -> None:
        self.kid = "platform-key-1"

    @property
    def key(self) -> RSAPrivateKey:
        return rsa_key(self.kid)

    def sign(
        self,
        claims: dict[str, Any],
        *,
        key: Any = None,
        algorithm: str = "RS256",
        headers: dict[str, Any] | None = None,
    ) -> str:
        return jwt.encode(
            claims,
            self.key if key is None else key,
            algorithm=algorithm,
            headers={"kid": self.kid} if headers is None else headers,
        )

    def jwks(self) -> dict[str, Any]:
        jwk: dict[str, Any] = jwt.algorithms.RSAAlgorithm.to_jwk(
            self.key.public_key(), as_dict=True
        )
        return {"keys": [jwk | {"kid": self.kid, "alg": "RS256", "use": "sig"}]}
