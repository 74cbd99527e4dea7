"""Invites: a secret address with which an administrator registers the tool, once.

The same secret opens the administrator's setup page, before and after the registration.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from sqlalchemy import or_, select, update
from sqlalchemy.orm import joinedload

from lti_tool.db import db, find, utcnow
from lti_tool.errors import Invalid, NotFound, ToolError
from lti_tool.lti.logins import digest
from lti_tool.lti.models import Invite, Registration
from lti_tool.lti.profiles import PROFILES
from lti_tool.lti.registrations import tool_url

HOLD_SECONDS = 120
"""Longer than asking a platform can take (`connector`): two answers of 20 s and two connects."""


class InviteUnusable(ToolError):
    """The invite is unknown, expired, used, or being used; the text says which."""

    status = 403


@dataclass(frozen=True)
class NewInvite:
    """An invite with the only copy of its token."""

    invite: Invite
    token: str

    @property
    def registration_url(self) -> str:
        return registration_url(self.token)

    @property
    def setup_url(self) -> str:
        return setup_url(self.token)


def registration_url(token: str) -> str:
    """What the administrator pastes into the platform (Dynamic Registration 1.0, 3.2)."""
    return tool_url("/lti/register?" + urlencode({"invite": token}))


def setup_url(token: str) -> str:
    """The administrator's page; `~` marks a part of an address that is never logged."""
    return tool_url(f"/lti/setup/~{token}")


def make_invite(
    name: str, profile: str | None = None, days: int = 7, auto_approve_deployments: bool = False
) -> NewInvite:
    """Make an invite, valid for that many days; called within a unit of work.

    Raises `Invalid` when the name is empty or too long, or the profile unknown.
    """
    if not 1 <= len(name.strip()) <= 255:
        raise Invalid("There is no invite", fields={"--name": ["must have 1 to 255 characters"]})
    if profile is not None and profile not in PROFILES:
        raise Invalid("There is no invite", fields={"--profile": [f"{profile!r} is unknown"]})
    token = secrets.token_urlsafe(24)
    invite = Invite(
        name=name.strip(),
        profile=profile,
        token_hash=digest(token),
        auto_approve_deployments=auto_approve_deployments,
        expires_at=utcnow() + timedelta(days=days),
    )
    db.session.add(invite)
    return NewInvite(invite, token)


def find_invite(token: str) -> Invite:
    """The invite of that token with its registration, used or not; raises `NotFound`.

    An invite that expired unused is gone; a used one is good for as long as its registration is
    enabled: that is how the administrator comes back to look.
    """
    query = select(Invite).options(
        joinedload(Invite.registration).selectinload(Registration.deployments)
    )
    invite = db.session.scalar(query.where(Invite.token_hash == digest(token)))
    if invite is None or _is_over(invite):
        raise NotFound(
            "This invitation is not valid any more",
            "Ask whoever sent it to you, the operator of PMO Bridge, for a new one.",
        )
    return invite


def _is_over(invite: Invite) -> bool:
    if invite.registration is not None:
        return not invite.registration.enabled
    return invite.expires_at < utcnow()


def check_usable(token: str) -> Invite:
    """The invite of that token, if it can still make a registration; raises `InviteUnusable`."""
    invite = find(Invite, token_hash=digest(token)) if token else None
    if invite is None:
        raise InviteUnusable(
            "This address needs an invitation",
            "Paste the registration address exactly as the operator of PMO Bridge sent it to you, "
            "with everything after the question mark, or ask them for a new one.",
        )
    if invite.used_at is not None:
        raise InviteUnusable(
            "This invitation has been used",
            "An invitation registers the tool once. To register it again, or at another "
            "platform, ask the operator of PMO Bridge for a new one.",
        )
    if invite.expires_at < utcnow():
        raise InviteUnusable(
            "This invitation has expired", "Ask the operator of PMO Bridge for a new one."
        )
    return invite


def hold(token: str) -> Invite:
    """Keep the invite from everybody else while a platform is asked; within a unit of work.

    Raises `InviteUnusable`: of several at once, one gets it.
    """
    invite, now = check_usable(token), utcnow()
    held = db.session.execute(
        update(Invite)
        .where(Invite.id == invite.id, Invite.used_at.is_(None))
        .where(or_(Invite.held_until.is_(None), Invite.held_until < now))
        .values(held_until=now + timedelta(seconds=HOLD_SECONDS))
        .execution_options(synchronize_session=False)
    )
    if held.rowcount != 1:  # type: ignore[attr-defined]
        raise InviteUnusable(
            "This invitation is being used at this moment",
            "Somebody pressed the button a moment ago. If it was not you, try again in two "
            "minutes.",
        )
    return invite


def release(invite_id: int) -> None:
    """Let the invite be used after all: the platform made no registration; in a unit of work."""
    db.session.execute(update(Invite).where(Invite.id == invite_id).values(held_until=None))


def use(invite_id: int, registration: Registration) -> None:
    """The invite has made its registration; within a unit of work."""
    db.session.execute(
        update(Invite)
        .where(Invite.id == invite_id)
        .values(held_until=None, used_at=utcnow(), registration_id=registration.id)
    )


def list_invites() -> Sequence[Invite]:
    """All invites, the newest first."""
    query = select(Invite).options(joinedload(Invite.registration))
    return db.session.scalars(query.order_by(Invite.created_at.desc(), Invite.id.desc())).all()


def revoke(invite_id: int) -> Invite:
    """Make an invite worthless, used or not; within a unit of work. Raises `Invalid`."""
    invite = db.session.get(Invite, invite_id)
    if invite is None:
        raise Invalid(f"There is no invite {invite_id}; see: registrations invites")
    db.session.delete(invite)
    return invite
