"""Groups and sections of a course, where its platform tells them: to choose from, and as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Result,
    ScalarSelect,
    Select,
    case,
    func,
    literal,
    null,
    select,
    true,
    union_all,
)

from lti_tool.analytics.progress import is_learner
from lti_tool.courses.models import Membership, MembershipGroup, User
from lti_tool.db import db

SEPARATOR = "\n"
"""Stands in no name: what a platform tells is kept as one line."""


@dataclass(frozen=True)
class CourseGroup:
    """A group of the course and how many of its learners are in it."""

    key: str
    name: str
    learners: int


@dataclass(frozen=True)
class Learners:
    """How many there are in a course, and the groups that tell them apart, by name."""

    count: int
    groups: Sequence[CourseGroup]

    def chosen(self, key: str) -> CourseGroup | None:
        return next((group for group in self.groups if group.key == key), None)


def learners_of(context_id: int) -> Learners:
    """All counts in one query. A single group that has everybody in it tells nobody apart."""
    of_course = select(Membership.id).join(User).where(is_learner(context_id)).subquery()
    everybody = select(null(), literal(""), func.count()).select_from(of_course)
    by_group = (
        select(MembershipGroup.key, func.max(MembershipGroup.name), func.count())
        .join(of_course, of_course.c.id == MembershipGroup.membership_id)
        .group_by(MembershipGroup.key)
    )
    count, groups = 0, []
    rows: Result[str | None, str, int] = db.session.execute(union_all(everybody, by_group))
    for key, name, learners in rows:
        if key is None:
            count = learners
        else:
            groups.append(CourseGroup(key, name or f"Group {key}", learners))
    tells = len(groups) > 1 or any(group.learners < count for group in groups)
    return Learners(count, sorted(groups, key=_by_name) if tells else ())


def _by_name(group: CourseGroup) -> tuple[str, str]:
    return group.name.casefold(), group.key


def is_in_group(key: str) -> ColumnElement[bool]:
    """In a query with `Membership`: whether they are in that group; everybody for ""."""
    if not key:
        return true()
    place = select(MembershipGroup.key).where(
        MembershipGroup.membership_id == Membership.id, MembershipGroup.key == key
    )
    return place.exists()


def members_of(context_id: int, group: CourseGroup) -> Select[int]:
    """Finds the ids of the people in a group."""
    query = select(Membership.user_id).where(Membership.context_id == context_id)
    return query.where(is_in_group(group.key))


def group_names() -> ScalarSelect[str | None]:
    """In a query with `Membership`: the names of their groups, for `in_words`."""
    name = case(
        (MembershipGroup.name == "", literal("Group ") + MembershipGroup.key),
        else_=MembershipGroup.name,
    )
    return (
        select(func.aggregate_strings(name, SEPARATOR))
        .where(MembershipGroup.membership_id == Membership.id)
        .scalar_subquery()
    )


def in_words(names: str | None) -> str:
    """Such as "Section 1; Section 2"; "" without groups."""
    return "; ".join(sorted((names or "").split(SEPARATOR), key=str.casefold))
