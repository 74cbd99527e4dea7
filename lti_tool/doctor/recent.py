"""What was opened last at a platform: the courses and links that probes look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Select, select

from lti_tool.courses.models import Context, Membership, ResourceLink
from lti_tool.db import db
from lti_tool.lti.models import Deployment

T = TypeVar("T")


@dataclass(frozen=True)
class RecentColumn:
    """The line item of a link, and the scopes that its launch offered."""

    title: str
    url: str
    scopes: frozenset[str]


def recent_column(registration_id: int) -> RecentColumn | None:
    """The line item of a link in the course opened last, the newest link first."""
    query = _of_courses(select(ResourceLink), registration_id)
    query = query.join(ResourceLink, ResourceLink.context_id == Context.id)
    query = query.where(ResourceLink.lineitem_url != "").order_by(ResourceLink.id.desc())
    link = db.session.scalar(query.limit(1))
    if link is None:
        return None
    return RecentColumn(link.title or "untitled", link.lineitem_url, frozenset(link.ags_scopes))


def recent_roster_url(registration_id: int) -> str:
    """Where the roster of the course opened last is; "" where none has one."""
    query = _of_courses(select(Context.memberships_url), registration_id)
    return db.session.scalar(query.where(Context.memberships_url != "").limit(1)) or ""


def _of_courses(query: Select[T], registration_id: int) -> Select[T]:
    """Over the courses of a registration that somebody has opened, the one opened last first."""
    return (
        query.select_from(Membership)
        .join(Context, Context.id == Membership.context_id)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .where(
            Deployment.registration_id == registration_id, Membership.last_launch_at.is_not(None)
        )
        .order_by(Membership.last_launch_at.desc())
    )
