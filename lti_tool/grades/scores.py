"""What a grade says to the platform in each state it may be in. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from lti_tool.grades.models import WITH_POINTS, GradeState
from lti_tool.grades.policy import Policy
from lti_tool.lti.ags import CanvasSubmission, Score
from lti_tool.lti.profiles import Profile


@dataclass(frozen=True)
class Progress:
    """How far learner and marking are (AGS 2.0, 3.4.6 and 3.4.7); `has_points` to go with it.

    What lessons have earned before the quiz is marked, while the learner is still at work:
    platforms drop points of any other grading progress.
    """

    activity: str
    grading: str
    has_points: bool


PROGRESS: Mapping[str, Progress] = {
    GradeState.BEGUN: Progress("Started", "NotReady", has_points=False),
    GradeState.IN_PROGRESS: Progress("InProgress", "FullyGraded", has_points=True),
    GradeState.SUBMITTED: Progress("Submitted", "Pending", has_points=False),
    GradeState.AWAITS_MARKING: Progress("Submitted", "PendingManual", has_points=False),
    GradeState.GRADED: Progress("Completed", "FullyGraded", has_points=True),
    GradeState.WITHDRAWN: Progress("Initialized", "NotReady", has_points=False),
}
COMMENTS: Mapping[Policy, tuple[str, str]] = {
    Policy.BEST: ("Best attempt", "Best of {count} attempts"),
    Policy.LAST: ("Latest attempt", "Latest of {count} attempts"),
    Policy.FIRST: ("First attempt", "First of {count} attempts"),
    Policy.AVERAGE: ("Average", "Average of {count} attempts"),
}
"""For one attempt, and for several."""


def may_be_sent(state: str, accepted_state: str, profile: Profile) -> bool:
    """Whether the platform is told of a grade in this state, given the state that it accepted.

    A score without points makes most platforms drop the grade that they have: it never follows
    one with points, unless the grade is to be withdrawn or Canvas is told to preserve it. That an
    attempt has begun, or is being marked by the tool, lasts too short to be told.
    """
    if state in WITH_POINTS:
        return True
    if state == GradeState.WITHDRAWN:
        return accepted_state not in ("", GradeState.WITHDRAWN)
    if state == GradeState.AWAITS_MARKING:
        is_graded = accepted_state in WITH_POINTS
        return profile.shows_progress and (not is_graded or profile.canvas_submissions)
    return False


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that a score is made of; moments are aware.

    `accepted_attempt_id` and `accepted_comment` are of the last score that was taken.
    `attempts` counts those handed in; `review_url` shows the work to a teacher. Where lessons
    count, `lessons` says how many of how many are completed.
    """

    state: str
    user_id: str
    timestamp: datetime
    score_given: Decimal
    score_maximum: Decimal
    started_at: datetime | None
    submitted_at: datetime | None
    policy: Policy
    attempts: int
    attempt_id: int | None
    accepted_attempt_id: int | None
    accepted_comment: str
    as_regrade: bool
    review_url: str
    by_hand: bool = False
    lessons: tuple[int, int] = (0, 0)


def score_of(facts: Facts, profile: Profile) -> Score:
    """The score to publish. A comment that Canvas has already is left out: it would come twice."""
    progress = PROGRESS[facts.state]
    is_withdrawn = facts.state == GradeState.WITHDRAWN
    comment = comment_of(facts)
    if profile.canvas_submissions and comment == facts.accepted_comment:
        comment = ""
    return Score(
        user_id=facts.user_id,
        timestamp=facts.timestamp,
        activity_progress=progress.activity,
        grading_progress=progress.grading,
        score_given=facts.score_given if progress.has_points else None,
        score_maximum=facts.score_maximum if progress.has_points else None,
        started_at=None if is_withdrawn else facts.started_at,
        submitted_at=None if is_withdrawn else facts.submitted_at,
        comment=comment,
        canvas=_canvas(facts) if profile.canvas_submissions else None,
    )


def comment_of(facts: Facts) -> str:
    """What stands beside the grade: which attempt it is, by which policy, and its points."""
    if facts.state == GradeState.WITHDRAWN:
        return "Nothing counts at present; there is no score."
    if facts.state == GradeState.AWAITS_MARKING:
        return "Handed in; some answers wait to be marked by a person."
    given, maximum = facts.score_given.normalize(), facts.score_maximum.normalize()
    if facts.by_hand:
        return f"Set by a teacher: {given:f} of {maximum:f} points."
    so_far = " so far" if facts.state == GradeState.IN_PROGRESS else ""
    return f"{_sources(facts)}: {given:f} of {maximum:f} points{so_far}."


def _sources(facts: Facts) -> str:
    """Where the points come from, as a sentence begins."""
    one, several = COMMENTS[facts.policy]
    quiz = one if facts.attempts <= 1 else several.format(count=facts.attempts)
    done, counted = facts.lessons
    if not counted:
        return quiz
    lessons = f"{done} of {counted} lessons"
    return lessons if facts.attempt_id is None else f"{quiz}, {lessons}"


def _canvas(facts: Facts) -> CanvasSubmission:
    """A submission for each attempt that counts, once; everything else is a change of the grade."""
    is_new = (
        facts.state != GradeState.WITHDRAWN
        and not facts.as_regrade
        and facts.attempt_id is not None
        and facts.attempt_id != facts.accepted_attempt_id
    )
    return CanvasSubmission(
        new_submission=is_new,
        url=facts.review_url,
        submitted_at=facts.submitted_at,
        preserve_score=facts.state == GradeState.AWAITS_MARKING,
    )
