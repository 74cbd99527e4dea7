"""Scores as they arrive, and the grade they leave (AGS 2.0, 3.4 Score publish service).

Every post is kept, also a refused one; the grade of a learner in a column is derived from the
posts, so that the history and the gradebook cannot disagree. The rules are those of Moodle 4.5:
- a score with an equal or older whole second than the grade's is refused (409);
- anything but `FullyGraded`, or a post without a score, erases the grade and with it the time
  that later scores are compared with.
"""

import json
import math
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lti1p3platform.score import ActivityProgress, GradeProgress

from demo.line_items import LineItem
from demo.people import STUDENTS
from demo.storage import Storage

ACCEPTED, BAD, CONFLICT = 200, 400, 409
_ACTIVITY = {progress.value for progress in ActivityProgress}
_GRADING = {progress.value for progress in GradeProgress}


class BadScore(ValueError):
    """A score breaks the specification; the text says how."""


@dataclass(frozen=True)
class ScorePost:
    """One post as received: `status` is our HTTP answer, `note` its reason in words."""

    id: int
    line_item_id: int
    user_id: str
    received_at: datetime
    status: int
    note: str
    body: dict[str, Any]

    @property
    def accepted(self) -> bool:
        return self.status == ACCEPTED

    @property
    def is_grade(self) -> bool:
        """Whether it leaves a grade; otherwise, if accepted, it erases one."""
        fully = self.body.get("gradingProgress") == GradeProgress.FULLYGRADED.value
        return fully and self.body.get("scoreGiven") is not None


@dataclass(frozen=True)
class Grade:
    """What the platform holds for a learner in a column, scaled to the column's maximum."""

    score: float
    maximum: float
    comment: str
    received_at: datetime
    timestamp: datetime


def receive_score(storage: Storage, item: LineItem, body: Any, now: datetime) -> ScorePost:
    """Judge and keep one post; the answer is in its `status` and `note`."""
    kept = body if isinstance(body, dict) else {"unreadable": repr(body)[:200]}
    user_id = str(kept.get("userId", ""))
    with storage.transaction() as connection:
        earlier = _select(connection, item.id, user_id)
        try:
            _check(kept)
            status, note = _compare(_grade(item, earlier), kept)
        except BadScore as problem:
            status, note = BAD, str(problem)
        values = [item.id, user_id, now.isoformat(), status, note, json.dumps(kept)]
        cursor = connection.execute(
            "INSERT INTO score_post (line_item_id, user_id, received_at, status, note, body)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            values,
        )
    return ScorePost(int(cursor.lastrowid or 0), item.id, user_id, now, status, note, kept)


def score_posts(storage: Storage, item: LineItem, user_id: str) -> list[ScorePost]:
    """Every post for one learner in one column, the oldest first."""
    with storage.transaction() as connection:
        return _select(connection, item.id, user_id)


def grade_of(storage: Storage, item: LineItem, user_id: str) -> Grade | None:
    return _grade(item, score_posts(storage, item, user_id))


def latest_post_id(storage: Storage) -> int:
    """Rises with each post: tells whether a page is stale."""
    return int(storage.all("SELECT coalesce(max(id), 0) AS id FROM score_post")[0]["id"])


def _grade(item: LineItem, posts: list[ScorePost]) -> Grade | None:
    accepted = [post for post in posts if post.accepted]
    if not accepted or not accepted[-1].is_grade:
        return None
    post = accepted[-1]
    score = post.body["scoreGiven"] / post.body["scoreMaximum"] * item.score_maximum
    comment = str(post.body.get("comment") or "")
    time = datetime.fromisoformat(post.body["timestamp"])
    return Grade(round(score, 4), item.score_maximum, comment, post.received_at, time)


def _compare(grade: Grade | None, body: dict[str, Any]) -> tuple[int, str]:
    """Whether a well-formed score is newer than the grade, in whole seconds, as Moodle does it."""
    if grade is None:
        return ACCEPTED, ""
    new, held = datetime.fromisoformat(body["timestamp"]), grade.timestamp
    if int(new.timestamp()) <= int(held.timestamp()):
        return CONFLICT, "not newer than the grade that is held"
    return ACCEPTED, ""


def _check(body: dict[str, Any]) -> None:
    if body.get("userId") not in {student.id for student in STUDENTS}:
        raise BadScore("userId is not a student of this course")
    if body.get("activityProgress") not in _ACTIVITY:
        raise BadScore("activityProgress is missing or unknown")
    if body.get("gradingProgress") not in _GRADING:
        raise BadScore("gradingProgress is missing or unknown")
    if not isinstance(body.get("comment", ""), str):
        raise BadScore("comment must be a text")
    _check_timestamp(body.get("timestamp"))
    if body.get("scoreGiven") is not None:
        _check_number("scoreGiven", body["scoreGiven"], zero=True)
        _check_number("scoreMaximum", body.get("scoreMaximum"), zero=False)


def _check_timestamp(value: Any) -> None:
    try:
        time = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadScore("timestamp is not an ISO 8601 time") from None
    if time.tzinfo is None:
        raise BadScore("timestamp has no time zone")


def _check_number(name: str, value: Any, *, zero: bool) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BadScore(f"{name} must be a number")
    if value < 0 or (value == 0 and not zero):
        raise BadScore(f"{name} must not be {value}")


def _select(connection: sqlite3.Connection, line_item_id: int, user_id: str) -> list[ScorePost]:
    query = "SELECT * FROM score_post WHERE line_item_id = ? AND user_id = ? ORDER BY id"
    return [_score_post(row) for row in connection.execute(query, [line_item_id, user_id])]


def _score_post(row: sqlite3.Row) -> ScorePost:
    fields = dict(row)
    fields["received_at"] = datetime.fromisoformat(fields["received_at"]).astimezone(UTC)
    fields["body"] = json.loads(fields["body"])
    return ScorePost(**fields)
