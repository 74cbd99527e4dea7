"""What those who teach say to one learner about their work at a placement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from lti_tool.courses.models import User
from lti_tool.curriculum.models import Placement
from lti_tool.db import db, upsert, utcnow
from lti_tool.events import LearnerCommented, publish
from lti_tool.quiz.models import LearnerComment
from lti_tool.rows import columns_of, execute, objects_in, table_of


@dataclass(frozen=True)
class Comment:
    text: str
    by: str
    at: datetime


def comment_to(placement_id: int, user_id: int) -> Comment | None:
    """What stands there for the learner, and who wrote it."""
    row = execute(COMMENT, {"placement_id": placement_id, "user_id": user_id}).one_or_none()
    if row is None:
        return None
    said, author = objects_in(row, LearnerComment, User)
    return Comment(said.text, author.display_name, said.at)


COMMENTS, USERS = table_of(LearnerComment), table_of(User)
COMMENT = (
    select(*columns_of(LearnerComment, User))
    .join_from(COMMENTS, USERS, USERS.c.id == COMMENTS.c.by_user_id)
    .where(
        COMMENTS.c.placement_id == bindparam("placement_id"),
        COMMENTS.c.user_id == bindparam("user_id"),
    )
)


def comment(placement: Placement, user_id: int, text: str, *, by_user_id: int) -> None:
    """Write it in place of what stood there, "" removes that; publishes `LearnerCommented`.

    Called within a unit of work.
    """
    whose = {"placement_id": placement.id, "user_id": user_id}
    if text:
        upsert(LearnerComment, whose, {"text": text, "by_user_id": by_user_id, "at": utcnow()})
    else:
        db.session.execute(delete(LearnerComment).filter_by(**whose))
    publish(
        LearnerCommented(
            user_id=by_user_id,
            context_id=placement.context_id,
            learner_id=user_id,
            placement_id=placement.id,
            comment=text,
        )
    )
