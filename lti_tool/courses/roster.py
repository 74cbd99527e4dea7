"""Keeping a course's roster fresh: asked for in a transaction, read from the outbox.

A page never waits for the platform: it shows what is known, and how old that is.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from lti_tool import outbox
from lti_tool.courses.enrolling import apply_roster
from lti_tool.courses.models import Context, Membership, Roster
from lti_tool.db import db, find, unit_of_work, upsert, utcnow
from lti_tool.errors import PlatformError
from lti_tool.events import LaunchReceived
from lti_tool.lti.groups import read_group_names
from lti_tool.lti.models import Deployment, Registration
from lti_tool.lti.nrps import read_roster
from lti_tool.lti.profiles import PROFILES
from lti_tool.lti.roles import POWERS, Power, Role

log = logging.getLogger(__name__)
HANDLER = "read_roster"
SWEEP = "read_stale_rosters"
SWEEP_SECONDS = 1800
SWEEP_COURSES = 200
FLOOR = timedelta(seconds=10)
STALE = timedelta(hours=1)
"""From when on a roster is read anew because somebody comes to look at it."""
SCHEDULED = timedelta(hours=6)
"""From when on it is read anew by itself, in courses that are in use."""
IN_USE = timedelta(days=14)


def find_roster(context_id: int) -> Roster | None:
    return find(Roster, context_id=context_id)


def ask_for_roster(context_id: int) -> None:
    """Have the roster read as soon as a worker is free; within a unit of work."""
    upsert(Roster, {"context_id": context_id}, {"asked_at": utcnow()})
    outbox.add(HANDLER, context_id)


def ask_unless_just_asked(context_id: int) -> None:
    """As `ask_for_roster`, for people who press a button more than once."""
    roster = find_roster(context_id)
    if roster is None or roster.asked_at < utcnow() - FLOOR:
        ask_for_roster(context_id)


def confirm_shrink(context_id: int) -> None:
    """Somebody who knows says that those missing are gone indeed: have it read and applied."""
    ask_for_roster(context_id)
    _locked(context_id).shrink_confirmed = True


def ask_when_stale(event: LaunchReceived) -> None:
    """Somebody arrives who will look at the learners: have an old roster read anew."""
    if event.context_id is None or Power.SEE_LEARNERS not in POWERS[Role(event.role)]:
        return
    query = select(Context.memberships_url, Roster.asked_at).outerjoin(
        Roster, Roster.context_id == Context.id
    )
    course = db.session.execute(query.where(Context.id == event.context_id)).one()
    is_stale = course.asked_at is None or course.asked_at < utcnow() - STALE
    if course.memberships_url and is_stale:
        ask_for_roster(event.context_id)


def read_stale_rosters(_subject: int) -> None:
    """On a schedule: ask for the rosters of courses in use that have not been read for long."""
    with unit_of_work():
        for context_id in _stale_courses(utcnow()):
            ask_for_roster(context_id)


def _stale_courses(now: datetime) -> list[int]:
    in_use = select(Membership.id).where(
        Membership.context_id == Context.id, Membership.last_launch_at > now - IN_USE
    )
    query = (
        select(Context.id)
        .outerjoin(Roster, Roster.context_id == Context.id)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .join(Registration, Registration.id == Deployment.registration_id)
        .where(
            Context.memberships_url != "",
            Registration.enabled.is_(True),
            or_(Roster.context_id.is_(None), Roster.asked_at < now - SCHEDULED),
            in_use.exists(),
        )
        .order_by(Roster.asked_at, Context.id)
    )
    return list(db.session.scalars(query.limit(SWEEP_COURSES)))


def registration_of_course(context_id: int) -> int | None:
    """The registration whose platform keeps the roster; None when there is no such course."""
    query = select(Deployment.registration_id).join(Context).where(Context.id == context_id)
    return db.session.scalar(query)


def read_course_roster(context_id: int) -> None:
    """Read the roster and apply it. Raises `PlatformError` where time may cure what went wrong."""
    context = db.session.get(
        Context,
        context_id,
        options=[joinedload(Context.deployment).joinedload(Deployment.registration)],
    )
    if context is None or not context.memberships_url:
        return
    registration = context.deployment.registration
    try:
        members = read_roster(registration, context.memberships_url, _asking_for_groups(context))
    except PlatformError as error:
        with unit_of_work():
            roster = _locked(context_id)
            roster.tried_at, roster.failure = utcnow(), str(error)
        if error.kind in ("retry", "wait"):
            raise
        return
    names = _group_names(context)
    with unit_of_work():
        apply_roster(_locked(context_id), registration.id, members, names)


def _asking_for_groups(context: Context) -> Mapping[str, str]:
    """What to add to the roster's address so that it tells who is in which group."""
    if context.groups_url:
        return {"groups": "true"}
    profile = PROFILES[context.deployment.registration.profile]
    return {"rlid": context.context_id} if profile.roster_has_variables else {}


def _group_names(context: Context) -> Mapping[str, str]:
    """What the groups are called; without that, the roster is as good, and they have numbers."""
    if not context.groups_url:
        return {}
    try:
        return read_group_names(context.deployment.registration, context.groups_url)
    except PlatformError as error:
        log.warning("the names of the groups of context %s: %s", context.id, error)
        return {}


def _locked(context_id: int) -> Roster:
    """The row of the roster; two readings of one course are applied one after the other."""
    query = select(Roster).filter_by(context_id=context_id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()
