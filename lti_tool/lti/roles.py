"""Role URIs -> what the person may do in the course (LTI 1.3 core, A.2).

Only context roles count. An institution or system role alone gives no powers: a student may be
staff elsewhere, and an administrator need not teach here.
"""

from __future__ import annotations

import enum
from collections.abc import Collection

CONTEXT = "http://purl.imsglobal.org/vocab/lis/v2/membership"
INSTRUCTORS = {"Instructor", "ContentDeveloper", "Administrator"}
TEST_USER = "#TestUser"
ASSISTANTS = {"TeachingAssistant", "TeachingAssistantGroup", "TeachingAssistantSection"}


class Role(enum.StrEnum):
    """`other` sees the module as a learner does; nothing of theirs reaches a gradebook."""

    INSTRUCTOR = "instructor"
    LEARNER = "learner"
    OTHER = "other"


def course_role(uris: Collection[str]) -> Role:
    """The strongest course role among `uris`; short names such as "Learner" are context roles.

    The platform's test student tries things out: that is never graded.
    """
    names = {name for name in (_context_role_name(uri) for uri in uris) if name}
    if any(uri.endswith(TEST_USER) for uri in uris):
        return Role.OTHER
    if names & INSTRUCTORS or names & ASSISTANTS:
        return Role.INSTRUCTOR
    if "Learner" in names:
        return Role.LEARNER
    return Role.OTHER


def _context_role_name(uri: str) -> str | None:
    """The principal context role: `.../membership/Instructor#Grader` -> Instructor."""
    if not uri.startswith(CONTEXT):
        return uri if uri.isalpha() else None
    path, _, name = uri.removeprefix(CONTEXT).partition("#")
    return path.strip("/") or name or None
