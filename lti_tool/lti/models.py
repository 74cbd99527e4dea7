"""Tables: which platforms we know, our keys, and the state of each login on its way to a launch."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db import Base, UTCDateTime, utcnow


class Registration(Base):
    """The tool as registered at one platform under one client id (LTI 1.3 core, 3.1.3).

    With `auto_approve_deployments`, installations that nobody announced are let in at once.
    """

    __tablename__ = "registration"
    __table_args__ = (UniqueConstraint("issuer", "client_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    issuer: Mapped[str]
    client_id: Mapped[str]
    auth_login_url: Mapped[str]
    auth_token_url: Mapped[str]
    jwks_url: Mapped[str]
    token_audience: Mapped[str | None]
    profile: Mapped[str] = mapped_column(default="generic")
    enabled: Mapped[bool] = mapped_column(default=True)
    auto_approve_deployments: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    deployments: Mapped[list[Deployment]] = relationship(
        back_populates="registration", order_by="Deployment.id"
    )


class Deployment(Base):
    """One installation of the tool under a registration (LTI 1.3 core, 3.1.3).

    Until it is approved, it is pending: seen in a launch, which was refused. `notices_url` is where
    the platform takes our address for notices, `notices_asked_at` when it last took it.
    """

    __tablename__ = "deployment"
    __table_args__ = (UniqueConstraint("registration_id", "deployment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    deployment_id: Mapped[str]
    approved: Mapped[bool] = mapped_column(default=True)
    notices_url: Mapped[str] = mapped_column(default="")
    notices_asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    registration: Mapped[Registration] = relationship(back_populates="deployments")


class ReceivedNotice(Base):
    """A notice that a platform sent (Platform Notification Service 1.0), kept once.

    `used` tells whether we do something about its type.
    """

    __tablename__ = "received_notice"
    __table_args__ = (UniqueConstraint("registration_id", "notice_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id"))
    notice_id: Mapped[str]
    notice_type: Mapped[str]
    used: Mapped[bool]
    received_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


class Invite(Base):
    """Leave to register the tool once, for whoever holds the token; it is stored as SHA-256 only.

    While a platform is being asked, the invite is held (`held_until`), so that nobody else can
    use it; a hold that nobody releases ends by itself. `profile` is None where the platform is to
    say what it is.
    """

    __tablename__ = "invite"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    profile: Mapped[str | None]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    auto_approve_deployments: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    held_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id"))

    registration: Mapped[Registration | None] = relationship()


class ToolKey(Base):
    """A key pair of ours. The private half is PEM, encrypted with the settings' secret key."""

    __tablename__ = "tool_key"

    kid: Mapped[str] = mapped_column(primary_key=True)
    private_pem: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class LoginStatus(enum.StrEnum):
    PENDING = "pending"
    LAUNCHED = "launched"
    REFUSED = "refused"


class Way(enum.StrEnum):
    """How a launch was tied to the browser that began it (Security Framework 1.0, 5.1.1.5)."""

    COOKIE = "cookie"
    STORAGE = "storage"
    WINDOW = "window"


class LoginState(Base):
    """A login from its start to its end; a launch that never had a login is kept here too.

    State, nonce and the secrets of browser and platform storage are stored as SHA-256 only. A
    pending state that is past `expires_at` counts as expired. `way` is the one that is being
    tried, at the end the one that worked; `storage_target` names the platform's storage frame.
    `hints` are the platform's own words for person and message, to begin the login once more; a
    launch ends them.
    """

    __tablename__ = "login_state"
    __table_args__ = (Index(None, "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id"))
    state_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    nonce_hash: Mapped[str | None] = mapped_column(String(64))
    browser_hash: Mapped[str | None] = mapped_column(String(64))
    storage_hash: Mapped[str | None] = mapped_column(String(64))
    storage_target: Mapped[str | None]
    hints: Mapped[dict[str, str] | None] = mapped_column(JSON)
    way: Mapped[str] = mapped_column(default=Way.COOKIE)
    status: Mapped[str] = mapped_column(default=LoginStatus.PENDING)
    reason: Mapped[str | None]
    detail: Mapped[str | None]
    reference: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    registration: Mapped[Registration | None] = relationship()
