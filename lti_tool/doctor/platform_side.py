"""Probes of a platform: its keys and clock, what it grants, and whether its services answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from lti_tool.db import end_reading, utcnow
from lti_tool.doctor.findings import Finding, Level, count_of, failure, ok, warning
from lti_tool.doctor.recent import recent_column, recent_roster_url
from lti_tool.errors import PlatformError
from lti_tool.lti.ags import LINE_ITEM_READ_SCOPE, LINE_ITEM_SCOPE, RESULT_SCOPE, SCORE_SCOPE
from lti_tool.lti.connector import RegistrationConnector, ScopeRefused
from lti_tool.lti.line_items import may_read, read_one
from lti_tool.lti.models import Registration
from lti_tool.lti.notice_service import NOTICE_SCOPE
from lti_tool.lti.nrps import MEMBERSHIP_SCOPE, read_roster
from lti_tool.lti.platform_keys import fetch_answer, read_key_set
from lti_tool.lti.tokens import SKEW_SECONDS

WEAK_BITS = 2048
CLOCK_SECONDS = 10

COSTS: Mapping[str, tuple[Level, str, str]] = {
    SCORE_SCOPE: (Level.FAILURE, "send scores", "scores cannot reach the gradebook"),
    LINE_ITEM_SCOPE: (
        Level.WARNING,
        "make columns in the gradebook",
        "a link is graded only where the platform makes its column",
    ),
    LINE_ITEM_READ_SCOPE: (
        Level.WARNING,
        "see its columns in the gradebook",
        "a column that somebody removed is noticed only when a score is refused",
    ),
    RESULT_SCOPE: (
        Level.WARNING,
        "read back scores",
        "it cannot be checked that the gradebook holds what was sent",
    ),
    MEMBERSHIP_SCOPE: (
        Level.WARNING,
        "read who is in a course",
        "instructors see only the people who have opened it",
    ),
    NOTICE_SCOPE: (
        Level.OK,
        "hear of copied courses",
        "a copied course is recognised when somebody opens it",
    ),
}
"""Each scope: how bad it is to lack it, what it lets the tool do, and what lacking it costs."""
GRANT = (
    "In the platform's settings of the tool, allow it the services: grade sync with columns, "
    "results, and Names and Role Provisioning."
)


def key_set(registration: Registration) -> Iterator[Finding]:
    """Whether launches can be checked with the keys that the platform publishes."""
    end_reading()
    answer = fetch_answer(registration.jwks_url)
    found = read_key_set(answer)
    listed = len(answer.json()["keys"])
    if not found:
        yield failure(
            f"The key set lists {count_of(listed, 'key')}, none of them RSA for RS256 with a kid.",
            "Let the platform sign with RS256, or correct the address of its key set.",
        )
        return
    kids = ", ".join(str(kid)[:40] for kid in found)
    yield ok(
        f"{count_of(len(found), 'key')} for RS256 in {len(answer.content)} bytes "
        f"at {registration.jwks_url}: {kids}."
    )
    for kid, key in found.items():
        if isinstance(key, RSAPublicKey) and key.key_size < WEAK_BITS:
            yield warning(
                f"Key {str(kid)[:40]} has {key.key_size} bits, which is weak.",
                f"Let the platform make a key of {WEAK_BITS} bits or more.",
            )
    if listed > len(found):
        yield ok(f"{count_of(listed - len(found), 'further key')} of other kinds passed over.")


def clock(registration: Registration) -> Iterator[Finding]:
    """How far the platform's clock is from ours: launches and tokens carry times."""
    end_reading()
    answer = fetch_answer(registration.jwks_url)
    said = _moment(answer.headers)
    if said is None:
        yield warning(
            "The platform does not tell its time.", "Compare its clock with this machine's."
        )
        return
    ahead = round((said - utcnow()).total_seconds())
    text = f"The platform's clock is {count_of(abs(ahead), 'second')} "
    text += "ahead of ours." if ahead > 0 else "behind ours."
    cure = "Let both machines keep time by NTP."
    if abs(ahead) < CLOCK_SECONDS:
        yield ok("The platform's clock agrees with ours.")
    elif abs(ahead) < SKEW_SECONDS:
        yield warning(text, cure)
    else:
        yield failure(f"{text} Launches are refused from {SKEW_SECONDS} seconds on.", cure)


def _moment(headers: Mapping[str, str]) -> datetime | None:
    """When the answer was made; None where that is not said, or a cache has kept it."""
    if headers.get("Age", "0") != "0":
        return None
    try:
        said = parsedate_to_datetime(headers.get("Date", ""))
    except (TypeError, ValueError):
        return None
    return said if said.tzinfo else said.replace(tzinfo=UTC)


def scopes(registration: Registration) -> Iterator[Finding]:
    """Whether the platform gives the tool tokens, and for what."""
    asking = RegistrationConnector(registration)
    granted = [scope for scope in COSTS if _is_granted(asking, scope)]
    if granted:
        yield ok(f"Access tokens are given to {'; '.join(COSTS[each][1] for each in granted)}.")
    for scope, (level, does, cost) in COSTS.items():
        if scope not in granted:
            cure = "" if level == Level.OK else GRANT
            yield Finding(level, f"Not allowed to {does}: {cost}.", cure)


def _is_granted(asking: RegistrationConnector, scope: str) -> bool:
    """Asked one by one: some platforms refuse all for one that they do not have."""
    try:
        return scope in asking.request_token([scope]).scopes
    except ScopeRefused:
        return False


def line_item(registration: Registration) -> Iterator[Finding]:
    """Whether the gradebook column of the link that was opened last can be read."""
    column = recent_column(registration.id)
    if column is None:
        yield warning(
            "No link with a column in the gradebook has been opened yet: nothing to look at.",
            "Open an activity that takes grades from a course, then look again.",
        )
        return
    if not may_read(column.scopes):
        yield ok("The platform does not offer to read columns; scores can be sent all the same.")
        return
    named = f"The column of the link opened last, “{column.title}”,"
    try:
        found = read_one(registration, column.url, column.scopes)
    except PlatformError as error:
        if error.cause != "column_gone":
            yield failure(f"{named} cannot be read. {error}", GRANT)
            return
        yield warning(
            f"{named} is gone.", "Where that was not meant, open the link again from its course."
        )
    else:
        yield ok(f"{named} can be read; its maximum is {found.score_maximum:g}.")


def roster(registration: Registration) -> Iterator[Finding]:
    """Whether the people of the course that was opened last can be read."""
    url = recent_roster_url(registration.id)
    if not url:
        yield warning(
            "No launch has named a roster: instructors see only the people who have opened a link.",
            "Allow the tool Names and Role Provisioning; then open it again from a course.",
        )
        return
    try:
        members = read_roster(registration, url)
    except PlatformError as error:
        yield failure(f"The roster of the course opened last cannot be read. {error}", GRANT)
        return
    people = count_of(len(members), "person", "people")
    yield ok(f"The roster of the course opened last can be read: {people}.")
    if not any(member.name or member.family_name for member in members.values()):
        yield ok("It has no names; people appear as “Person 12”, and everything works.")
