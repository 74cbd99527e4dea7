"""Learners who hand in attempts, and what the gradebook should say at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from faults.unreliable import Unreliable
from lti_tool.courses.models import Context, Membership, User
from lti_tool.curriculum.models import Placement
from lti_tool.db import db, unit_of_work
from lti_tool.grades.models import Grade
from lti_tool.outbox import OutboxMessage, Status
from lti_tool.quiz.attempts import items_of, list_attempts, submit
from lti_tool.quiz.responses import read_given
from lti_tool.quiz.saving import find_question, save_answer
from lti_tool.quiz.starting import start
from tests.answers import right_form
from tests.browsers import Browser
from tests.platforms import FakePlatform
from tests.story import set_up

ATTEMPTS = 2


@dataclass
class Verdict:
    """What differs between the tool's grades and the platform's gradebook."""

    lost: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    went_back: list[str] = field(default_factory=list)
    duplicates: int = 0

    @property
    def is_good(self) -> bool:
        return not (self.lost or self.differing or self.went_back)


def enrol(app: Flask, platform: FakePlatform, count: int) -> Sequence[int]:
    """A course with a module and so many learners; returns their user ids."""
    set_up(Browser(app, platform), attempts_allowed=str(ATTEMPTS))
    with app.app_context(), unit_of_work() as session:
        context = session.scalars(select(Context)).one()
        registration_id = context.deployment.registration_id
        people = [User(registration_id=registration_id, sub=f"p-{n}") for n in range(count)]
        session.add_all(
            Membership(user=person, context=context, role="learner") for person in people
        )
        session.flush()
        return [person.id for person in people]


def hand_in(app: Flask, user_id: int, right: int) -> None:
    """An attempt with so many right answers, from its beginning to its end."""
    with app.app_context():
        placement = db.session.scalars(select(Placement)).one()
        context_id = db.session.scalars(select(Context.id)).one()
        with unit_of_work():
            attempt = start(placement, user_id, context_id, is_preview=False)
        _answer(placement, user_id, attempt.number, right)
        with unit_of_work():
            submit(list_attempts(placement.id, user_id)[-1], context_id)


def _answer(placement: Placement, user_id: int, number: int, right: int) -> None:
    attempt = list_attempts(placement.id, user_id)[-1]
    items = items_of(attempt)[:right]
    for place, item in enumerate(items, 1):
        with unit_of_work():
            asked = find_question(placement.id, user_id, number, place)
            save_answer(asked, read_given(item, MultiDict(right_form(item))))


def count_open(app: Flask) -> int:
    """Messages of scores that are neither done nor dead."""
    with app.app_context():
        query = select(OutboxMessage.id).where(
            OutboxMessage.handler == "deliver_score",
            OutboxMessage.status.in_((Status.WAITING, Status.RUNNING)),
        )
        return len(db.session.scalars(query).all())


def judge(app: Flask, gradebook: Unreliable) -> Verdict:
    """Compare every grade with the last score that the platform took, and look back."""
    verdict = Verdict()
    with app.app_context():
        rows = db.session.execute(
            select(User.sub, Grade.score_given).join(Grade, Grade.user_id == User.id)
        ).all()
    for sub, given in rows:
        history = gradebook.taken.get(sub, [])
        if not history:
            verdict.lost.append(sub)
        elif history[-1].given != float(given):
            verdict.differing.append(f"{sub}: {history[-1].given} instead of {given}")
        if any(later.given < earlier.given for earlier, later in pairwise(history)):
            verdict.went_back.append(sub)
        verdict.duplicates += sum(
            (later.given, later.submitted_at) == (earlier.given, earlier.submitted_at)
            for earlier, later in pairwise(history)
        )
    return verdict
