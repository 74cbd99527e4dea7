"""Every domain event, and `publish()`.

An event is a fact in the past tense with ids and plain values. Which handlers react stands in one
table: `reactions.py`; how an event is kept and set off stands in `event_log.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lti_tool.event_log import Event as Event
from lti_tool.event_log import EventRecord as EventRecord
from lti_tool.event_log import Later as Later
from lti_tool.event_log import Reactions as Reactions
from lti_tool.event_log import init_app as init_app
from lti_tool.event_log import publish as publish


@dataclass(frozen=True, kw_only=True)
class LaunchReceived(Event):
    """A person arrived from the platform."""

    launch_id: str
    message_type: str
    resource_link_id: int | None
    role: str


@dataclass(frozen=True, kw_only=True)
class NoticesOffered(Event):
    """A platform can tell an installation of ours what happens to its courses."""

    deployment_id: int


@dataclass(frozen=True, kw_only=True)
class LineItemChanged(Event):
    """The platform named a line item for a link that had none, another one, or opened it."""

    resource_link_id: int


@dataclass(frozen=True, kw_only=True)
class RosterChanged(Event):
    """The platform's roster named people anew, or no longer; counts of them, and of all on it."""

    joined: int
    left: int
    people: int


@dataclass(frozen=True, kw_only=True)
class RosterHeldBack(Event):
    """A roster lacked so many of the people known that it was not applied."""

    missing: int


@dataclass(frozen=True, kw_only=True)
class ResearchChosen(Event):
    """A person said whether their answers may be used for research, in all their courses."""

    allowed: bool


@dataclass(frozen=True, kw_only=True)
class PlacementConfigured(Event):
    """An instructor chose the module of a link or changed its settings (`changes`: old and new)."""

    placement_id: int
    changes: dict[str, list[str | None]]


@dataclass(frozen=True, kw_only=True)
class CourseDefaultsChanged(Event):
    """An instructor changed what new activities of the course begin with; text by setting."""

    before: dict[str, str | None]
    after: dict[str, str | None]


@dataclass(frozen=True, kw_only=True)
class PlacementCopied(Event):
    """A link that came with a copied course was opened, and took over its source's settings."""

    placement_id: int
    source_id: int


@dataclass(frozen=True, kw_only=True)
class LessonCompleted(Event):
    """A lesson was completed, or completed again so that it counts; `counts` as in its table."""

    placement_id: int
    lesson_id: str
    counts: bool = True


@dataclass(frozen=True, kw_only=True)
class KnowledgeCheckAnswered(Event):
    """An ungraded check was answered; `credit` from 0 to 1."""

    placement_id: int
    item_id: str
    credit: float


@dataclass(frozen=True, kw_only=True)
class PracticeAnswered(Event):
    """An item was practised, for nothing but practice; `credit` from 0 to 1."""

    placement_id: int
    item_id: str
    kind: str
    credit: float


@dataclass(frozen=True, kw_only=True)
class AttemptStarted(Event):
    placement_id: int
    attempt_id: int
    number: int


@dataclass(frozen=True, kw_only=True)
class AttemptExtended(Event):
    """A learner pressed for more time, once; `minutes` were added."""

    placement_id: int
    attempt_id: int
    minutes: int


@dataclass(frozen=True, kw_only=True)
class AccommodationChanged(Event):
    """An instructor (`user_id`) granted a learner this, in all modules of the course."""

    learner_id: int
    granted: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class AttemptSubmitted(Event):
    """An attempt was handed in and marked; points as decimal text, moments in ISO 8601.

    `user_id` is the learner, whoever or whatever handed it in.
    """

    placement_id: int
    attempt_id: int
    number: int
    score_given: str
    score_maximum: str
    is_preview: bool = False
    awaits_marking: bool = False
    started_at: str = ""
    submitted_at: str = ""


@dataclass(frozen=True, kw_only=True)
class AttemptRemarked(Event):
    """The points of an attempt changed after it was handed in: a repaired item, a person's marks.

    `user_id` is the learner; `score_given` and `score_maximum` are new, `old_` what stood before.
    """

    placement_id: int
    attempt_id: int
    number: int
    old_score_given: str
    old_score_maximum: str
    score_given: str
    score_maximum: str
    awaits_marking: bool = False
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class AnswerMarked(Event):
    """A person (`user_id`) marked a learner's answer by its rubric; `criteria` are those met."""

    learner_id: int
    placement_id: int
    attempt_id: int
    number: int
    item_id: str
    criteria: list[str]
    comment: str


@dataclass(frozen=True, kw_only=True)
class ItemRepaired(Event):
    """An instructor (`user_id`) decided about a faulty item, or took the decision back."""

    item_id: str
    repair_id: int
    kind: str
    response: dict[str, Any]
    reason: str
    undone: bool = False


@dataclass(frozen=True, kw_only=True)
class AttemptDeleted(Event):
    """An attempt no longer counts: its row stays, as deleted. `user_id` is the learner's."""

    placement_id: int
    attempt_id: int
    number: int
    reason: str = ""
    by_user_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class AttemptReopened(Event):
    """A handed-in attempt is open again, and counts when it is handed in once more.

    `user_id` is the learner's; `deadline_at` in ISO 8601, "" without one.
    """

    placement_id: int
    attempt_id: int
    number: int
    deadline_at: str
    reason: str
    by_user_id: int


@dataclass(frozen=True, kw_only=True)
class GradeOverridden(Event):
    """A person decided on the points of a learner (`user_id`), whatever the attempts earned."""

    placement_id: int
    score_given: str
    score_maximum: str
    reason: str
    by_user_id: int


@dataclass(frozen=True, kw_only=True)
class OverrideTakenBack(Event):
    """What the attempts of a learner (`user_id`) earned counts again."""

    placement_id: int
    reason: str
    by_user_id: int


@dataclass(frozen=True, kw_only=True)
class ExtraAttemptsGranted(Event):
    """An instructor (`user_id`) gave a learner more attempts in one activity, or took some back.

    `extra` is how many the learner has beyond everybody's, `before` how many there were.
    """

    learner_id: int
    placement_id: int
    before: int
    extra: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class LearnerCommented(Event):
    """A person (`user_id`) wrote to a learner about an activity; "" removes what stood there."""

    learner_id: int
    placement_id: int
    comment: str


@dataclass(frozen=True, kw_only=True)
class GradeChanged(Event):
    """The grade of a learner for a placement moved; points as decimal text."""

    placement_id: int
    grade_id: int
    score_given: str
    score_maximum: str
    state: str = "graded"

    @property
    def has_points(self) -> bool:
        """Whether the points stand: nobody has to mark anything first, none was withdrawn."""
        return self.state in ("graded", "in_progress")


@dataclass(frozen=True, kw_only=True)
class ScoreAccepted(Event):
    """The platform answered with `status` that it has the score of a grade in that `state`."""

    placement_id: int
    grade_id: int
    score_given: str
    score_maximum: str
    state: str = "graded"
    status: int | None = None


@dataclass(frozen=True, kw_only=True)
class SendAsked(Event):
    """A person asked for a score to be sent "again", or "in place of another grade"."""

    placement_id: int
    grade_id: int
    how: str
