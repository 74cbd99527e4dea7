"""Assignment and Grade Services 2.0: sending a score."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import requests
from pylti1p3.assignments_grades import AssignmentsGradesService
from pylti1p3.exception import LtiException, LtiServiceException
from pylti1p3.grade import Grade

from lti_tool.lti.connector import RegistrationConnector, as_platform_error
from lti_tool.lti.models import Registration

SCORE_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"


@dataclass(frozen=True, kw_only=True)
class Score:
    """A score to publish (AGS 2.0, 3.4.3-3.4.7); moments are aware, points not negative."""

    user_id: str
    score_given: Decimal
    score_maximum: Decimal
    timestamp: datetime
    started_at: datetime | None
    submitted_at: datetime | None
    comment: str
    activity_progress: str = "Completed"
    grading_progress: str = "FullyGraded"


def timestamp_text(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds, as AGS 2.0, 3.4.5 asks."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def post_score(registration: Registration, line_item_url: str, score: Score) -> None:
    """Publish a score to a line item (AGS 2.0, 3.4 Score publish service).

    A token that the platform no longer accepts is renewed once; some say 403 to it. Raises
    `PlatformError`.
    """
    connector = RegistrationConnector(registration)
    service = AssignmentsGradesService(
        connector, {"scope": [SCORE_SCOPE], "lineitem": line_item_url}
    )
    grade = _as_grade(score)
    try:
        try:
            _put(service, grade)
        except LtiServiceException as error:
            if error.response.status_code not in (401, 403):
                raise
            connector.forget_token([SCORE_SCOPE])
            _put(service, grade)
    except (LtiException, requests.exceptions.RequestException, KeyError, ValueError) as error:
        raise as_platform_error(error) from error


def _put(service: AssignmentsGradesService, grade: Grade) -> None:
    """A status of success is success, whatever stands in the answer: text, a page or nothing."""
    with suppress(requests.exceptions.JSONDecodeError):
        service.put_grade(grade)


def _as_grade(score: Score) -> Any:
    grade = Grade()
    grade.set_user_id(score.user_id)
    grade.set_score_given(float(score.score_given))
    grade.set_score_maximum(float(score.score_maximum))
    grade.set_activity_progress(score.activity_progress)
    grade.set_grading_progress(score.grading_progress)
    grade.set_timestamp(timestamp_text(score.timestamp))
    grade.set_comment(score.comment)
    if score.started_at:
        grade.set_started_at(timestamp_text(score.started_at))
    if score.submitted_at:
        grade.set_submitted_at(timestamp_text(score.submitted_at))
    return grade
