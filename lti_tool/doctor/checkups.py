"""Checks that an administrator asks for: one a minute for each registration, the latest kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple
from datetime import timedelta

from sqlalchemy import select

from lti_tool.db import db, find, upsert, utcnow
from lti_tool.doctor.examining import Line
from lti_tool.doctor.findings import Finding, Level
from lti_tool.doctor.models import Checkup
from lti_tool.lti.models import Registration

FLOOR = timedelta(minutes=1)


def find_checkup(registration_id: int) -> Checkup | None:
    return find(Checkup, registration_id=registration_id)


def begin(registration_id: int) -> bool:
    """Whether a check may start now; of several at once, one does. Within a unit of work."""
    one_at_a_time = select(Registration.id).where(Registration.id == registration_id)
    db.session.execute(one_at_a_time.with_for_update())
    latest, now = find_checkup(registration_id), utcnow()
    if latest is not None and latest.started_at > now - FLOOR:
        return False
    upsert(Checkup, {"registration_id": registration_id}, {"started_at": now, "ended_at": None})
    return True


def keep(registration_id: int, lines: Iterable[Line]) -> None:
    """The check has ended, and this is what it found; within a unit of work."""
    said = [[line.topic, *astuple(line.finding)] for line in lines]
    checkup = db.session.get_one(Checkup, registration_id)
    checkup.ended_at, checkup.lines = utcnow(), said


def lines_of(checkup: Checkup) -> Sequence[Line]:
    """What the latest check that has ended found."""
    return [
        Line(topic, Finding(Level(level), text, cure)) for topic, level, text, cure in checkup.lines
    ]
