"""Everything that the database holds about one person, found by the tables' own structure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, func, or_, select

from lti_tool.courses.models import Context, Membership, User
from lti_tool.db import Base, db, find

HASHES = "_hash"
RELEASED_ELSEWHERE = {
    "answer": {"points"},
    "attempt": {"score_given", "score_maximum"},
    "manual_mark": {"criteria", "comment"},
}
"""What learners see with their results, when their course shows it: not sooner in a file."""
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
    held_back = RELEASED_ELSEWHERE if for_themselves else {}
    return {
        table.name: [_as_json(row) for row in _rows(table, condition, held_back)]
        for table, condition in _conditions(user.id).items()
    }


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


def _rows(
    table: Table, condition: ColumnElement[bool], held_back: Mapping[str, Collection[str]]
) -> list[Mapping[str, Any]]:
    names = held_back.get(table.name, ())
    shown = [each for each in table.c if not each.name.endswith(HASHES) and each.name not in names]
    query = select(*shown).where(condition).order_by(*table.primary_key)
    return [dict(row) for row in db.session.execute(query).mappings()]


def _as_json(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
