"""Whether a person's answers may be used for research: they alone say so, for all their courses."""

from __future__ import annotations

from collections.abc import Iterable

from lti_tool.courses.models import Membership, User
from lti_tool.db import utcnow
from lti_tool.events import ResearchChosen, publish
from lti_tool.lti.roles import Role


def is_asked(memberships: Iterable[Membership]) -> bool:
    """Whether research could use anything of the person: it is about learners alone."""
    return any(each.role == Role.LEARNER for each in memberships)


def choose(user: User, *, allowed: bool, context_id: int) -> None:
    """Keep what the person said in that course; within a unit of work.

    Publishes `ResearchChosen` where it is something new.
    """
    if allowed == (user.no_research_since is None):
        return
    user.no_research_since = None if allowed else utcnow()
    publish(ResearchChosen(user_id=user.id, context_id=context_id, allowed=allowed))
