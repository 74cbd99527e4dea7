"""Each answer that a platform is known to give to a score, and who can cure what it means."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lti_tool.lti.profiles import PROFILES
from lti_tool.lti.score_refusals import CAUSES, RULES, cause_of

FOLDER = Path(__file__).parent / "fixtures/ags"
MEANINGS = {
    ("canvas", "inactive, concluded"): "not_a_student",
    ("canvas", "concluded course, flag on"): "course_ended",
    ("canvas", "concluded or out-of-dates"): "column_gone",
    ("canvas", "GET of a line item"): "column_gone",
    ("canvas", "assignment unpublished"): "unpublished",
    ("canvas", "older than the stored result"): "already_newer",
    ("canvas", "submitted_at more than"): "clock",
    ("canvas", "new_submission while"): "attempts_used_up",
    ("canvas", "scoreGiven without"): "malformed",
    ("canvas", "negative scoreMaximum"): "malformed",
    ("canvas", "scoreMaximum 0"): "malformed",
    ("canvas", "line item of another client"): "column_foreign",
    ("canvas", "tool removed"): "tool_removed",
    ("canvas", "key switched off"): "key_off",
    ("canvas", "token expired"): "token_expired",
    ("canvas", "token obtained through"): "wrong_host",
    ("canvas", "throttled"): "pause",
    ("moodle", "timestamp not later"): "already_newer",
    ("moodle", "missing field"): "not_a_student",
    ("moodle", "token or scope"): "no_access",
    ("moodle", "line item belongs"): "column_foreign",
    ("moodle", "course or grade item"): "column_gone",
    ("blackboard", "user not in course"): "not_a_student",
    ("brightspace", "User in requested score is not enrolled"): "not_a_student",
    ("brightspace", "User in requested score does not exist"): "not_a_student",
    ("brightspace", "role may not be graded"): "role_not_graded",
    ("brightspace", "rate limited"): "pause",
    ("sakai", "user not a member"): "not_a_student",
    ("sakai", "unknown site"): "column_gone",
    ("sakai", "scope missing"): "no_scope",
    ("sakai", "bad, expired"): "no_access",
    ("openedx", '{"timestamp": ["Score timestamp can only'): "already_newer",
    ("openedx", '{"timestamp": ["Score already exists'): "already_newer",
    ("openedx", '{"scoreMaximum": ["scoreMaximum is a'): "malformed",
}


def known_answers() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(FOLDER.glob("*.json")):
        content = json.loads(path.read_text())
        found = content if path.stem.endswith("errors") else content.get("errors", ())
        for answer in found:
            yield path.stem.partition("_")[0], answer


def words_of(answer: dict[str, Any]) -> str:
    """The reason phrase and the body, as far as the platform's documentation tells them."""
    body = answer.get("body")
    parts = [answer.get(name, "") for name in ("reason", "message", "body_contains")]
    return " ".join([*parts, body if isinstance(body, str) else json.dumps(body)])


def label_of(answer: dict[str, Any]) -> str:
    label = answer.get("when") or answer.get("body_contains") or json.dumps(answer["body"])
    return str(label)


ANSWERS = [
    pytest.param(profile, answer, id=f"{profile}-{label_of(answer)[:40]}")
    for profile, answer in known_answers()
]


@pytest.mark.parametrize(("profile", "answer"), ANSWERS)
def test_every_known_answer_has_its_meaning(profile: str, answer: dict[str, Any]) -> None:
    label = label_of(answer)
    [meaning] = {
        cause
        for (where, start), cause in MEANINGS.items()
        if where == profile and label.startswith(start)
    }
    assert cause_of(profile, answer["status"], words_of(answer)).key == meaning


def test_no_meaning_is_stated_for_an_answer_that_is_not_there() -> None:
    assert len(MEANINGS) == len(ANSWERS)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (429, "wait"),
        (409, "wait"),
        (408, "retry"),
        (500, "retry"),
        (503, "retry"),
        (302, "retry"),
        (401, "needs admin"),
        (403, "needs admin"),
        (404, "needs instructor"),
        (400, "needs instructor"),
        (418, "needs instructor"),
        (415, "never"),
    ],
)
def test_an_answer_of_an_unknown_platform_is_judged_by_its_status(status: int, kind: str) -> None:
    assert cause_of("generic", status, "").kind == kind
    assert cause_of("schoology", status, "<html>" * 9999).kind == kind


def test_the_tables_name_only_what_exists_and_every_cause_says_what_to_do() -> None:
    assert set(RULES) <= set(PROFILES)
    assert {rule.cause for rules in RULES.values() for rule in rules} <= set(CAUSES)
    for key, cause in CAUSES.items():
        assert key == cause.key and cause.what.endswith(".") and cause.cure.endswith(".")
