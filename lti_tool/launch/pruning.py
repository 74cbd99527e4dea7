"""Deleting launches, and logins that led to none, once nobody can ask about them any more."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from lti_tool.db import delete_in_batches, utcnow
from lti_tool.launch.models import Launch
from lti_tool.lti.models import LoginState


def prune_launches(older_than: timedelta) -> int:
    """Delete launches and logins begun that long ago, except visits that still last.

    Opens its own units of work; returns how many rows went.
    """
    before = utcnow() - older_than
    launches = select(Launch.id).where(Launch.created_at < before, Launch.expires_at < utcnow())
    logins = select(LoginState.id).where(
        LoginState.created_at < before,
        LoginState.id.not_in(
            select(Launch.login_state_id).where(Launch.login_state_id == LoginState.id)
        ),
    )
    return delete_in_batches(Launch, launches) + delete_in_batches(LoginState, logins)
