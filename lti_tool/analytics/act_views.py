"""What an instructor does for one learner: the forms on the learner's page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from lti_tool.analytics.act_forms import AttemptsForm, CommentForm, OverrideForm, ReasonForm
from lti_tool.analytics.learner_page import find_learner, learner_page
from lti_tool.courses.models import Membership
from lti_tool.curriculum.models import Placement
from lti_tool.db import db, unit_of_work
from lti_tool.errors import Invalid, NotFound
from lti_tool.grades.overriding import override, take_back
from lti_tool.launch import session
from lti_tool.launch.session import Visit
from lti_tool.lti.roles import Power
from lti_tool.quiz.attempts import get_attempt
from lti_tool.quiz.commenting import comment
from lti_tool.quiz.deleting import delete
from lti_tool.quiz.more_attempts import give_attempts
from lti_tool.quiz.reopening import reopen
from lti_tool.web import SEE_OTHER, load_form

blueprint = Blueprint(
    "acts", __name__, url_prefix="/l/<launch_id>/learners/<int:user_id>/at/<int:placement_id>"
)


class Case:
    """A visit of somebody with the power, the learner, and a placement of the course."""

    def __init__(self, launch_id: str, user_id: int, placement_id: int, power: Power) -> None:
        self.visit: Visit = session.visit_with(launch_id, power)
        self.member: Membership = find_learner(self.visit, user_id)
        placement = db.session.get(Placement, placement_id)
        if placement is None or placement.context_id != self.visit.context.id:
            raise NotFound("There is no such activity in this course")
        self.placement = placement

    def decide(
        self, act: str, form: Schema, carry_out: Callable[[Any], None], number: int | None = None
    ) -> ResponseReturnValue:
        """Carry out what the form says, or show the page again with what is wrong with it."""
        try:
            wanted = load_form(form)
        except Invalid as refusal:
            place = self.placement.id
            page = learner_page(self.visit, self.member, place, number, refusal, act)
            return page, refusal.status
        with unit_of_work():
            carry_out(wanted)
        page = url_for(
            "analytics.learner",
            launch_id=self.visit.id,
            user_id=self.member.user_id,
            placement=self.placement.id,
            done=act,
            _anchor="acts",
        )
        return redirect(page, SEE_OTHER)


@blueprint.post("/grade")
def set_grade(launch_id: str, user_id: int, placement_id: int) -> ResponseReturnValue:
    """Decide on the learner's points; that stands until it is taken back."""
    case = Case(launch_id, user_id, placement_id, Power.REPAIR)
    by = case.visit.user.id
    return case.decide(
        "grade",
        OverrideForm(),
        lambda it: override(case.placement, user_id, it.points, it.reason, by_user_id=by),
    )


@blueprint.post("/grade/take-back")
def take_back_grade(launch_id: str, user_id: int, placement_id: int) -> ResponseReturnValue:
    """Let the attempts decide again."""
    case = Case(launch_id, user_id, placement_id, Power.REPAIR)
    by = case.visit.user.id
    return case.decide(
        "take-back",
        ReasonForm(),
        lambda it: take_back(case.placement, user_id, it.reason, by_user_id=by),
    )


@blueprint.post("/attempts")
def give(launch_id: str, user_id: int, placement_id: int) -> ResponseReturnValue:
    """Say how many attempts the learner has here beyond everybody's."""
    case = Case(launch_id, user_id, placement_id, Power.REPAIR)
    by = case.visit.user.id
    return case.decide(
        "attempts",
        AttemptsForm(),
        lambda it: give_attempts(case.placement, user_id, it.extra, it.reason, by_user_id=by),
    )


@blueprint.post("/attempts/<int:number>/reopen")
def reopen_attempt(
    launch_id: str, user_id: int, placement_id: int, number: int
) -> ResponseReturnValue:
    """Let the learner go on with an attempt that was handed in."""
    case = Case(launch_id, user_id, placement_id, Power.REPAIR)
    attempt, by = get_attempt(placement_id, user_id, number), case.visit.user.id
    return case.decide(
        "reopen",
        ReasonForm(),
        lambda it: reopen(case.placement, attempt, it.reason, by_user_id=by),
        number,
    )


@blueprint.post("/attempts/<int:number>/delete")
def delete_attempt(
    launch_id: str, user_id: int, placement_id: int, number: int
) -> ResponseReturnValue:
    """Let an attempt count no more."""
    case = Case(launch_id, user_id, placement_id, Power.REPAIR)
    attempt, by = get_attempt(placement_id, user_id, number), case.visit.user.id
    return case.decide(
        "delete",
        ReasonForm(),
        lambda it: delete(case.placement, attempt, it.reason, by_user_id=by),
        number,
    )


@blueprint.post("/comment")
def write(launch_id: str, user_id: int, placement_id: int) -> ResponseReturnValue:
    """Write to the learner; they read it on the module's page and beside their results."""
    case = Case(launch_id, user_id, placement_id, Power.MARK)
    by = case.visit.user.id
    return case.decide(
        "comment",
        CommentForm(),
        lambda text: comment(case.placement, user_id, text, by_user_id=by),
    )
