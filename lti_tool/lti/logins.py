"""Logins from their start to their end (LTI 1.3 core, 4.1; Security Framework 1.0, 5.1.1).

State and nonce are random, single-use, short-lived and bound to the browser by the secret in its
cookie or in the platform's storage; only their hashes are stored.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Executable, bindparam, null, select, update

from lti_tool.db import db, utcnow
from lti_tool.errors import LaunchRefused
from lti_tool.lti.claim_fields import UNSTORABLE
from lti_tool.lti.models import LoginState, LoginStatus, Way
from lti_tool.lti.refusals import refusal
from lti_tool.lti.registrations import (
    KNOWN_COLUMNS,
    REGISTRATIONS,
    KnownRegistration,
    find_registrations,
    origin_of,
    tool_url,
)
from lti_tool.rows import execute, insert_row, table_of, update_row

LOGIN_MINUTES = 15
HINTS = ("login_hint", "lti_message_hint")
HINT_CHARACTERS = 16_000
"""More than any platform sends, or any takes back in an address; it is stored for everybody."""
STORAGE_TARGET = re.compile(r"[A-Za-z0-9_.-]{1,100}")


@dataclass(frozen=True)
class BegunLogin:
    """A login on its way: the authentication request, and what the platform may keep for us.

    `storage_target` is the frame that keeps data for tools (LTI Client Side postMessages 0.1),
    "" where the platform has none; `storage_origin` is the only origin to speak to.
    """

    address: str
    state: str
    storage_target: str = ""
    storage_secret: str = ""
    storage_origin: str = ""


def digest(text: str) -> str:
    """SHA-256 in hex: how secrets of a login are stored. Takes any text that JSON can hold."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def begin_login(form: Mapping[str, str], browser_secret: str) -> BegunLogin:
    """Store state, nonce and secrets for a login; returns the authentication request.

    Called within a unit of work. Raises `LaunchRefused` (LTI 1.3 core, 4.1; Security Framework,
    5.1.1.1 and 5.1.1.2).
    """
    registration = _registration_for(form)
    if not form.get("login_hint"):
        raise refusal("login_hint_missing")
    if origin_of(form.get("target_link_uri", "")) != origin_of(tool_url("/")):
        raise refusal("foreign_target")
    target = form.get("lti_storage_target", "")
    target = target if STORAGE_TARGET.fullmatch(target) else ""
    hints = {name: form[name] for name in HINTS if form.get(name)}
    if any(len(hint) > HINT_CHARACTERS for hint in hints.values()):
        raise refusal("message_too_large")
    return _store_login(registration, hints, browser_secret, target, Way.COOKIE)


def begin_again(login_id: int, browser_secret: str) -> BegunLogin:
    """Begin a login once more, in a window: the platform saw nobody signed in within the frame.

    Called within a unit of work. Raises `LaunchRefused` when that was long ago.
    """
    login = _read_login(BY_ID, {"login_id": login_id})
    if login is None or login.expires_at < utcnow() or not login.hints:
        raise refusal("login_expired")
    if login.registration is None or not login.registration.enabled:
        raise refusal("registration_unknown")
    return _store_login(login.registration, login.hints, browser_secret, "", Way.WINDOW)


def _store_login(
    registration: KnownRegistration,
    hints: Mapping[str, str],
    browser_secret: str,
    target: str,
    way: Way,
) -> BegunLogin:
    state, nonce = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    storage_secret = secrets.token_urlsafe(24) if target else ""
    insert_row(
        LoginState,
        {
            "registration_id": registration.id,
            "state_hash": digest(state),
            "nonce_hash": digest(nonce),
            "browser_hash": digest(browser_secret),
            "storage_hash": digest(storage_secret) if target else None,
            "storage_target": target or None,
            "hints": hints,
            "way": way,
            "expires_at": utcnow() + timedelta(minutes=LOGIN_MINUTES),
        },
    )
    return BegunLogin(
        address=_authentication_request(registration, hints, state, nonce),
        state=state,
        storage_target=target,
        storage_secret=storage_secret,
        storage_origin=origin_of(registration.auth_login_url) if target else "",
    )


def _authentication_request(
    registration: KnownRegistration, hints: Mapping[str, str], state: str, nonce: str
) -> str:
    """Security Framework 1.0, 5.1.1.2."""
    query = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": registration.client_id,
        "redirect_uri": tool_url("/lti/launch"),
        "state": state,
        "nonce": nonce,
        **hints,
    }
    joint = "&" if "?" in registration.auth_login_url else "?"
    return registration.auth_login_url + joint + urlencode(query)


