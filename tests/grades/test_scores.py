"""What a score says in each state of a grade, and when it is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from lti_tool.grades.models import WITH_POINTS, GradeState
from lti_tool.grades.policy import Policy
from lti_tool.grades.scores import PROGRESS, Facts, comment_of, may_be_sent, score_of
from lti_tool.lti.ags import CANVAS_SUBMISSION, score_body
from lti_tool.lti.profiles import PROFILES

MOMENT = datetime(2026, 11, 24, 15, 0, 0, 123000, tzinfo=UTC)
FACTS = Facts(
    state=GradeState.GRADED,
    user_id="a445ca99",
    timestamp=MOMENT,
    score_given=Decimal("8.5000"),
    score_maximum=Decimal("10.0000"),
    started_at=MOMENT - timedelta(minutes=20),
    submitted_at=MOMENT - timedelta(seconds=2),
    policy=Policy.BEST,
    attempts=1,
    attempt_id=7,
    accepted_attempt_id=None,
    accepted_comment="",
    as_regrade=False,
    review_url="https://tool.example/?attempt=1",
)
SUBMISSION = {
    "startedAt": "2026-11-24T14:40:00.123Z",
    "submittedAt": "2026-11-24T14:59:58.123Z",
}


def test_every_state_has_its_progress_and_only_points_that_stand_are_told() -> None:
    assert set(PROGRESS) == set(GradeState)
    assert {state for state in PROGRESS if PROGRESS[state].has_points} == set(WITH_POINTS)
    assert PROGRESS[GradeState.GRADED].grading == "FullyGraded"


def test_a_graded_score_as_json() -> None:
    assert score_body(score_of(FACTS, PROFILES["moodle"])) == {
        "userId": "a445ca99",
        "timestamp": "2026-11-24T15:00:00.123Z",
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "scoreGiven": 8.5,
        "scoreMaximum": 10.0,
        "comment": "Best attempt: 8.5 of 10 points.",
        "submission": SUBMISSION,
    }


@pytest.mark.parametrize(
    ("policy", "attempts", "comment"),
    [
        (Policy.BEST, 2, "Best of 2 attempts: 8.5 of 10 points."),
        (Policy.LAST, 3, "Latest of 3 attempts: 8.5 of 10 points."),
        (Policy.FIRST, 3, "First of 3 attempts: 8.5 of 10 points."),
        (Policy.AVERAGE, 2, "Average of 2 attempts: 8.5 of 10 points."),
    ],
)
def test_the_comment_names_the_policy(policy: Policy, attempts: int, comment: str) -> None:
    assert comment_of(replace(FACTS, policy=policy, attempts=attempts)) == comment


def test_what_lessons_earn_before_the_quiz_is_points_of_somebody_at_work() -> None:
    read = replace(FACTS, attempt_id=None, submitted_at=None, attempts=0, lessons=(3, 4))
    facts = replace(read, state="in_progress", review_url="")
    body = score_body(score_of(facts, PROFILES["canvas"]))
    assert (body["activityProgress"], body["gradingProgress"]) == ("InProgress", "FullyGraded")
    assert (body["scoreGiven"], body["scoreMaximum"]) == (8.5, 10)
    assert body["comment"] == "3 of 4 lessons: 8.5 of 10 points so far."
    assert body[CANVAS_SUBMISSION] == {"new_submission": False}
    assert body["submission"] == {"startedAt": SUBMISSION["startedAt"]}
    whole = replace(FACTS, lessons=(3, 4), attempts=2)
    assert comment_of(whole) == "Best of 2 attempts, 3 of 4 lessons: 8.5 of 10 points."


def test_zero_has_points() -> None:
    body = score_body(score_of(replace(FACTS, score_given=Decimal(0)), PROFILES["generic"]))
    assert body["scoreGiven"] == 0 and body["scoreMaximum"] == 10


def test_canvas_counts_a_submission_for_each_attempt_once() -> None:
    canvas = PROFILES["canvas"]
    body = score_body(score_of(FACTS, canvas))
    assert body[CANVAS_SUBMISSION] == {
        "new_submission": True,
        "submission_type": "basic_lti_launch",
        "submission_data": "https://tool.example/?attempt=1",
        "submitted_at": "2026-11-24T14:59:58.123Z",
    }
    for change in (replace(FACTS, accepted_attempt_id=7), replace(FACTS, as_regrade=True)):
        assert score_body(score_of(change, canvas))[CANVAS_SUBMISSION] == {"new_submission": False}


def test_canvas_gets_a_comment_only_when_it_changed() -> None:
    same = replace(FACTS, accepted_comment="Best attempt: 8.5 of 10 points.")
    assert "comment" not in score_body(score_of(same, PROFILES["canvas"]))
    assert "comment" in score_body(score_of(same, PROFILES["moodle"]))


def test_what_waits_for_a_person_preserves_the_grade_on_canvas() -> None:
    body = score_body(score_of(replace(FACTS, state="awaits_marking"), PROFILES["canvas"]))
    assert (body["activityProgress"], body["gradingProgress"]) == ("Submitted", "PendingManual")
    assert "scoreGiven" not in body and body[CANVAS_SUBMISSION]["preserve_score"] is True


def test_what_is_withdrawn_names_no_points_and_no_submission() -> None:
    body = score_body(score_of(replace(FACTS, state="withdrawn"), PROFILES["canvas"]))
    assert (body["activityProgress"], body["gradingProgress"]) == ("Initialized", "NotReady")
    assert not {"scoreGiven", "scoreMaximum", "submission"} & set(body)
    assert body[CANVAS_SUBMISSION] == {"new_submission": False}


@pytest.mark.parametrize(
    ("state", "accepted", "profile", "is_sent"),
    [
        ("graded", "", "moodle", True),
        ("graded", "graded", "moodle", True),
        ("in_progress", "", "moodle", True),
        ("in_progress", "graded", "moodle", True),
        ("awaits_marking", "in_progress", "generic", False),
        ("awaits_marking", "", "generic", True),
        ("awaits_marking", "", "moodle", False),
        ("awaits_marking", "graded", "generic", False),
        ("awaits_marking", "graded", "canvas", True),
        ("withdrawn", "", "generic", False),
        ("withdrawn", "graded", "moodle", True),
        ("withdrawn", "awaits_marking", "canvas", True),
        ("begun", "", "generic", False),
        ("begun", "graded", "canvas", False),
        ("submitted", "", "generic", False),
    ],
)
def test_a_score_without_points_never_takes_a_grade_away_unless_it_is_meant_to(
    state: str, accepted: str, profile: str, is_sent: bool
) -> None:
    assert may_be_sent(state, accepted, PROFILES[profile]) is is_sent
