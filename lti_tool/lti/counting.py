"""How logins and launches ended, for the operator."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from lti_tool.db import db
from lti_tool.lti.models import LoginState


def count_logins(since: datetime) -> dict[tuple[str, str], int]:
    """Logins begun since then, by status and reason of refusal ("" where there is none)."""
    reason = func.coalesce(LoginState.reason, "")
    rows = db.session.execute(
        select(LoginState.status, reason, func.count())
        .where(LoginState.created_at >= since)
        .group_by(LoginState.status, reason)
    )
    return {(status, why): count for status, why, count in rows}
