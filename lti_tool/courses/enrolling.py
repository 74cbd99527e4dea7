"""Applying a roster to what is known of a course: differences only, and nobody is ever deleted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from lti_tool.courses.grouping import keep_roster_groups
from lti_tool.courses.models import Membership, Roster, User
from lti_tool.db import db, insert_new, utcnow
from lti_tool.events import RosterChanged, RosterHeldBack, publish
from lti_tool.lti.nrps import Member
from lti_tool.lti.roles import course_role

ABSENCES = 2
"""How many rosters in a row must lack a person before they count as gone."""
GUARDED_PEOPLE = 5
"""From so many people on, a roster that lacks half of them or more is not applied."""
CHUNK = 500
NAMES = ("name", "given_name", "family_name")


def apply_roster(
    roster: Roster,
    registration_id: int,
    members: Mapping[str, Member],
    group_names: Mapping[str, str],
) -> None:
    """Bring the course to what the platform says, unless the answer lacks too many to be true.

    Called within a unit of work that has locked `roster`.
    """
    known = {each.user.sub: each for each in _memberships(roster.context_id)}
    active = {sub: member for sub, member in members.items() if member.is_active}
    listed = [each for each in known.values() if each.roster_role and not each.inactive_since]
    missing = sum(each.user.sub not in active for each in listed)
    roster.tried_at, roster.failure, roster.missing = utcnow(), "", 0
    if _shrinks_too_much(len(listed), missing) and not roster.shrink_confirmed:
        roster.missing = missing
        publish(RosterHeldBack(context_id=roster.context_id, missing=missing))
        return
    roster.read_at, roster.people, roster.shrink_confirmed = roster.tried_at, len(active), False
    new = [each for sub, each in active.items() if sub not in known]
    joined = _enrol(new, registration_id, roster.context_id)
    left = sum([_update(each, members, roster.tried_at) for each in known.values()])
    db.session.flush()  # a learner's groups are kept by the role that they have now
    told = {sub: member.groups for sub, member in members.items()}
    keep_roster_groups(roster.context_id, told, group_names)
    if joined or left:
        publish(
            RosterChanged(
                context_id=roster.context_id, joined=joined, left=left, people=len(active)
            )
        )


def _shrinks_too_much(people: int, missing: int) -> bool:
    return people >= GUARDED_PEOPLE and missing * 2 >= people


def _memberships(context_id: int) -> Sequence[Membership]:
    query = select(Membership).join(User).where(Membership.context_id == context_id)
    return db.session.scalars(query.options(contains_eager(Membership.user))).all()


def _update(membership: Membership, members: Mapping[str, Member], now: datetime) -> bool:
    """What the roster says of somebody known; True when that is that they have left."""
    member = members.get(membership.user.sub)
    if member is None:
        membership.absences = min(membership.absences + 1, ABSENCES)
    else:
        membership.absences = 0
        membership.roster_role = course_role(member.roles)
        if membership.last_launch_at is None:
            membership.role = membership.roster_role
        _name(membership.user, member)
    stays = membership.absences < ABSENCES if member is None else member.is_active
    leaves = not stays and membership.inactive_since is None
    if leaves:
        membership.inactive_since = now
    elif member is not None and stays:
        membership.inactive_since = None
    return leaves


def _name(user: User, member: Member) -> None:
    """Take over the names that the platform says; what it leaves empty stays as it was."""
    for name in NAMES:
        said = getattr(member, name)
        if said:
            setattr(user, name, said)


def _enrol(members: Collection[Member], registration_id: int, context_id: int) -> int:
    """Keep people whom the course does not know yet; returns how many."""
    for chunk in _chunks(members):
        new = [
            {"registration_id": registration_id, "sub": member.user_id}
            | {name: getattr(member, name) for name in NAMES}
            for member in chunk
        ]
        insert_new(User, new)
        found = db.session.scalars(
            select(User).where(
                User.registration_id == registration_id,
                User.sub.in_([member.user_id for member in chunk]),
            )
        )
        users = {user.sub: user for user in found}
        for member in chunk:
            _name(users[member.user_id], member)
        insert_new(
            Membership,
            [
                {"context_id": context_id, "user_id": users[member.user_id].id}
                | dict.fromkeys(("role", "roster_role"), course_role(member.roles))
                for member in chunk
            ],
        )
    return len(members)


def _chunks(members: Iterable[Member]) -> Iterator[list[Member]]:
    """SQLite takes a limited number of values in one statement."""
    left = iter(members)
    while chunk := list(islice(left, CHUNK)):
        yield chunk
