"""Table: one row for each launch that was accepted; its id names the visit in every address."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.courses.models import Membership, ResourceLink
from lti_tool.db import Base, UTCDateTime, utcnow
from lti_tool.lti.models import LoginState


def new_launch_id() -> str:
    return secrets.token_urlsafe(16)


class Launch(Base):
    """A visit of one person to one link in one browser.

    `message_type` is the one of the platform, "" for launches that came before it was kept.
    `secret_hash` is set where the browser returns no cookie: the address carries the secret.
    `resource_link_id` is None while an instructor chooses what to link: `deep_linking` then holds
    the platform's settings. `for_user` is the id of the learner whose work is to be reviewed, or
    of the person whose data is asked about.
    `role` is the course role at this launch; `mentees` are the ids of the learners whose work a
    mentor may see (LTI 1.3 core, A.2.3.1). `frame_ancestors` are the origins that may show the
    pages in a frame, separated by blanks.
    """

    __tablename__ = "launch"
    __table_args__ = (Index(None, "created_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_launch_id)
    login_state_id: Mapped[int] = mapped_column(
        ForeignKey("login_state.id", ondelete="CASCADE"), index=True
    )
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    resource_link_id: Mapped[int | None] = mapped_column(ForeignKey("resource_link.id"))
    message_type: Mapped[str] = mapped_column(default="")
    deep_linking: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    for_user: Mapped[str] = mapped_column(default="")
    mentees: Mapped[list[str] | None] = mapped_column(JSON)
    browser_hash: Mapped[str] = mapped_column(String(64))
    secret_hash: Mapped[str | None] = mapped_column(String(64))
    role: Mapped[str]
    document_target: Mapped[str] = mapped_column(default="")
    return_url: Mapped[str] = mapped_column(default="")
    locale: Mapped[str] = mapped_column(default="")
    frame_ancestors: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)

    login_state: Mapped[LoginState] = relationship()
    membership: Mapped[Membership] = relationship()
    resource_link: Mapped[ResourceLink | None] = relationship()
