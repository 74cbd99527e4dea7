"""Reading the repairs of a course."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from lti_tool.db import db
from lti_tool.quiz.judging import Repair, RepairKind, Repairs
from lti_tool.quiz.models import ItemRepair


def repairs_in_force(context_id: int) -> dict[str, list[ItemRepair]]:
    """By item id, in the order in which they were made; one query."""
    rows = db.session.scalars(
        select(ItemRepair)
        .where(ItemRepair.context_id == context_id, ItemRepair.undone_at.is_(None))
        .order_by(ItemRepair.id)
    )
    found: dict[str, list[ItemRepair]] = {}
    for row in rows:
        found.setdefault(row.item_id, []).append(row)
    return found


def repairs_of(context_id: int) -> Repairs:
    """The same as marking needs them."""
    return {item_id: as_rules(made) for item_id, made in repairs_in_force(context_id).items()}


def as_rules(made: Sequence[ItemRepair]) -> list[Repair]:
    """The repairs of one item as marking needs them."""
    return [Repair(RepairKind(row.kind), row.response, row.spared) for row in made]


def void_items(context_id: int) -> set[str]:
    """The items that count for nobody in the course: they are not asked again."""
    rows = repairs_in_force(context_id)
    return {name for name, made in rows.items() if any(r.kind == RepairKind.VOID for r in made)}


def list_repairs(context_id: int, item_id: str) -> Sequence[ItemRepair]:
    """Every repair of the item in the course, the newest first; those undone as well."""
    return db.session.scalars(
        select(ItemRepair)
        .filter_by(context_id=context_id, item_id=item_id)
        .order_by(ItemRepair.id.desc())
    ).all()
