"""A class that has worked through a quiz, without a browser for each: enough to judge by."""

from __future__ import annotations

from werkzeug.datastructures import MultiDict

from lti_tool.courses.models import Context, Membership, User
from lti_tool.curriculum import catalogue
from lti_tool.curriculum.items import SingleChoice
from lti_tool.curriculum.models import Placement
from lti_tool.db import db, unit_of_work, utcnow
from lti_tool.lti.models import Deployment
from lti_tool.quiz import attempts, starting
from lti_tool.quiz.models import Answer, Attempt
from lti_tool.quiz.responses import read_response
from tests.answers import right_form

LEARNERS = 24
EXCEPTIONS = (3, 15)
"""One strong and one weak learner who answer the question with the wrong key as it asks."""


def hold_class(placement_id: int) -> SingleChoice:
    """Strong and weak learners hand in one attempt each, all with the same questions.

    One question has a wrong key: the strong choose another option, the second of them. Returns it.
    """
    with unit_of_work():
        placement = db.session.get_one(Placement, placement_id)
        bad, drawn = _questions(placement)
        for number in range(LEARNERS):
            user_id = _enrol(placement.context_id, number)
            attempt = starting.start(placement, user_id, placement.context_id, is_preview=False)
            attempt.item_ids = [bad.id, *drawn]
            _answer(attempt, bad, number)
            attempts.submit(attempt, placement.context_id)
    return bad


def rival_of(item: SingleChoice) -> str:
    """The wrong option that the strong choose."""
    best = max(item.options, key=lambda option: option.credit)
    return next(option.id for option in item.options if option.id != best.id)


def _questions(placement: Placement) -> tuple[SingleChoice, list[str]]:
    module = catalogue.module_of(placement)
    objectives = {objective.id for objective in module.objectives}
    items = [
        item
        for item in catalogue.curriculum(placement.version_id).items
        if item.pool == "graded" and item.objective in objectives
    ]
    choices = [item for item in items if isinstance(item, SingleChoice)]
    return choices[0], [item.id for item in choices[1:6]]


def _enrol(context_id: int, number: int) -> int:
    deployment_id = db.session.get_one(Context, context_id).deployment_id
    registration_id = db.session.get_one(Deployment, deployment_id).registration_id
    user = User(
        registration_id=registration_id,
        sub=f"classmate-{number}",
        name=f"Classmate {number}",
        given_name="Classmate",
        family_name=f"{number}",
    )
    db.session.add(user)
    db.session.flush()
    db.session.add(
        Membership(context_id=context_id, user_id=user.id, role="learner", last_launch_at=utcnow())
    )
    db.session.flush()
    return user.id


def _answer(attempt: Attempt, bad: SingleChoice, number: int) -> None:
    """The first half knows all, the second nothing; on the bad question it is the other way."""
    is_strong = number < LEARNERS / 2
    for item in attempts.items_of(attempt):
        if item.id == bad.id:
            takes_key = is_strong == (number in EXCEPTIONS)
            form = right_form(item) if takes_key else {f"{item.id}.choice": rival_of(bad)}
        elif is_strong:
            form = right_form(item)
        else:
            continue
        response = read_response(item, MultiDict(form))
        db.session.add(Answer(attempt_id=attempt.id, item_id=item.id, response=response))
    db.session.flush()
