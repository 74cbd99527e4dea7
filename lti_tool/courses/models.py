"""Tables: what launches (and later rosters) told us. Natural keys are unique constraints."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db import Base, UTCDateTime
from lti_tool.errors import new_reference
from lti_tool.lti.models import Deployment


class Context(Base):
    """A course; `context_id` is "" where a platform launches from outside of one.

    `memberships_url` is where its roster can be read (NRPS 2.0, 3.6.1.1), `groups_url` where the
    names of its groups can (Course Groups Service 1.0, 3.1); "" where they cannot.
    """

    __tablename__ = "context"
    __table_args__ = (UniqueConstraint("deployment_id", "context_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id"))
    context_id: Mapped[str]
    label: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    memberships_url: Mapped[str] = mapped_column(default="")
    groups_url: Mapped[str] = mapped_column(default="")

    deployment: Mapped[Deployment] = relationship()


class ResourceLink(Base):
    """A link in a course, with the line item that its scores go to (AGS 2.0, 3.1)."""

    __tablename__ = "resource_link"
    __table_args__ = (UniqueConstraint("context_id", "resource_link_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"))
    resource_link_id: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    lineitem_url: Mapped[str] = mapped_column(default="")
    lineitems_url: Mapped[str] = mapped_column(default="")
    ags_scopes: Mapped[list[Any]] = mapped_column(JSON, default=list)

    context: Mapped[Context] = relationship()


class User(Base):
    """A person at one platform. Names are what the platform last said; none is needed.

    `no_research_since` is when they said that their answers are not to be used for research.
    """

    __tablename__ = "user_account"
    __table_args__ = (UniqueConstraint("registration_id", "sub"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    sub: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    given_name: Mapped[str] = mapped_column(default="")
    family_name: Mapped[str] = mapped_column(default="")
    no_research_since: Mapped[datetime | None] = mapped_column(UTCDateTime)

    @property
    def full_name(self) -> str:
        """The name, "" where the platform tells none."""
        return self.name or f"{self.given_name} {self.family_name}".strip()

    @property
    def display_name(self) -> str:
        """The name, or a short label that stays the same for this person."""
        return self.full_name or f"Person {self.id}"


def new_pseudonym() -> str:
    """Such as P-7K3F-92QD: easy to read out, and one of 6 x 10^11."""
    return f"P-{new_reference()}"


class Membership(Base):
    """A person's part in a course: as of their last launch, or else as the roster says.

    `roster_role` is "" until a roster has named the person. `absences` counts the rosters in a row
    without them; from the second on, or when the platform says so, they are inactive. A launch
    makes anybody active again. `pseudonym` stands for the person in exports without names: it is
    drawn by lot, so that nothing but this row leads back.
    """

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("context_id", "user_id"),
        UniqueConstraint("context_id", "pseudonym"),
        Index(None, "context_id", "role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    role: Mapped[str]
    last_launch_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    roster_role: Mapped[str] = mapped_column(default="")
    absences: Mapped[int] = mapped_column(default=0)
    inactive_since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    pseudonym: Mapped[str] = mapped_column(String(16), default=new_pseudonym)

    user: Mapped[User] = relationship()
    context: Mapped[Context] = relationship()


class MembershipGroup(Base):
    """A group or section that a learner is in, as the platform last told, at a launch or a roster.

    The same `key` in one course is the same group; `name` is "" where only a number is told.
    """

    __tablename__ = "membership_group"

    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), default="")
    told_by: Mapped[str] = mapped_column(String(8))


class Roster(Base):
    """How far the reading of a course's roster has come; a row appears when it is asked for.

    `asked_at` is the latest request, `tried_at` the end of the latest reading, whatever came of
    it; `read_at` and `people` are those of the latest answer that was applied. `failure` says in
    words why the latest reading failed. `missing` counts the people whom the latest answer lacked
    where so many were missing that it was not applied, until somebody says that it is right.
    """

    __tablename__ = "roster"

    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"), primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    tried_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    people: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str] = mapped_column(default="")
    missing: Mapped[int] = mapped_column(default=0)
    shrink_confirmed: Mapped[bool] = mapped_column(default=False)
