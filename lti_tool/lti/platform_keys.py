"""The platforms' public keys: cached, refetched once on an unknown kid, with a floor between.

Keys rotate without notice, and anybody may send a token with an invented kid: so an unknown kid
causes a fetch, but never more than one in `FLOOR_SECONDS` for each key set, one at a time.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

import jwt
import requests
from flask import current_app

from lti_tool.db import end_reading
from lti_tool.errors import PlatformError
from lti_tool.lti.connector import UNREADABLE, as_platform_error, connector

FLOOR_SECONDS = 30
KEPT_SECONDS = 24 * 3600
ALGORITHM = "RS256"
EXTENSION = "lti_tool_platform_keys"


@dataclass
class KeySet:
    """The keys of one JWK set address, by kid; `failure` is that of the latest fetch."""

    keys: dict[str, Any] = field(default_factory=dict)
    failure: PlatformError | None = None
    fetched: float = float("-inf")
    asked: float = float("-inf")
    lock: threading.Lock = field(default_factory=threading.Lock)

    def find(self, kid: str) -> Any | None:
        fresh = time.monotonic() - self.fetched < KEPT_SECONDS
        return self.keys.get(kid) if fresh else None

    def may_ask(self) -> bool:
        return time.monotonic() - self.asked >= FLOOR_SECONDS

    def fetch(self, jwks_url: str) -> None:
        self.asked = time.monotonic()
        try:
            self.keys, self.failure = fetch_key_set(jwks_url), None
            self.fetched = time.monotonic()
        except PlatformError as error:
            self.failure = error


def public_key(jwks_url: str, kid: str) -> Any | None:
    """The RSA public key with that id, or None when the platform does not have it.

    Raises `PlatformError` when the key set is needed and could not be fetched. While one that
    failed before is asked for again, nobody else waits: a slow platform must not hold all threads.
    """
    cache: dict[str, KeySet] = current_app.extensions.setdefault(EXTENSION, {})
    key_set = cache.setdefault(jwks_url, KeySet())
    found = key_set.find(kid)
    if found is not None:
        return found
    end_reading()
    failed = key_set.failure
    if not key_set.lock.acquire(blocking=failed is None) and failed is not None:
        raise failed.with_traceback(None)
    try:
        if key_set.find(kid) is None and key_set.may_ask():
            key_set.fetch(jwks_url)
        found = key_set.find(kid)
        if found is None and key_set.failure is not None:
            raise key_set.failure.with_traceback(None)
        return found
    finally:
        key_set.lock.release()


def fetch_key_set(jwks_url: str) -> dict[str, Any]:
    """Fetch and read a JWK set; raises `PlatformError` as `fetch_answer` and `read_key_set` do."""
    return read_key_set(fetch_answer(jwks_url))


def fetch_answer(jwks_url: str) -> requests.Response:
    """What stands at the address of a JWK set; raises `PlatformError` when there is no answer."""
    try:
        response = connector().session.get(jwks_url)
    except (requests.exceptions.RequestException, *UNREADABLE) as error:
        raise as_platform_error(error) from error
    if not response.ok:
        status = response.status_code
        raise PlatformError("retry", f"The platform's key set answers with status {status}.")
    return response


def read_key_set(response: requests.Response) -> dict[str, Any]:
    """The keys by id; those of other kinds than RS256 are passed over.

    Raises `PlatformError` when it is no JWK set.
    """
    try:
        return {
            jwk["kid"]: jwt.PyJWK(jwk, ALGORITHM).key
            for jwk in response.json()["keys"]
            if jwk.get("kty") == "RSA" and jwk.get("kid") and jwk.get("alg", ALGORITHM) == ALGORITHM
        }
    except (*UNREADABLE, jwt.PyJWTError) as error:
        raise PlatformError("needs admin", "The platform's key set cannot be read.") from error
