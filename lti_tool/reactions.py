"""The map of the system: which event sets off what.

NOW handlers run in the publisher's transaction and abort it on error; LATER handlers run from the
outbox, at least once, and read the current state when they run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lti_tool import upkeep
from lti_tool.courses import roster
from lti_tool.events import (
    AccommodationChanged,
    AttemptDeleted,
    AttemptRemarked,
    AttemptReopened,
    AttemptSubmitted,
    GradeChanged,
    GradeOverridden,
    Later,
    LaunchReceived,
    LessonCompleted,
    LineItemChanged,
    NoticesOffered,
    OverrideTakenBack,
    PlacementConfigured,
    PracticeAnswered,
    Reactions,
)
from lti_tool.grades import reconciling
from lti_tool.grades.columns import HANDLER as KEEP_COLUMN
from lti_tool.grades.columns import keep_column
from lti_tool.grades.delivery import HANDLER as DELIVER_SCORE
from lti_tool.grades.delivery import deliver_score, redeliver_for_link
from lti_tool.grades.lanes import registration_of_grade, registration_of_placement
from lti_tool.grades.recording import count_lesson, update_grade, update_grades_of_placement
from lti_tool.lti.notice_service import HANDLER as ASK_FOR_NOTICES
from lti_tool.lti.notice_service import ask_for_notices, registration_of_deployment
from lti_tool.quiz.deadlines import EVERY_SECONDS as OVERDUE_SECONDS
from lti_tool.quiz.deadlines import HANDLER as CLOSE_OVERDUE
from lti_tool.quiz.deadlines import (
    close_overdue_attempts,
    follow_accommodation,
    follow_settings,
)
from lti_tool.quiz.recalling import plan_reviews, reschedule

SCORES, ROSTERS, UPKEEP = QUEUES = ("scores", "rosters", "upkeep")

REACTIONS = Reactions(
    now={
        AttemptSubmitted: (update_grade,),
        LessonCompleted: (count_lesson,),
        PracticeAnswered: (reschedule,),
        AttemptRemarked: (update_grade,),
        AttemptDeleted: (update_grade,),
        AttemptReopened: (update_grade,),
        GradeOverridden: (update_grade,),
        OverrideTakenBack: (update_grade,),
        LaunchReceived: (roster.ask_when_stale,),
        LineItemChanged: (redeliver_for_link,),
        GradeChanged: (plan_reviews,),
        PlacementConfigured: (follow_settings, update_grades_of_placement),
        AccommodationChanged: (follow_accommodation,),
    },
    later={
        GradeChanged: (Later(DELIVER_SCORE, subject="grade_id"),),
        NoticesOffered: (Later(ASK_FOR_NOTICES, subject="deployment_id"),),
        PlacementConfigured: (Later(KEEP_COLUMN, subject="placement_id"),),
    },
)

HANDLERS: dict[str, Callable[[int], None]] = {
    upkeep.PRUNE: upkeep.prune,
    upkeep.MEND_CLOCK: upkeep.mend_clock,
    ASK_FOR_NOTICES: ask_for_notices,
    CLOSE_OVERDUE: close_overdue_attempts,
    DELIVER_SCORE: deliver_score,
    roster.HANDLER: roster.read_course_roster,
    roster.SWEEP: roster.read_stale_rosters,
    KEEP_COLUMN: keep_column,
    reconciling.HANDLER: reconciling.read_results_of,
    reconciling.SWEEP_ALL: reconciling.read_all,
    reconciling.SWEEP_UNREAD: reconciling.find_unread,
}

LANE_OF: dict[str, Callable[[int], int | None]] = {
    ASK_FOR_NOTICES: registration_of_deployment,
    DELIVER_SCORE: registration_of_grade,
    roster.HANDLER: roster.registration_of_course,
    KEEP_COLUMN: registration_of_placement,
    reconciling.HANDLER: registration_of_placement,
}
"""How the id of the registration is found whose platform a handler calls, from its subject id.

Calls to a platform are limited, and rest while it is in trouble. A handler without an entry here
calls none.
"""

QUEUE_OF: dict[str, str] = {
    roster.HANDLER: ROSTERS,
    DELIVER_SCORE: SCORES,
    KEEP_COLUMN: SCORES,
}
"""Which queue of the broker a handler's messages go to; `upkeep` where nothing is said here."""

EVERY: Mapping[str, int] = {
    upkeep.PRUNE: upkeep.PRUNE_SECONDS,
    upkeep.MEND_CLOCK: upkeep.MEND_CLOCK_SECONDS,
    reconciling.SWEEP_ALL: reconciling.ALL_SECONDS,
    reconciling.SWEEP_UNREAD: reconciling.UNREAD_SECONDS,
    roster.SWEEP: roster.SWEEP_SECONDS,
    CLOSE_OVERDUE: OVERDUE_SECONDS,
}
"""Handlers that also run by themselves, with subject id 0: seconds from one turn to the next."""
