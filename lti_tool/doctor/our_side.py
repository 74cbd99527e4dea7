"""Probes of the tool itself: its database, content, keys, worker and public address."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import func, select

from lti_tool.curriculum import publishing
from lti_tool.db import db, end_reading, utcnow
from lti_tool.doctor.findings import Finding, count_of, failure, ok, warning
from lti_tool.lti import keys
from lti_tool.lti.registrations import tool_url
from lti_tool.outbox.models import OutboxMessage, Status
from lti_tool.periodic import Periodic

MIGRATIONS = Path(__file__).parents[2] / "migrations"
LATE = timedelta(minutes=5)
"""Work that has been due for so long is not being done."""
OLD_KEY = timedelta(days=365)
CERTIFICATE_DAYS = 14
CONNECT_SECONDS = 5


def database() -> Iterator[Finding]:
    """Whether the database is migrated to this code."""
    from alembic.migration import MigrationContext  # costs a web process 10 MiB: here only
    from alembic.script import ScriptDirectory

    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    with db.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current == head:
        yield ok(f"The database ({db.engine.dialect.name}) is migrated.")
    else:
        yield failure(
            f"The database is at {current or 'no'} migration, the code at {head}.",
            "Run: flask --app wsgi db upgrade",
        )


def curriculum() -> Iterator[Finding]:
    """Whether there is something to place."""
    versions = publishing.list_versions()
    if versions:
        yield ok(f"The curriculum is published: {versions[0].title}, version {versions[0].number}.")
    else:
        yield failure(
            "No curriculum is published: there is nothing to place.",
            "Run: flask --app wsgi curriculum publish lti_tool/curriculum/content/pm-to-pmo",
        )


def own_keys() -> Iterator[Finding]:
    """Whether the keys are there, and the secret key opens them."""
    in_use = [key for key in keys.list_keys() if key.retired_at is None]
    if not in_use:
        yield failure("The tool has no key to sign with.", "Run: flask --app wsgi keys rotate")
        return
    try:
        keys.public_key_set()
    except keys.KeyUnreadable:
        yield failure(
            "The stored keys cannot be opened: LTI_TOOL_SECRET_KEY differs from the one they were "
            "stored with.",
            "Set the old value, or run: flask --app wsgi keys rotate",
        )
        return
    yield ok(f"{count_of(len(in_use), 'key')} published; {in_use[0].kid} signs.")
    if utcnow() - in_use[0].created_at > OLD_KEY:
        yield warning(
            f"The signing key is {(utcnow() - in_use[0].created_at).days} days old.",
            "Run: flask --app wsgi keys rotate; the old one stays published meanwhile.",
        )


def worker() -> Iterator[Finding]:
    """Whether somebody carries out the outbox."""
    now = utcnow()
    waiting = OutboxMessage.status == Status.WAITING
    oldest = db.session.scalar(select(func.min(OutboxMessage.due_at)).where(waiting))
    idle = db.session.scalar(select(func.min(Periodic.next_due)))
    late = [each for each in (oldest, idle) if each is not None and each < now - LATE]
    if late:
        minutes = int((now - min(late)) / timedelta(minutes=1))
        yield failure(
            f"Nobody carries out what is due: it has waited for {minutes} minutes.",
            "Start a worker: flask --app wsgi outbox run",
        )
    elif idle is None:
        yield warning(
            "No worker has been seen on this database yet.",
            "Start one: flask --app wsgi outbox run",
        )
    else:
        yield ok("A worker is at work: nothing that is due has waited for long.")
    dead = db.session.scalar(select(func.count()).where(OutboxMessage.status == Status.DEAD)) or 0
    if dead:
        yield warning(
            f"{count_of(dead, 'message')} cannot be carried out until a person has done something.",
            "See what: flask --app wsgi outbox status; after the cure: outbox retry",
        )


def address() -> Iterator[Finding]:
    """Whether browsers and platforms reach the tool at its public address, and for how long."""
    end_reading()
    url = tool_url("/healthz")
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https":
        yield warning(
            f"The public address {tool_url('')} is not https: browsers keep no cookies in frames, "
            "and most platforms refuse it.",
            "Put a proxy that speaks https in front, and set LTI_TOOL_PUBLIC_URL.",
        )
    try:
        yield from _look(parts.scheme, host, parts.port)
    except ssl.SSLCertVerificationError as error:
        yield failure(
            f"The certificate of {host} is not valid: {error.verify_message}.",
            "Renew it, and let the proxy send the whole chain.",
        )
    except (OSError, http.client.HTTPException) as error:
        yield failure(
            f"Nothing answers at {tool_url('')} from here ({type(error).__name__}).",
            "Check the name, the proxy and LTI_TOOL_PUBLIC_URL. Where only this machine cannot "
            "reach it, browsers still may.",
        )


def _look(scheme: str, host: str, port: int | None) -> Iterator[Finding]:
    connection = (
        http.client.HTTPSConnection(host, port, timeout=CONNECT_SECONDS)
        if scheme == "https"
        else http.client.HTTPConnection(host, port, timeout=CONNECT_SECONDS)
    )
    try:
        connection.request("GET", "/healthz", headers={"User-Agent": "PMO-Bridge"})
        status = connection.getresponse().status
        if status == 200:
            yield ok(f"The tool answers at {tool_url('')}.")
        else:
            yield failure(
                f"{tool_url('/healthz')} answers with status {status}.",
                "Something else stands at the public address; check the proxy.",
            )
        if isinstance(connection.sock, ssl.SSLSocket):
            yield _lasting(connection.sock)
    finally:
        connection.close()


def _lasting(line: ssl.SSLSocket | socket.socket) -> Finding:
    """How long the certificate is good for."""
    certificate = line.getpeercert() if isinstance(line, ssl.SSLSocket) else None
    ends = ssl.cert_time_to_seconds(str((certificate or {})["notAfter"]))
    days = (datetime.fromtimestamp(ends, UTC) - utcnow()).days
    text = f"Its certificate is good for {count_of(days, 'more day', 'more days')}."
    if days >= CERTIFICATE_DAYS:
        return ok(text)
    return warning(text, "Renew it; see why it was not renewed by itself.")
