"""Role URIs -> the role of a person in the course, and what each role may do (LTI 1.3 core, A.2).

Only context roles count. An institution or system role alone gives no powers: a student may be
staff elsewhere, and an administrator need not teach here; such a person looks on and tries out.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Collection

CONTEXT = "http://purl.imsglobal.org/vocab/lis/v2/membership"
TEST_USER = "#TestUser"
ADMINISTRATOR = re.compile(
    r"http://purl\.imsglobal\.org/vocab/lis/v2/(?:system|institution)/person"
    r"#(?:Administrator|SysAdmin|AccountAdmin)"
)


class Role(enum.StrEnum):
    """What somebody is in a course. `other` looks on, and so does the platform's test student."""

    INSTRUCTOR = "instructor"
    ADMINISTRATOR = "administrator"
    ASSISTANT = "assistant"
    DESIGNER = "designer"
    LEARNER = "learner"
    MENTOR = "mentor"
    OTHER = "other"


class Power(enum.StrEnum):
    """What a page may need; those who have none of these learn, for a grade.

    `see_learners` opens everybody's work in the course; `see_mentees` that of the people whom the
    platform names in the launch. What is done under `preview` never reaches a gradebook. `mark`
    includes comments to learners; `repair` changes what counts: faulty questions, a learner's
    attempts, a grade.
    """

    PREVIEW = "preview"
    SEE_LEARNERS = "see_learners"
    SEE_MENTEES = "see_mentees"
    MARK = "mark"
    CONFIGURE = "configure"
    LINK = "link"
    REPAIR = "repair"
    DELIVER = "deliver"


POWERS: dict[Role, frozenset[Power]] = {
    Role.INSTRUCTOR: frozenset(Power) - {Power.SEE_MENTEES},
    Role.ADMINISTRATOR: frozenset(
        {
            Power.PREVIEW,
            Power.SEE_LEARNERS,
            Power.CONFIGURE,
            Power.REPAIR,
            Power.LINK,
            Power.DELIVER,
        }
    ),
    Role.ASSISTANT: frozenset({Power.PREVIEW, Power.SEE_LEARNERS, Power.MARK, Power.DELIVER}),
    Role.DESIGNER: frozenset({Power.PREVIEW, Power.CONFIGURE, Power.LINK}),
    Role.LEARNER: frozenset(),
    Role.MENTOR: frozenset({Power.PREVIEW, Power.SEE_MENTEES}),
    Role.OTHER: frozenset({Power.PREVIEW}),
}

PRINCIPAL = {
    "Instructor": Role.INSTRUCTOR,
    "Administrator": Role.ADMINISTRATOR,
    "ContentDeveloper": Role.DESIGNER,
    "Learner": Role.LEARNER,
    "Mentor": Role.MENTOR,
}
ASSISTANT_NAMES = {
    "Grader",
    "TeachingAssistant",
    "TeachingAssistantGroup",
    "TeachingAssistantOffering",
    "TeachingAssistantSection",
    "TeachingAssistantSectionAssociation",
    "TeachingAssistantTemplate",
}


def course_role(uris: Collection[str]) -> Role:
    """The strongest course role among `uris`; short names such as "Learner" are context roles.

    A sub-role says more than its principal role, which platforms send with it: an assistant
    comes as Instructor too. The platform's test student tries things out: that is never graded.
    """
    if any(uri.endswith(TEST_USER) for uri in uris):
        return Role.OTHER
    names = {_context_role_name(uri) for uri in uris}
    told_apart = {principal for principal, sub_role in names if sub_role}
    held = {_role(*name) for name in names if name[1] or name[0] not in told_apart}
    return next((role for role in Role if role in held), Role.OTHER)


def is_administrator(uris: Collection[str]) -> bool:
    """Whether a role names an administrator of the platform or an institution.

    An administrator of a course is none: what is kept about a person reaches beyond it.
    """
    return any(ADMINISTRATOR.fullmatch(uri) for uri in uris)


def _context_role_name(uri: str) -> tuple[str, str]:
    """Principal role and sub-role: `.../membership/Instructor#Grader` -> Instructor, Grader."""
    if uri.startswith(CONTEXT):
        principal, _, name = uri.removeprefix(CONTEXT).partition("#")
        principal = principal.strip("/")
    else:
        principal, name = "", uri if uri.isalpha() else ""
    if principal:
        return principal, name
    return ("Instructor", name) if name in ASSISTANT_NAMES else (name, "")


def _role(principal: str, sub_role: str) -> Role:
    if principal == "Instructor" and sub_role in ASSISTANT_NAMES:
        return Role.ASSISTANT
    return PRINCIPAL.get(principal, Role.OTHER)
