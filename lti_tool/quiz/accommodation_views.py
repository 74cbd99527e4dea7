"""The page on which an instructor grants a learner more time, attempts or days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load
from sqlalchemy import select

from lti_tool.analytics.progress import find_member
from lti_tool.courses.models import Membership
from lti_tool.curriculum import catalogue
from lti_tool.curriculum.documents import Module
from lti_tool.curriculum.forms import Blank, Ticked
from lti_tool.curriculum.models import Placement
from lti_tool.db import db, unit_of_work
from lti_tool.errors import Invalid, NotFound
from lti_tool.launch import session
from lti_tool.launch.session import Visit
from lti_tool.lti.roles import Power
from lti_tool.quiz.accommodating import Grant, accommodate, find_accommodation
from lti_tool.quiz.rules import Rules, rules_for
from lti_tool.web import SEE_OTHER, load_form

blueprint = Blueprint(
    "accommodation", __name__, url_prefix="/l/<launch_id>/learners/<int:user_id>/accommodation"
)

FACTORS = ("1", "1.25", "1.5", "1.75", "2", "2.5", "3")


class Factor(fields.Field[Decimal]):
    """One of the factors offered."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        if value not in FACTORS:
            raise ValidationError("Choose one of the entries in the list.")
        return Decimal(value)


class GrantForm(Schema):
    class Meta:
        unknown = EXCLUDE

    time_factor = Factor(load_default=Decimal(1))
    extra_minutes = Blank(0, 600, empty=0, load_default=0)
    no_time_limit = Ticked(load_default=False)
    extra_attempts = Blank(0, 20, empty=0, load_default=0)
    extra_days = Blank(0, 365, empty=0, load_default=0)

    @post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> Grant:
        return Grant(**data)


FORM = GrantForm()


@dataclass(frozen=True)
class Effect:
    """What the learner has in one module of the course."""

    module: Module
    rules: Rules


@blueprint.get("")
def show(launch_id: str, user_id: int) -> str:
    """What the learner has now, and what that means in each module of the course."""
    visit, member = _open(launch_id, user_id)
    return _page(visit, member, Invalid())


@blueprint.post("")
def grant(launch_id: str, user_id: int) -> ResponseReturnValue:
    """Grant it, and show the page again with what follows from it."""
    visit, member = _open(launch_id, user_id)
    try:
        wanted = load_form(FORM)
    except Invalid as refusal:
        return _page(visit, member, refusal), refusal.status
    with unit_of_work():
        accommodate(visit.context.id, member.user_id, wanted, by_user_id=visit.user.id)
    page = url_for("accommodation.show", launch_id=launch_id, user_id=user_id, saved=1)
    return redirect(page, SEE_OTHER)


def _open(launch_id: str, user_id: int) -> tuple[Visit, Membership]:
    visit = session.visit_with(launch_id, Power.CONFIGURE)
    member = find_member(visit.context.id, user_id)
    if member is None or not visit.sees(member.user):
        raise NotFound("There is no such person in this course")
    return visit, member


def _page(visit: Visit, member: Membership, refusal: Invalid) -> str:
    granted = find_accommodation(visit.context.id, member.user_id) or Grant()
    return render_template(
        "quiz/accommodation.html",
        visit=visit,
        member=member,
        granted=granted,
        factors=FACTORS,
        effects=_effects(visit.context.id, granted),
        typed=request.form,
        refusal=refusal,
    )


def _effects(context_id: int, granted: Any) -> Sequence[Effect]:
    placements = db.session.scalars(select(Placement).filter_by(context_id=context_id))
    effects = [Effect(catalogue.module_of(each), rules_for(each, granted)) for each in placements]
    return sorted(effects, key=lambda effect: effect.module.number)
