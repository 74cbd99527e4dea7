"""Which groups of their course learners are in, as the platform last told.

Launches and rosters both may tell, and whichever told last is right. One that tells of no group
takes back only what it told itself, for most platforms tell in one of the two ways.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import bindparam, delete, select

from lti_tool.courses.models import Membership, MembershipGroup, User
from lti_tool.db import db, insert_new
from lti_tool.lti.groups import Group
from lti_tool.lti.roles import Role
from lti_tool.rows import execute, table_of

LAUNCH, ROSTER = "launch", "roster"

Known = Mapping[str, tuple[str, str]]
"""Of one person, by the key of each group: its name, and who told of it."""

PLACE = table_of(MembershipGroup)
OWN = select(PLACE.c.key, PLACE.c.name, PLACE.c.told_by).where(
    PLACE.c.membership_id == bindparam("membership_id")
)
FORGET = delete(PLACE).where(
    PLACE.c.membership_id == bindparam("of"), PLACE.c.key == bindparam("gone")
)


def keep_groups(membership_id: int, told: Collection[Group]) -> None:
    """Keep what a launch told of a person's groups; within a unit of work."""
    rows = execute(OWN, {"membership_id": membership_id})
    known = {key: (name, told_by) for key, name, told_by in rows}
    _write({membership_id: known}, {membership_id: _wanted(known, told, LAUNCH, {})})


def keep_roster_groups(
    context_id: int, told: Mapping[str, Collection[Group]], names: Mapping[str, str]
) -> None:
    """As `keep_groups`, for the people of a roster by their ids, with the names of the groups."""
    query = (
        select(Membership.id, Membership.role, User.sub, PLACE.c.key, PLACE.c.name, PLACE.c.told_by)
        .join(User, User.id == Membership.user_id)
        .outerjoin(PLACE, PLACE.c.membership_id == Membership.id)
        .where(Membership.context_id == context_id)
    )
    known: dict[int, dict[str, tuple[str, str]]] = {}
    said: dict[int, Collection[Group]] = {}
    for member_id, role, sub, key, name, told_by in db.session.execute(query):
        if sub not in told:
            continue
        said[member_id] = told[sub] if role == Role.LEARNER else ()
        places = known.setdefault(member_id, {})
        if key is not None:
            places[key] = name, told_by
    wanted = {each: _wanted(known[each], said[each], ROSTER, names) for each in known}
    _write(known, wanted)


def _wanted(known: Known, told: Collection[Group], by: str, names: Mapping[str, str]) -> Known:
    """What should be stored; a name that is not told again stays."""
    if told:
        found = {group.key: (group.name, by) for group in told}
    else:
        found = {key: ("", place[1]) for key, place in known.items() if place[1] != by}
    return {
        key: (name or names.get(key) or known.get(key, ("", ""))[0], told_by)
        for key, (name, told_by) in found.items()
    }


def _write(known: Mapping[int, Known], wanted: Mapping[int, Known]) -> None:
    gone, new = [], []
    for member_id, places in known.items():
        stay = {key for key, place in places.items() if wanted[member_id].get(key) == place}
        gone += [{"of": member_id, "gone": key} for key in places if key not in stay]
        new += [
            {"membership_id": member_id, "key": key, "name": name, "told_by": told_by}
            for key, (name, told_by) in wanted[member_id].items()
            if key not in stay
        ]
    if gone:
        db.session.execute(FORGET, gone)
    insert_new(MembershipGroup, new)
