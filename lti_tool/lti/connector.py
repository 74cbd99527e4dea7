"""Calling a platform: addresses allowed, time and size bounded, tokens shared, errors classed.

pylti1p3's connector is corrected in four ways: its token cache key has no client id, so two
registrations of one issuer would share tokens; it sets no time limits; it parses the private key
anew for each token; and it does not say which scopes a token was granted.
"""

from __future__ import annotations

import json
import logging
import math
import time
import uuid
from collections.abc import Sequence
from typing import Any

import jwt
import requests
from flask import current_app
from pylti1p3.exception import LtiServiceException
from pylti1p3.service_connector import ServiceConnector

from lti_tool.db import db, end_reading
from lti_tool.errors import PlatformError
from lti_tool.lti import keys
from lti_tool.lti.access_tokens import AccessToken, AccessTokens
from lti_tool.lti.addresses import AddressRefused, CheckedAdapter
from lti_tool.lti.bounded_answers import read_whole
from lti_tool.lti.models import Registration
from lti_tool.lti.registrations import for_pylti1p3
from lti_tool.outbox import breaker

log = logging.getLogger(__name__)
CONNECT_SECONDS = 3
READ_SECONDS = 10
POOL = 16
ASSERTION_SECONDS = 60
BEARER_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
EXTENSION = "lti_tool_connector"
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError)
"""What reading an answer of another shape than promised may raise."""


class ScopeRefused(PlatformError):
    """The platform gives no token with such a scope."""


class PlatformAdapter(CheckedAdapter):
    """Calls public addresses only, sets time limits, reads answers within their bounds."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> Any:
        if db.session().in_transaction():
            raise RuntimeError("no network call while a transaction is open")
        kwargs["timeout"] = (CONNECT_SECONDS, READ_SECONDS)
        kwargs["stream"] = True
        response = super().send(request, *args, **kwargs)
        read_whole(response)
        breaker.note_answer()
        return response


class Connector:
    """What a process keeps for calling platforms: one pooled session, the access tokens."""

    def __init__(self) -> None:
        self.session = requests.Session()
        self.session.headers["User-Agent"] = "PMO-Bridge"
        self.session.max_redirects = 0
        adapter = PlatformAdapter(pool_connections=POOL, pool_maxsize=POOL)
        self.session.mount("https://", adapter)
        self.session.mount("http://", adapter)
        self.session.trust_env = False
        self.tokens = AccessTokens()


def connector() -> Connector:
    """The process's own."""
    found: Connector | None = current_app.extensions.get(EXTENSION)
    return found or current_app.extensions.setdefault(EXTENSION, Connector())


class RegistrationConnector(ServiceConnector):  # type: ignore[misc]  # partly typed library
    """pylti1p3's connector for one registration, over our session, cache and key."""

    def __init__(self, registration: Registration) -> None:
        self.shared = connector()
        super().__init__(for_pylti1p3(registration), self.shared.session)
        self._client_id, self._token_url = registration.client_id, registration.auth_token_url
        self._audience = registration.token_audience or registration.auth_token_url
        self._used: dict[str, str] = {}
        end_reading()

    def _token_key(self, scopes: Sequence[str]) -> str:
        """All that a token depends on."""
        registration = self._registration.get_issuer(), self._client_id
        return json.dumps([*registration, self._token_url, self._audience, *sorted(scopes)])

    def get_access_token(self, scopes: Sequence[str]) -> str:
        """Raises `PlatformError`: a fault of the token service is none of the service behind it."""
        key = self._token_key(scopes)
        text = self.shared.tokens.get(key, lambda: self.request_token(scopes))
        self._used[key] = text
        return text

    def forget_token(self, scopes: Sequence[str]) -> None:
        """The platform no longer accepts the token that was last used here."""
        key = self._token_key(scopes)
        self.shared.tokens.forget(key, self._used.get(key, ""))

    def request_token(self, scopes: Sequence[str]) -> AccessToken:
        """Ask for a new token (Security Framework 1.0, 4.1); raises `PlatformError`."""
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": BEARER_ASSERTION,
            "client_assertion": self._assertion(),
            "scope": " ".join(sorted(scopes)),
        }
        try:
            response = self.shared.session.post(self._token_url, data=form)
            if not response.ok:
                raise _from_token_answer(response)
            return _read_token(response, scopes)
        except (requests.exceptions.RequestException, *UNREADABLE) as error:
            raise as_platform_error(error) from error

    def _assertion(self) -> str:
        """Who we are, signed (Security Framework 1.0, 4.1.1)."""
        signing = keys.signing_key()
        end_reading()
        now = int(time.time())
        claims = {
            "iss": self._client_id,
            "sub": self._client_id,
            "aud": self._audience,
            "iat": now - 5,
            "exp": now + ASSERTION_SECONDS,
            "jti": uuid.uuid4().hex,
        }
        return jwt.encode(claims, signing.private, algorithm="RS256", headers={"kid": signing.kid})


def _read_token(response: requests.Response, scopes: Sequence[str]) -> AccessToken:
    """Raises one of `UNREADABLE` where the answer has not the shape of RFC 6749, 5.1."""
    body = response.json()
    text = body["access_token"]
    if not isinstance(text, str):
        raise TypeError("access_token is no text")
    granted = body.get("scope")
    granted = granted.split() if isinstance(granted, str) else scopes
    seconds = float(body.get("expires_in") or 0)
    if math.isnan(seconds):
        raise ValueError("expires_in is no number")
    return AccessToken(text, seconds, frozenset(granted))


def as_platform_error(error: Exception) -> PlatformError:
    """Class what went wrong between us and a platform, in one line for who can cure it."""
    if isinstance(error, AddressRefused):
        return PlatformError("needs admin", f"The tool may not call this platform: {error}.")
    if isinstance(error, requests.exceptions.Timeout):
        return PlatformError("retry", "The platform did not answer in time.")
    if isinstance(error, requests.exceptions.ConnectionError):
        return PlatformError("retry", "The platform could not be reached.")
    if isinstance(error, LtiServiceException):
        return from_answer(error.response)
    return PlatformError("retry", "The platform's answer could not be read.")


def _from_token_answer(response: requests.Response) -> PlatformError:
    status = response.status_code
    if status >= 500 or status in (408, 425, 429):
        return from_answer(response)
    if "invalid_scope" in response.text:
        return ScopeRefused(
            "needs admin", "The platform has not allowed the tool this service (invalid_scope)."
        )
    return PlatformError(
        "needs admin",
        f"The platform gave the tool no access token ({status}); check the registration.",
        platform_wide=True,
    )


def from_answer(response: requests.Response) -> PlatformError:
    """Class an answer of failure to a score."""
    status = response.status_code
    wait = retry_after_seconds(response)
    if status == 429:
        return PlatformError("wait", "The platform asked for a pause.", wait, platform_wide=True)
    if status == 409:
        return PlatformError("wait", "The platform holds a score of the same second.", wait)
    if status in (408, 425) or status >= 500:
        return PlatformError("retry", f"The platform has a problem of its own ({status}).", wait)
    if status in (401, 403):
        return PlatformError(
            "needs admin", f"The platform refused the tool's access ({status}); check its scopes."
        )
    if status in (404, 410):
        return PlatformError(
            "needs instructor", f"The gradebook column is gone ({status}); launch the link again."
        )
    return PlatformError("needs instructor", f"The platform refused the score ({status}).")


def retry_after_seconds(response: requests.Response) -> float | None:
    text = response.headers.get("Retry-After", "")
    return min(float(text), 3600.0) if text.isdecimal() else None