def _registration_for(form: Mapping[str, str]) -> KnownRegistration:
    issuer = form.get("iss", "").replace("\x00", "")
    if not issuer:
        raise refusal("issuer_missing")
    found = find_registrations(issuer, form.get("client_id", "").replace("\x00", "") or None)
    if not found:
        raise refusal("registration_unknown", issuer)
    if len(found) > 1:
        raise refusal("client_id_missing", issuer)
    return found[0]


@dataclass(frozen=True)
class Login:
    """A stored login as it was read, with its registration; see `LoginState`."""

    id: int
    registration_id: int | None
    status: str
    way: str
    nonce_hash: str | None
    browser_hash: str | None
    storage_hash: str | None
    storage_target: str | None
    hints: Mapping[str, str] | None
    expires_at: datetime
    registration: KnownRegistration | None


LOGINS = table_of(LoginState)
STORED = tuple(LOGINS.c[field.name] for field in fields(Login) if field.name != "registration")
READ = select(*STORED, *KNOWN_COLUMNS).outerjoin(
    REGISTRATIONS, REGISTRATIONS.c.id == LOGINS.c.registration_id
)
BY_STATE = READ.where(LOGINS.c.state_hash == bindparam("state_hash"))
BY_ID = READ.where(LOGINS.c.id == bindparam("login_id"))


def find_login(state: str) -> Login:
    """The login with that state, whatever has become of it; raises `LaunchRefused`."""
    if not state:
        raise refusal("state_missing")
    login = _read_login(BY_STATE, {"state_hash": digest(state)})
    if login is None:
        raise refusal("state_unknown")
    return login


def _read_login(statement: Executable, values: Mapping[str, Any]) -> Login | None:
    row = execute(statement, values).one_or_none()
    if row is None:
        return None
    stored, known = row[: len(STORED)], row[len(STORED) :]
    registration = KnownRegistration(*known) if known[0] is not None else None
    return Login(*(*stored, registration))


def prove_browser(
    login: Login, browser_secret: str, storage_secret: str | None = None
) -> Way | None:
    """Which way ties this browser to the login; None: the platform's storage must be asked first.

    `storage_secret` is what the storage answered, "" for nothing, None before it was asked. It is
    asked where the cookie is that of another login, too: two frames of one page may begin at once.
    Raises `LaunchRefused` when it is another browser, or one that returns no cookie and has no
    platform storage.
    """
    if browser_secret and _is_digest_of(login.browser_hash, browser_secret):
        return Way.WINDOW if login.way == Way.WINDOW else Way.COOKIE
    if storage_secret and _is_digest_of(login.storage_hash, storage_secret):
        return Way.STORAGE
    if login.storage_hash is not None and storage_secret is None:
        return None
    raise refusal("state_foreign" if browser_secret or storage_secret else "cookie_missing")


def _is_digest_of(stored: str | None, secret: str) -> bool:
    return stored is not None and hmac.compare_digest(stored, digest(secret))


def move_to_window(state: str, browser_secret: str) -> None:
    """Tie a pending login to the browser window in which it goes on; within a unit of work."""
    login = find_login(state)
    check_pending(login)
    moved = {"browser_hash": digest(browser_secret), "way": Way.WINDOW}
    update_row(LoginState, login.id, moved)


def check_pending(login: Login) -> None:
    """Raises `LaunchRefused` when the login has ended or has taken too long."""
    if login.status != LoginStatus.PENDING:
        raise refusal("replayed")
    if login.expires_at < utcnow():
        raise refusal("login_expired")


END = (
    update(LOGINS)
    .where(LOGINS.c.id == bindparam("login_id"), LOGINS.c.status == LoginStatus.PENDING)
    .values(
        status=LoginStatus.LAUNCHED,
        way=bindparam("way"),
        ended_at=bindparam("ended_at"),
        hints=null(),
    )
)


def consume(login: Login, way: Way) -> None:
    """End the login as launched, once: a second launch with the same state is refused.

    What the platform hinted about the person is forgotten: it was needed to begin once more.
    """
    ended = execute(END, {"login_id": login.id, "way": way, "ended_at": utcnow()})
    if ended.rowcount != 1:
        raise refusal("replayed")


def record_refusal(refused: LaunchRefused, login: Login | None) -> None:
    """Keep what was refused, why, and the reference that the person may quote."""
    now = utcnow()
    row = db.session.get(LoginState, login.id) if login else None
    if row is None or row.status != LoginStatus.PENDING:
        row = LoginState(expires_at=now, registration_id=login and login.registration_id)
        db.session.add(row)
    row.status, row.reason, row.reference = LoginStatus.REFUSED, refused.reason, refused.reference
    row.detail, row.ended_at = UNSTORABLE.sub("", refused.detail)[:500] or None, now
