"""Access tokens, shared by all workers: kept in the database, sealed with the secret key.

Whoever finds none asks the platform, and the others wait for its answer: a burst of scores costs
one request for a token, not one each. A process remembers what it has read.
"""

from __future__ import annotations

import base64
import hashlib
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.db import Base, UTCDateTime, db, end_reading, unit_of_work, upsert, utcnow
from lti_tool.errors import PlatformError

LONGEST_MARGIN_SECONDS = 60.0
LONGEST_SECONDS = 24 * 3600.0
"""Platforms give tokens for an hour or so; one that says more is asked again after a day."""
ASKING_SECONDS = 30
LOOK_SECONDS = 0.1
SEAL = b"PMO Bridge access tokens"


@dataclass(frozen=True)
class AccessToken:
    """A token as the platform gave it; `scopes` are those granted, which may be fewer than asked.

    A platform that does not say grants what was asked for (RFC 6749, 5.1).
    """

    text: str
    expires_in_seconds: float
    scopes: frozenset[str]

    @property
    def lasts_seconds(self) -> float:
        """How long it is used: to a tenth before its end, at most a minute before."""
        margin = min(self.expires_in_seconds / 10, LONGEST_MARGIN_SECONDS)
        return min(max(self.expires_in_seconds - margin, 0.0), LONGEST_SECONDS)


class StoredToken(Base):
    """A token, or that a worker is asking for one. `key_hash` stands for all that it depends on."""

    __tablename__ = "access_token"

    key_hash: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[str] = mapped_column(default="")
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    asking_until: Mapped[datetime | None] = mapped_column(UTCDateTime)


class AccessTokens:
    """A process's way to the tokens; the key names registration, token service and scopes."""

    def __init__(self) -> None:
        self._remembered: dict[str, tuple[str, float]] = {}
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def get(self, key: str, ask: Callable[[], AccessToken]) -> str:
        """A token that is still good; `ask` is called when there is none, by one worker of all.

        Raises `PlatformError`. No unit of work may be open.
        """
        found = self._recall(key)
        if found:
            return found
        with self._locks[key]:
            return self._recall(key) or self._find_or_ask(key, ask)

    def forget(self, key: str, text: str) -> None:
        """The platform no longer accepts this token; a newer one of another worker stays."""
        remembered = self._remembered.get(key)
        if remembered is not None and remembered[0] == text:
            self._remembered.pop(key, None)
        stored = self._stored(key)
        if stored is not None and _open(stored.sealed) == text:
            with unit_of_work():
                db.session.execute(
                    update(StoredToken)
                    .where(StoredToken.key_hash == _hash(key), StoredToken.sealed == stored.sealed)
                    .values(sealed="", expires_at=utcnow())
                )

    def _recall(self, key: str) -> str:
        text, until = self._remembered.get(key, ("", 0.0))
        return text if until > time.monotonic() else ""

    def _remember(self, key: str, text: str, seconds: float) -> str:
        self._remembered[key] = (text, time.monotonic() + seconds)
        return text

    def _find_or_ask(self, key: str, ask: Callable[[], AccessToken]) -> str:
        end = time.monotonic() + ASKING_SECONDS
        while time.monotonic() < end:
            stored = self._stored(key)
            lasts = (stored.expires_at - utcnow()).total_seconds() if stored else 0.0
            text = _open(stored.sealed) if stored and lasts > 0 else ""
            if text:
                return self._remember(key, text, lasts)
            if _take_turn(key, stored.sealed if stored else ""):
                return self._ask(key, ask)
            time.sleep(LOOK_SECONDS)
        raise PlatformError("retry", "The platform has given no access token so far.")

    def _ask(self, key: str, ask: Callable[[], AccessToken]) -> str:
        try:
            token = ask()
        except BaseException:
            with unit_of_work():
                db.session.execute(delete(StoredToken).where(StoredToken.key_hash == _hash(key)))
            raise
        expires_at = utcnow() + timedelta(seconds=token.lasts_seconds)
        with unit_of_work():
            upsert(
                StoredToken,
                {"key_hash": _hash(key)},
                {"sealed": seal(token.text), "expires_at": expires_at, "asking_until": None},
            )
        return self._remember(key, token.text, token.lasts_seconds)

    def _stored(self, key: str) -> StoredToken | None:
        query = select(StoredToken).where(StoredToken.key_hash == _hash(key))
        stored = db.session.scalar(query, execution_options={"populate_existing": True})
        end_reading()
        return stored


def forget_expired() -> None:
    """Delete what is of no use any more; called within a unit of work."""
    long_ago = utcnow() - timedelta(hours=1)
    db.session.execute(delete(StoredToken).where(StoredToken.expires_at < long_ago))


def _take_turn(key: str, seen: str) -> bool:
    """Whether this worker is to ask now, nobody having changed what it has `seen`.

    A turn ends by itself when its worker dies.
    """
    now = utcnow()
    until = now + timedelta(seconds=ASKING_SECONDS)
    free = or_(
        StoredToken.asking_until.is_(None),
        StoredToken.asking_until < now,
        StoredToken.asking_until > until + timedelta(seconds=ASKING_SECONDS),
    )
    with unit_of_work():
        upsert(StoredToken, {"key_hash": _hash(key)}, {})
        taken = db.session.scalars(
            update(StoredToken)
            .where(StoredToken.key_hash == _hash(key), StoredToken.sealed == seen, free)
            .values(asking_until=until)
            .returning(StoredToken.key_hash)
            .execution_options(synchronize_session=False)
        )
        return taken.one_or_none() is not None


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _sealer() -> Fernet:
    secret = str(current_app.config["LTI_TOOL"].secret_key).encode()
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=SEAL).derive(secret)
    return Fernet(base64.urlsafe_b64encode(derived))


def seal(text: str) -> str:
    return _sealer().encrypt(text.encode()).decode()


def _open(sealed: str) -> str:
    """The token, or "" when it was sealed with another secret key, or there is none."""
    try:
        return _sealer().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return ""
