"""A platform tells what happened to a course while nobody was looking."""

from __future__ import annotations

from sqlalchemy import select

from lti_tool.courses.models import Context
from lti_tool.curriculum.copying import note_context_copy
from lti_tool.db import db, find, upsert
from lti_tool.lti.models import ReceivedNotice
from lti_tool.lti.notice_service import CONTEXT_COPY
from lti_tool.lti.notices import Notice

USED = (CONTEXT_COPY, "LtiHelloWorldNotice")


def take_notice(notice: Notice) -> str:
    """Keep the notice and what follows from it; returns what became of it, in a word.

    "known": it came before; "unused": nothing is done about its type. Within a unit of work.
    """
    deployment = notice.deployment
    key = {"registration_id": deployment.registration_id, "notice_id": notice.id}
    if find(ReceivedNotice, **key) is not None:
        return "known"
    used = notice.type in USED
    values = {"deployment_id": deployment.id, "notice_type": notice.type, "used": used}
    upsert(ReceivedNotice, key, values)
    if notice.type == CONTEXT_COPY:
        _note_copy(notice)
    return "taken" if used else "unused"


def _note_copy(notice: Notice) -> None:
    """The new course is kept; an earlier one that we have never seen has nothing to copy."""
    if notice.context is None:
        return
    names = {"label": notice.context.label, "title": notice.context.title}
    context = upsert(
        Context,
        {"deployment_id": notice.deployment.id, "context_id": notice.context.id},
        {name: text for name, text in names.items() if text},
    )
    origins = select(Context).where(
        Context.deployment_id == notice.deployment.id, Context.context_id.in_(notice.origins)
    )
    for origin in db.session.scalars(origins).all():
        if origin.id != context.id:
            note_context_copy(context.id, origin.id)
