"""Everything that the database holds about one person, found by the tables' own structure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, func, or_, select

from lti_tool.courses.models import Context, Membership, User
from lti_tool.db import Base, db, find
from lti_tool.events import EventRecord

HASHES = "_hash"
RELEASED_ELSEWHERE = ("points", "_given", "_maximum", "criteria", "comment")
"""How columns, and what events tell, are named at their end where they say what was scored.

Learners see that with their results, when their course shows it: not sooner in a file.
"""
EVENT = cast(Table, EventRecord.__table__)
PERSON = cast(Table, User.__table__)


def find_person(registration_id: int, sub: str, deployment_id: int | None) -> User | None:
    """The person with that id at the platform; with a deployment, only if it ever sent them."""
    user = find(User, registration_id=registration_id, sub=sub)
    if user is None or deployment_id is None:
        return user
    seen = (
        select(Membership.id)
        .join(Context, Context.id == Membership.context_id)
        .where(Membership.user_id == user.id, Context.deployment_id == deployment_id)
    )
    return user if db.session.scalar(seen.limit(1)) is not None else None


def count_kept(user: User) -> dict[str, int]:
    """How many rows each table holds about the person; tables without any are left out."""
    counted = {
        table.name: db.session.scalar(select(func.count()).select_from(table).where(condition))
        for table, condition in _conditions(user.id).items()
    }
    return {name: count for name, count in counted.items() if count}


def gather(user: User, *, for_themselves: bool) -> dict[str, list[dict[str, Any]]]:
    """The rows themselves, by table, as JSON can hold them; hashes of secrets stay out.

    For the person themselves, points stay out that the course may not have shown yet.
    """
    left_out = (HASHES, *RELEASED_ELSEWHERE) if for_themselves else (HASHES,)
    kept = {
        table.name: [_without(row, left_out) for row in _rows(table, condition)]
        for table, condition in _conditions(user.id).items()
    }
    for row in kept[EVENT.name]:
        row["data"] = _without(row["data"], left_out)
    return kept


def _conditions(user_id: int) -> dict[Table, ColumnElement[bool]]:
    """Which rows of which tables tell of the person: their own, and those that belong to these."""
    found: dict[Table, ColumnElement[bool]] = {PERSON: PERSON.c.id == user_id}
    for table in Base.metadata.sorted_tables:
        if "user_id" in table.c:
            found[table] = table.c.user_id == user_id
            continue
        parents = [key for key in table.foreign_keys if key.column.table in found.keys() - {PERSON}]
        belongs = [
            key.parent.in_(select(key.column).where(found[key.column.table])) for key in parents
        ]
        if belongs:
            found[table] = or_(*belongs)
    return found


def _rows(table: Table, condition: ColumnElement[bool]) -> Sequence[Mapping[Any, Any]]:
    query = select(table).where(condition).order_by(*table.primary_key)
    return db.session.execute(query).mappings().all()


def _without(row: Mapping[Any, Any], endings: tuple[str, ...]) -> dict[str, Any]:
    """The row as JSON can hold it, but for what is named with one of these endings."""
    return {name: _plain(value) for name, value in row.items() if not name.endswith(endings)}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
