"""Probes of what has come from a platform: installations, launches and refusals; and its rest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import func, select

from lti_tool.courses.models import Context, Roster
from lti_tool.db import db, utcnow
from lti_tool.doctor.findings import Finding, count_of, failure, ok, warning
from lti_tool.lti.models import Deployment, LoginState, LoginStatus, Registration, Way
from lti_tool.lti.refusals import REFUSALS
from lti_tool.outbox.models import Lane

DAYS = 7
WAYS = {
    Way.COOKIE: "by a cookie",
    Way.STORAGE: "by the platform's storage",
    Way.WINDOW: "in a window of their own",
}
UNFINISHED = 3
"""So many logins without an end, and as many as launches, are a sign."""


def deployments(registration: Registration) -> Iterator[Finding]:
    """Which installations may launch."""
    query = select(Deployment).filter_by(registration_id=registration.id).order_by(Deployment.id)
    found = db.session.scalars(query).all()
    approved = [each for each in found if each.approved]
    if not registration.enabled:
        yield failure(
            "The registration is disabled: all launches are refused.",
            f"Run: flask --app wsgi registrations enable {registration.id}",
        )
    if approved:
        yield ok(f"{count_of(len(approved), 'installation')} may launch.")
    elif not found:
        yield warning(
            "The platform has not named its installation yet.",
            "Open the tool from a course for the first time.",
        )
    for each in found:
        if not each.approved:
            yield warning(
                f"Deployment {each.deployment_id[:80]} waits for approval.",
                f"Whoever runs PMO Bridge: flask --app wsgi registrations approve {each.id}",
            )


def launches(registration: Registration) -> Iterator[Finding]:
    """How people came in during the last days, and who did not."""
    since = utcnow() - timedelta(days=DAYS)
    logins = select(LoginState.way, func.count()).where(
        LoginState.registration_id == registration.id, LoginState.created_at >= since
    )
    launched = logins.where(LoginState.status == LoginStatus.LAUNCHED)
    ways = {way: count for way, count in db.session.execute(launched.group_by(LoginState.way))}
    total = sum(ways.values())
    if total:
        shares = ", ".join(f"{ways[way]} {WAYS[way]}" for way in Way if ways.get(way))
        yield ok(f"{count_of(total, 'launch', 'launches')} in {DAYS} days: {shares}.")
    else:
        yield warning(f"No launch in {DAYS} days.", "Open an activity from a course.")
    begun = logins.where(LoginState.status == LoginStatus.PENDING, LoginState.expires_at < utcnow())
    unfinished = sum(count for _, count in db.session.execute(begun.group_by(LoginState.way)))
    if unfinished >= max(UNFINISHED, total):
        yield warning(
            f"{count_of(unfinished, 'login')} began and the platform never sent anybody back.",
            "Check the redirection URI and the client id in the platform's settings of the tool.",
        )


def refusals(registration: Registration) -> Iterator[Finding]:
    """Which launches were refused during the last days, by reason."""
    since = utcnow() - timedelta(days=DAYS)
    rows = db.session.execute(
        select(LoginState.reason, func.count())
        .where(
            LoginState.registration_id == registration.id,
            LoginState.status == LoginStatus.REFUSED,
            LoginState.created_at >= since,
        )
        .group_by(LoginState.reason)
        .order_by(func.count().desc())
    ).all()
    for reason, count in rows:
        title, advice = REFUSALS.get(reason or "", (str(reason), ""))
        times = count_of(count, "time")
        yield warning(f"Refused {times} in {DAYS} days: {title} ({reason}).", advice)
    if not rows:
        yield ok(f"No launch was refused in {DAYS} days.")


def rosters(registration: Registration) -> Iterator[Finding]:
    """How many courses' rosters could not be read the last time, or lacked too many people."""
    states = (
        select(Roster.failure, Roster.missing)
        .join(Context, Context.id == Roster.context_id)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .where(Deployment.registration_id == registration.id, Roster.tried_at.is_not(None))
    )
    found = db.session.execute(states).all()
    failed = sum(bool(each.failure) for each in found)
    held = sum(bool(each.missing) for each in found)
    if failed:
        yield warning(
            f"The rosters of {failed} of {count_of(len(found), 'course')} could not be read the "
            "last time.",
            "The learners' page of each course says why; what was read before is kept.",
        )
    if held:
        yield warning(
            f"The rosters of {count_of(held, 'course')} lack half of their people or more, and "
            "were not taken over.",
            "An instructor says on the learners' page of the course whether they have left.",
        )
    if found and not failed and not held:
        yield ok(f"The rosters of {count_of(len(found), 'course')} are kept up to date.")


def rest(registration: Registration) -> Iterator[Finding]:
    """Whether calls to the platform rest, because it was in trouble."""
    lane = db.session.get(Lane, registration.id)
    if lane is None or lane.paused_until is None or lane.paused_until < utcnow():
        yield ok("Calls to the platform go through.")
        return
    minutes = max(int((lane.paused_until - utcnow()) / timedelta(minutes=1)), 1)
    yield warning(
        f"Calls to the platform rest for {count_of(minutes, 'more minute', 'more minutes')}: "
        f"{lane.reason or 'it asked for a pause'}",
        "What waits is sent by itself afterwards. To try at once: flask --app wsgi outbox retry",
    )
