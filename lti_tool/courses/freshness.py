"""What an instructor reads about the list of people: where it comes from and how old it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from lti_tool.courses.models import Context, Roster
from lti_tool.db import utcnow

UNITS = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))


@dataclass(frozen=True)
class Freshness:
    """`state` is "none", "reading", "held", "failed" or "read"; `text` one or two sentences.

    `can_ask`: whether there is something to press for a new reading.
    """

    state: str
    text: str
    can_ask: bool = True

    @property
    def settled(self) -> bool:
        """Whether nothing more will happen by itself at once."""
        return self.state != "reading"


NONE = Freshness(
    "none",
    "Your platform does not tell PMO Bridge who is in the course: people appear here once they "
    "have opened it.",
    can_ask=False,
)
NEVER = Freshness("read", "The list of people has not been read from your platform yet.")


def freshness(context: Context, roster: Roster | None) -> Freshness:
    """Where the course's list of people stands now."""
    if not context.memberships_url:
        return NONE
    if roster is None:
        return NEVER
    if roster.tried_at is None or roster.tried_at < roster.asked_at:
        return Freshness("reading", "The list of people is being read from your platform.", False)
    last = _last_read(roster)
    if roster.failure:
        return Freshness("failed", f"{roster.failure} {last}".strip())
    if roster.missing:
        return Freshness("held", f"{_held_back(roster.missing)} {last}".strip())
    return Freshness("read", last)


def _last_read(roster: Roster) -> str:
    if roster.read_at is None:
        return ""
    people = "one person" if roster.people == 1 else f"{roster.people} people"
    return f"Read from your platform {ago(roster.read_at)}: {people}."


def _held_back(missing: int) -> str:
    people = "one person" if missing == 1 else f"{missing} people"
    return (
        f"Your platform's latest list lacks {people} who were on it before. That may be a mistake, "
        "so nobody was taken off here."
    )


def ago(moment: datetime) -> str:
    """How long ago, in the largest whole unit: "5 minutes ago"."""
    passed = utcnow() - moment
    for name, unit in UNITS:
        count = passed // unit
        if count:
            return f"{count} {name}{'' if count == 1 else 's'} ago"
    return "just now"
