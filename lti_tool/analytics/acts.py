"""What was decided about one learner's work, by whom and why: the log in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, or_, select

from lti_tool.courses.models import User
from lti_tool.db import db
from lti_tool.events import (
    AccommodationChanged,
    AnswerMarked,
    AttemptDeleted,
    AttemptReopened,
    EventRecord,
    ExtraAttemptsGranted,
    GradeOverridden,
    LearnerCommented,
    OverrideTakenBack,
)

Data = Mapping[str, Any]
Words = Callable[[Data, str], str]


@dataclass(frozen=True)
class Act:
    """One decision: "Dana Ito" `who`, "gave one more attempt in Module 2" `what`."""

    at: datetime
    who: str
    what: str
    reason: str


def acts_about(context_id: int, user_id: int, places: Mapping[int, str]) -> list[Act]:
    """The newest first; `places` names the course's activities by the id of their placement."""
    records = _records(context_id, user_id)
    names = _names({_actor(record) for record in records})
    return [
        Act(
            at=record.at,
            who=names.get(_actor(record) or 0, "Somebody"),
            what=_WORDS[record.name](record.data, _place(record.data, places)),
            reason=record.data.get("reason", ""),
        )
        for record in records
    ]


def _records(context_id: int, user_id: int) -> Sequence[EventRecord]:
    learner_id = EventRecord.data["learner_id"].as_integer()
    query = select(EventRecord).where(
        EventRecord.context_id == context_id,
        or_(
            and_(EventRecord.name.in_(_BY_LEARNER), EventRecord.user_id == user_id),
            and_(EventRecord.name.in_(_BY_ACTOR), learner_id == user_id),
        ),
    )
    return db.session.scalars(query.order_by(EventRecord.id.desc())).all()


def _actor(record: EventRecord) -> int | None:
    return record.user_id if record.name in _BY_ACTOR else record.data.get("by_user_id")


def _names(user_ids: set[int | None]) -> dict[int, str]:
    users = db.session.scalars(select(User).where(User.id.in_(user_ids - {None})))
    return {user.id: user.display_name for user in users}


def _place(data: Data, places: Mapping[int, str]) -> str:
    return places.get(data.get("placement_id", 0), "an activity that is gone")


def _deleted(data: Data, place: str) -> str:
    return f"deleted attempt {data['number']} in {place}"


def _reopened(data: Data, place: str) -> str:
    return f"opened attempt {data['number']} in {place} again"


def _overridden(data: Data, place: str) -> str:
    points = [f"{Decimal(data[name]).normalize():f}" for name in ("score_given", "score_maximum")]
    return f"set the score in {place} to {points[0]} of {points[1]} points"


def _taken_back(data: Data, place: str) -> str:
    return f"let the attempts decide the score in {place} again"


def _marked(data: Data, place: str) -> str:
    met = len(data["criteria"])
    criteria = "1 criterion" if met == 1 else f"{met} criteria"
    return f"marked a text of attempt {data['number']} in {place}, {criteria} met"


def _more_attempts(data: Data, place: str) -> str:
    more = data["extra"] - data["before"]
    count = "one" if abs(more) == 1 else str(abs(more))
    attempts = "attempt" if abs(more) == 1 else "attempts"
    if more < 0:
        return f"took back {count} extra {attempts} in {place}"
    return f"gave {count} more {attempts} in {place}"


def _commented(data: Data, place: str) -> str:
    text = data["comment"]
    return f"wrote about {place}: “{text}”" if text else f"removed the comment on {place}"


def _accommodated(data: Data, place: str) -> str:
    return "changed the time, attempts or days granted in all modules"


_BY_LEARNER: dict[str, Words] = {
    AttemptDeleted.__name__: _deleted,
    AttemptReopened.__name__: _reopened,
    GradeOverridden.__name__: _overridden,
    OverrideTakenBack.__name__: _taken_back,
}
"""Events whose `user_id` is the learner's."""
_BY_ACTOR: dict[str, Words] = {
    AnswerMarked.__name__: _marked,
    ExtraAttemptsGranted.__name__: _more_attempts,
    LearnerCommented.__name__: _commented,
    AccommodationChanged.__name__: _accommodated,
}
"""Events that name the learner as `learner_id`; their `user_id` is whoever acted."""
_WORDS = _BY_LEARNER | _BY_ACTOR
