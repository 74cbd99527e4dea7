"""Which learners a page of the grid shows: found by name or group, and in which order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, case, func, not_, or_, select
from sqlalchemy.orm import contains_eager

from lti_tool.analytics.course import passes
from lti_tool.analytics.groups import group_names, is_in_group
from lti_tool.analytics.progress import is_learner
from lti_tool.courses.models import Membership, User
from lti_tool.curriculum.models import Placement
from lti_tool.db import db
from lti_tool.grades.models import Grade, GradeState

PAGE_ROWS = 50
SORTS = {
    "name": "By name",
    "look": "Needs a look first",
    "passed": "Fewest passed first",
    "visit": "Longest away first",
}


@dataclass(frozen=True)
class GridQuery:
    """What of the grid is wanted: a page from 1, one of `SORTS`, part of a name, a group's key."""

    page: int = 1
    sort: str = "name"
    search: str = ""
    group: str = ""


def members_of_page(
    context_id: int, wanted: GridQuery, page_rows: int | None
) -> tuple[Sequence[tuple[Membership, str | None]], int]:
    """The members of the page with their groups, and how many members there are.

    A page too far costs a query more.
    """
    query = _sorted(_found(context_id, wanted), wanted.sort)
    if page_rows is None:
        everybody = db.session.execute(query).all()
        return [(row[0], row[2]) for row in everybody], len(everybody)
    first = (wanted.page - 1) * page_rows
    rows = db.session.execute(query.limit(page_rows).offset(first)).all()
    if not rows and first:
        found = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
        last = max(-(-found // page_rows), 1)
        rows = db.session.execute(query.limit(page_rows).offset((last - 1) * page_rows)).all()
    return [(row[0], row[2]) for row in rows], rows[0][1] if rows else 0


Found = Select[Membership, int, str | None]


def _found(context_id: int, wanted: GridQuery) -> Found:
    query = (
        select(Membership, func.count().over(), group_names())
        .join(User, User.id == Membership.user_id)
        .where(is_learner(context_id), is_in_group(wanted.group))
        .options(contains_eager(Membership.user))
    )
    words = wanted.search.casefold().split()
    return query.where(*(_has_word(word) for word in words))


def _has_word(word: str) -> ColumnElement[bool]:
    """A part of a name, or a pseudonym; or the number of somebody who has no name."""
    names = (User.name, User.given_name, User.family_name)
    found = [func.lower(name).contains(word, autoescape=True) for name in names]
    found.append(Membership.pseudonym == word.upper())
    nameless = and_(*(name == "" for name in names))
    if re.fullmatch("[0-9]{1,9}", word):
        found.append(and_(nameless, User.id == int(word)))
    elif "person".startswith(word):
        found.append(nameless)
    return or_(*found)


def _sorted(query: Found, sort: str) -> Found:
    name = (User.family_name, User.name, User.id)
    if sort == "visit":
        return query.order_by(Membership.last_launch_at.asc().nulls_first(), *name)
    if sort not in ("look", "passed"):
        return query.order_by(*name)
    passed = case((passes(), 1), else_=0)
    if sort == "passed":
        return query.order_by(_over_modules(func.sum(passed)), *name)
    has_failed = and_(Grade.state == GradeState.GRADED, not_(passes()))
    failed = _over_modules(func.sum(case((has_failed, 1), else_=0))).desc()
    return query.order_by(failed, Membership.last_launch_at.asc().nulls_first(), *name)


def _over_modules(figure: ColumnElement[int]) -> ColumnElement[int]:
    """In a query with `Membership`: a figure over the grades of that learner in the course.

    It is looked up for each learner, by the grades' index; joined to a grouped query, a database
    that does not know the size of its tables yet groups all grades again for every learner.
    """
    grades = (
        select(figure)
        .select_from(Placement)
        .join(Grade, Grade.placement_id == Placement.id)
        .where(Placement.context_id == Membership.context_id)
        .where(Grade.user_id == Membership.user_id)
    )
    return func.coalesce(grades.correlate(Membership).scalar_subquery(), 0)
