"""Assignment and Grade Services 2.0: asking them, and sending a score."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests

from lti_tool.errors import PlatformError
from lti_tool.lti.connector import (
    UNREADABLE,
    RegistrationConnector,
    as_platform_error,
    retry_after_seconds,
)
from lti_tool.lti.models import Registration
from lti_tool.lti.score_refusals import Cause, cause_of

SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/"
SCORE_SCOPE = SCOPE + "score"
RESULT_SCOPE = SCOPE + "result.readonly"
LINE_ITEM_SCOPE = SCOPE + "lineitem"
LINE_ITEM_READ_SCOPE = SCOPE + "lineitem.readonly"
SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
CANVAS_SUBMISSION = "https://canvas.instructure.com/lti/submission"


@dataclass(frozen=True, kw_only=True)
class CanvasSubmission:
    """Canvas's extension of a score: without it, every score counts as a further attempt.

    `url` is where a teacher looks at the work. `preserve_score` keeps the grade that is there when
    the score brings none.
    """

    new_submission: bool
    url: str = ""
    submitted_at: datetime | None = None
    preserve_score: bool = False


@dataclass(frozen=True, kw_only=True)
class Score:
    """A score to publish (AGS 2.0, 3.4.3-3.4.7); moments are aware, points not negative.

    Without `score_given` it tells how far the learner is; most platforms then drop the grade that
    they have.
    """

    user_id: str
    timestamp: datetime
    activity_progress: str
    grading_progress: str
    score_given: Decimal | None = None
    score_maximum: Decimal | None = None
    started_at: datetime | None = None
    submitted_at: datetime | None = None
    comment: str = ""
    canvas: CanvasSubmission | None = None


def timestamp_text(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds, as AGS 2.0, 3.4.5 asks."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def post_score(registration: Registration, line_item_url: str, score: Score) -> int:
    """Publish a score to a line item (AGS 2.0, 3.4 Score publish service); returns the status.

    A status of success is success, whatever stands in the answer. Raises `PlatformError`.
    """
    url, body = below(line_item_url, "scores"), score_body(score)
    answer = ask(registration, [SCORE_SCOPE], "POST", url, body=body, content_type=SCORE_TYPE)
    return answer.status_code


def below(line_item_url: str, name: str) -> str:
    """The address of a line item's scores or results: below its path, the query kept."""
    parts = urlsplit(line_item_url)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{name}"))


def score_body(score: Score) -> dict[str, Any]:
    """The score as JSON; what is not known is left out."""
    times = {"startedAt": score.started_at, "submittedAt": score.submitted_at}
    submission = {name: timestamp_text(at) for name, at in times.items() if at}
    points = {"scoreGiven": score.score_given, "scoreMaximum": score.score_maximum}
    body: dict[str, Any] = {
        "userId": score.user_id,
        "timestamp": timestamp_text(score.timestamp),
        "activityProgress": score.activity_progress,
        "gradingProgress": score.grading_progress,
    }
    body |= {name: float(value) for name, value in points.items() if value is not None}
    body |= {"comment": score.comment} if score.comment else {}
    body |= {"submission": submission} if submission else {}
    body |= {CANVAS_SUBMISSION: _canvas_body(score.canvas)} if score.canvas else {}
    return body


def _canvas_body(canvas: CanvasSubmission) -> dict[str, Any]:
    body: dict[str, Any] = {"new_submission": canvas.new_submission}
    if canvas.preserve_score:
        body["preserve_score"] = True
    if canvas.new_submission and canvas.url:
        body |= {"submission_type": "basic_lti_launch", "submission_data": canvas.url}
    if canvas.new_submission and canvas.submitted_at:
        body["submitted_at"] = timestamp_text(canvas.submitted_at)
    return body


def ask(
    registration: Registration,
    scopes: Sequence[str],
    method: str,
    url: str,
    *,
    body: Mapping[str, Any] | None = None,
    content_type: str = "",
    accept: str = "*/*",
) -> requests.Response:
    """One call of a service of AGS; returns the answer of success.

    A token that the platform no longer accepts is renewed once; some say 403 to it. Raises
    `PlatformError`, with its cause where the platform has spoken.
    """
    connector = RegistrationConnector(registration)
    headers = {"Accept": accept} | ({"Content-Type": content_type} if content_type else {})
    data = None if body is None else json.dumps(body).encode()

    def call() -> requests.Response:
        bearer = {"Authorization": f"Bearer {connector.get_access_token(scopes)}"}
        return connector.shared.session.request(method, url, data=data, headers=headers | bearer)

    try:
        response = call()
        if not response.ok and _cause(registration, response).renews_token:
            connector.forget_token(scopes)
            response = call()
    except (requests.exceptions.RequestException, *UNREADABLE) as error:
        raise as_platform_error(error) from error
    if not response.ok:
        raise refusal(registration, response)
    return response


def refusal(registration: Registration, response: requests.Response) -> PlatformError:
    """A refusal in words for the person who can cure it."""
    cause, wait = _cause(registration, response), retry_after_seconds(response)
    what = f"{cause.what[:-1]} ({response.status_code})."
    return PlatformError(cause.kind, what, wait, platform_wide=cause.platform_wide, cause=cause.key)


def _cause(registration: Registration, response: requests.Response) -> Cause:
    said = f"{response.reason} {response.text}"
    return cause_of(registration.profile, response.status_code, said)
