"""How many grades stand where on their way, for the operator."""

from __future__ import annotations

from sqlalchemy import func, select

from lti_tool.db import db
from lti_tool.grades.models import Delivery


def count_deliveries() -> dict[str, int]:
    """Grades by the state of their delivery."""
    rows = db.session.execute(select(Delivery.state, func.count()).group_by(Delivery.state))
    return {state: count for state, count in rows}
