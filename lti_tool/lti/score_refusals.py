"""Why a platform did not take a score, who can cure it, and how: tables, and one pure function.

The rules of a platform are tried in order, then those for all. A rule matches by status and by
words in the answer; what platforms say was read in their sources and documentation, and each
answer that is known stands in tests/lti/fixtures/ags.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["retry", "wait", "needs instructor", "needs admin", "never"]
LOOK_AT_CHARACTERS = 4000


@dataclass(frozen=True, kw_only=True)
class Cause:
    """`what` happened, as a sentence; `cure`, what the person who can cure it does.

    `renews_token`: a new access token may be all that is missing. `lost_column`: the line item's
    address leads nowhere, so another one has to be found or made. `platform_wide`: other calls
    would fare the same now.
    """

    key: str
    kind: Kind
    what: str
    cure: str
    renews_token: bool = False
    lost_column: bool = False
    platform_wide: bool = False


_ALL = (
    Cause(
        key="unreachable",
        kind="retry",
        what="The platform did not answer, or has a problem of its own.",
        cure="Nothing needs to be done: the score is sent again by itself until it arrives.",
        platform_wide=True,
    ),
    Cause(
        key="pause",
        kind="wait",
        what="The platform asked for a pause.",
        cure="Nothing needs to be done: the score is sent again by itself.",
        platform_wide=True,
    ),
    Cause(
        key="already_newer",
        kind="wait",
        what="The platform holds a score that it takes for newer.",
        cure="Nothing needs to be done: the score is sent again with a later time.",
    ),
    Cause(
        key="clock",
        kind="wait",
        what="The platform takes the time of the score for a time in the future.",
        cure="If this stays, the operator of PMO Bridge should set the server's clock right.",
    ),
    Cause(
        key="not_a_student",
        kind="needs instructor",
        what="The platform does not count this person as a student of the course.",
        cure=(
            "Look whether they are enrolled as a student and their enrolment is active, "
            "then send the score again. If they have left, there is nothing to do."
        ),
    ),
    Cause(
        key="role_not_graded",
        kind="needs instructor",
        what="This person's role in the course takes no grades.",
        cure="Let an administrator allow grades for the role, or give the person another role.",
    ),
    Cause(
        key="attempts_used_up",
        kind="needs instructor",
        what="The platform allows this learner no further submission of the assignment.",
        cure="Raise the allowed attempts in the assignment's settings, then send the score again.",
    ),
    Cause(
        key="unpublished",
        kind="needs instructor",
        what="The assignment is not published, so the platform takes no grades for it.",
        cure="Publish the assignment in your course, then send the scores again.",
    ),
    Cause(
        key="course_ended",
        kind="needs instructor",
        what="The course has ended, and the platform takes no more grades for it.",
        cure="Move the course's end date, or ask your administrator to, then send again.",
    ),
    Cause(
        key="column_gone",
        kind="needs instructor",
        what="The gradebook column is gone.",
        cure="Open the link once from your course; if that does not help, place the link anew.",
        lost_column=True,
    ),
    Cause(
        key="column_foreign",
        kind="needs instructor",
        what="The gradebook column belongs to another tool.",
        cure="Place the link anew in your course, so that it gets a column of its own.",
        lost_column=True,
    ),
    Cause(
        key="no_column",
        kind="needs instructor",
        what="This link has no column in the gradebook.",
        cure="Let the link take grades in its settings in your course, then open it once.",
    ),
    Cause(
        key="no_scope",
        kind="needs admin",
        what="The platform does not let the tool send scores to this link.",
        cure="An administrator of the platform allows the tool to send scores.",
    ),
    Cause(
        key="overridden",
        kind="needs instructor",
        what="Somebody has entered another grade in the gradebook.",
        cure="Leave that grade as it is, or have ours sent in its place.",
    ),
    Cause(
        key="not_shown",
        kind="needs instructor",
        what="The platform accepted the score, but its gradebook does not show it.",
        cure="Look whether the score was cleared there, then send it again.",
    ),
    Cause(
        key="no_access",
        kind="needs admin",
        what="The platform refused the tool's access.",
        cure="An administrator of the platform checks the tool's registration and its scopes.",
        renews_token=True,
    ),
    Cause(
        key="token_expired",
        kind="retry",
        what="The platform no longer took the tool's access token.",
        cure="Nothing needs to be done: the score is sent again with a new one.",
        renews_token=True,
    ),
    Cause(
        key="tool_removed",
        kind="needs admin",
        what="The tool has been removed from the course.",
        cure="Whoever looks after the course's tools adds PMO Bridge to it again.",
    ),
    Cause(
        key="key_off",
        kind="needs admin",
        what="The tool's key is switched off at the platform.",
        cure="An administrator of the platform switches the developer key on.",
    ),
    Cause(
        key="wrong_host",
        kind="needs admin",
        what="The platform gave the tool a token that it does not take itself.",
        cure="The operator of PMO Bridge registers the token address of this school's own host.",
    ),
    Cause(
        key="refused",
        kind="needs instructor",
        what="The platform refused the score without saying why.",
        cure="Send it again; if that does not help, quote this line to your administrator.",
    ),
    Cause(
        key="malformed",
        kind="never",
        what="The platform could make nothing of what the tool sent.",
        cure="This is a fault of PMO Bridge: tell its operator, and enter the grade by hand.",
    ),
)
CAUSES: Mapping[str, Cause] = {cause.key: cause for cause in _ALL}


@dataclass(frozen=True)
class Rule:
    """An answer with this status, and with these words in it if there are any, means `cause`."""

    status: int
    words: str
    cause: str


CANVAS = (
    Rule(403, "rate limit", "pause"),
    Rule(422, "not a student", "not_a_student"),
    Rule(422, "maximum number of allowed attempts", "attempts_used_up"),
    Rule(422, "unpublished", "unpublished"),
    Rule(422, "concluded", "course_ended"),
    Rule(422, "scoremaximum", "malformed"),
    Rule(422, "cannot be zero", "malformed"),
    Rule(400, "before last updated", "already_newer"),
    Rule(400, "in the future", "clock"),
    Rule(412, "", "column_foreign"),
    Rule(401, "not linked to a tool", "tool_removed"),
    Rule(401, "developer key", "key_off"),
    Rule(401, "expired", "token_expired"),
    Rule(401, "'aud'", "wrong_host"),
)
MOODLE = (
    Rule(400, "no handler", "column_gone"),
    Rule(400, "", "not_a_student"),
    Rule(403, "", "column_foreign"),
)
BLACKBOARD = (Rule(400, "user could not be found", "not_a_student"),)
BRIGHTSPACE = (
    Rule(403, "not enrolled", "not_a_student"),
    Rule(404, "user", "not_a_student"),
    Rule(422, "", "role_not_graded"),
)
SAKAI = (
    Rule(400, "does not belong to site", "not_a_student"),
    Rule(400, "could not load site", "column_gone"),
    Rule(400, "scope", "no_scope"),
)
OPENEDX = (
    Rule(400, "later point in time", "already_newer"),
    Rule(400, "already exists", "already_newer"),
    Rule(400, "scoremaximum", "malformed"),
)
EVERYWHERE = (
    Rule(401, "", "no_access"),
    Rule(403, "", "no_access"),
    Rule(404, "", "column_gone"),
    Rule(410, "", "column_gone"),
    Rule(409, "", "already_newer"),
    Rule(429, "", "pause"),
    Rule(408, "", "unreachable"),
    Rule(425, "", "unreachable"),
    Rule(415, "", "malformed"),
)
RULES: Mapping[str, Sequence[Rule]] = {
    "canvas": CANVAS,
    "moodle": MOODLE,
    "blackboard": BLACKBOARD,
    "brightspace": BRIGHTSPACE,
    "sakai": SAKAI,
    "openedx": OPENEDX,
}


def cause_of(profile: str, status: int, answer: str) -> Cause:
    """What an answer other than success means; `answer` is its reason phrase and body."""
    text = answer[:LOOK_AT_CHARACTERS].lower()
    for rule in (*RULES.get(profile, ()), *EVERYWHERE):
        if rule.status == status and rule.words in text:
            return CAUSES[rule.cause]
    return CAUSES["refused" if 400 <= status < 500 else "unreachable"]
