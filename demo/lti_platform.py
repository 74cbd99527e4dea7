"""`lti1p3platform`, set up for the demo: keys, registration, access tokens.

What the library (0.1.8) does: holds the registration, signs, publishes the JWKS, finds the tool's
key, checks the client assertion's signature and times, issues and reads access tokens. Where it
falls short we go on ourselves; each such place begins with "Library:".
"""
# mypy: disallow-subclassing-any=False
# The library is skipped by mypy (pyproject.toml), so its classes are Any here.

import time
from typing import Any

import flask
import jwt
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from lti1p3platform.exceptions import LtiException, LtiServiceException
from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract
from lti1p3platform.registration import Registration
from lti1p3platform.request import Request

from demo.settings import LmsSettings
from demo.storage import Storage

JWKS_WAIT_SECONDS = 5
ASSERTION_LIFE_SECONDS = 3600


class FlaskRequest(Request):
    """The library's view of a Flask request; it ships Django's and FastAPI's only."""

    def build_metadata(self, request: flask.Request) -> dict[str, Any]:
        # Library: it counts on page and limit being numbers already (`page + 1`).
        query: dict[str, Any] = request.args.to_dict()
        for name in ("page", "limit"):
            if name in query:
                query[name] = max(1, request.args.get(name, type=int, default=1))
        return {
            "method": request.method,
            "form_data": request.form.to_dict(),
            "get_data": query,
            "headers": request.headers,
            "content_type": request.content_type,
            "path": request.path,
            "json": request.get_json(force=True, silent=True),
        }


class DemoPlatform(LTI1P3PlatformConfAbstract):
    """The library's platform for one request.

    Library: it keeps the token that it reads in an attribute (`_jwt`), so one instance must not
    serve two threads; the registration behind it is shared.
    """

    def init_platform_config(
        self, *, registration: Registration, settings: LmsSettings, storage: Storage
    ) -> None:
        # Library: get_access_token() and validate_token() assert this attribute, and only
        # get_registration() would set it, which they do not call.
        self._registration = registration
        self._settings, self._storage = settings, storage

    def get_registration_by_params(self, **kwargs: Any) -> Registration:
        return self._registration

    def fetch_public_key(self, key_set_url: str) -> dict[str, Any]:
        # Library: asks any proxy named in the environment, also for an address on this machine.
        with requests.Session() as session:
            session.trust_env = False
            try:
                answer = session.get(key_set_url, timeout=JWKS_WAIT_SECONDS)
                answer.raise_for_status()
                key_set: dict[str, Any] = answer.json()
            except requests.RequestException as problem:
                raise LtiException(f"the tool's keys cannot be read: {problem}") from problem
        if not isinstance(key_set, dict) or not isinstance(key_set.get("keys"), list):
            raise LtiException("the tool's JWKS has no list of keys")
        return key_set

    def get_tool_public_key(self) -> bytes:
        # Library: keeps the first key set for ever, so a tool that rotates its keys is locked out.
        cached = self._registration.get_tool_key_set()
        try:
            return bytes(super().get_tool_public_key())
        except LtiException:
            if not cached:
                raise
        self._registration.set_tool_key_set(None)
        return bytes(super().get_tool_public_key())

    def tool_validate_and_decode(self, jwt_token_string: str) -> dict[str, Any]:
        """Check a client assertion; raises LtiException or jwt.PyJWTError."""
        claims: dict[str, Any] = super().tool_validate_and_decode(jwt_token_string)
        # Library: stops at the signature and at times that are there; see RFC 7523, 3.
        client_id, audience = self._settings.client_id, claims.get("aud")
        if claims.get("iss") != client_id or claims.get("sub") != client_id:
            raise LtiException("iss and sub must both be the client id")
        if self._settings.token_url not in (audience if isinstance(audience, list) else [audience]):
            raise LtiException("aud is not this token endpoint")
        self._spend(claims)
        return claims

    def _spend(self, claims: dict[str, Any]) -> None:
        """Let an assertion be used once, and none that lives for long."""
        jti, expires_at, now = claims.get("jti"), claims.get("exp"), time.time()
        if not isinstance(jti, str) or not jti:
            raise LtiException("jti is missing")
        if not isinstance(expires_at, int) or expires_at > now + ASSERTION_LIFE_SECONDS:
            raise LtiException("exp is missing or more than an hour away")
        with self._storage.transaction() as connection:
            connection.execute("DELETE FROM used_assertion WHERE expires_at < ?", [now])
            insert = "INSERT OR IGNORE INTO used_assertion VALUES (?, ?)"
            if connection.execute(insert, [jti, expires_at]).rowcount == 0:
                raise LtiException("this assertion was used before")

    def validate_token(
        self, token: str, allowed_scopes: list[str] | None = None, audience: str | None = None
    ) -> bool:
        # Library: an access token that cannot be read or has run out is an uncaught error (500).
        try:
            return bool(super().validate_token(token, allowed_scopes, audience))
        except (jwt.PyJWTError, LtiException) as problem:
            raise LtiServiceException(f"Invalid access token: {problem}", 401) from problem


def register_tool(settings: LmsSettings, storage: Storage) -> Registration:
    """The tool's registration, with the platform's own key (made once for a database)."""
    private_pem = storage.setting("private_key") or _new_private_key(storage)
    private_key = serialization.load_pem_private_key(private_pem.encode(), password=None)
    public_pem = private_key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    registration = Registration()
    registration.set_iss(settings.issuer)
    registration.set_client_id(settings.client_id)
    registration.set_deployment_id(settings.deployment_id)
    registration.set_oidc_login_url(settings.tool_login_url)
    registration.set_launch_url(settings.tool_redirect_uri)
    registration.set_tool_key_set_url(settings.tool_jwks_url)
    registration.set_platform_public_key(public_pem.decode())
    # Library: works out the key's name (`kid`) from the private key, so it takes the text, not
    # the loaded key.
    registration.set_platform_private_key(private_pem)
    return registration


def _new_private_key(storage: Storage) -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    storage.keep_setting("private_key", pem)
    return pem
