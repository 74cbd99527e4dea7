"""The page of one learner: their work, what was decided about it, and what can be decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, request

from lti_tool.analytics import progress
from lti_tool.analytics.acts import Act, acts_about
from lti_tool.analytics.learner_work import Work, work_of
from lti_tool.courses.models import Membership
from lti_tool.errors import Invalid, NotFound
from lti_tool.grades.models import GradeOverride
from lti_tool.grades.recording import find_override
from lti_tool.launch.session import Visit
from lti_tool.lti.roles import Power
from lti_tool.quiz.commenting import Comment, comment_to
from lti_tool.quiz.more_attempts import count_extra
from lti_tool.quiz.reviewing import reviewed_attempt

DECIDES = frozenset({Power.MARK, Power.REPAIR})


@dataclass(frozen=True)
class Decided:
    """What was decided about the learner's work at one placement, and holds now."""

    override: GradeOverride | None
    extra: int
    comment: Comment | None


def find_learner(visit: Visit, user_id: int) -> Membership:
    """Somebody of the course whose work the visitor may see; raises `NotFound`."""
    member = progress.find_member(visit.context.id, user_id)
    if member is None or not visit.sees(member.user):
        raise NotFound("There is no such person in this course")
    return member


def learner_page(
    visit: Visit,
    member: Membership,
    placement_id: int | None,
    number: int | None,
    refusal: Invalid | None = None,
    refused: str = "",
) -> str:
    """The page with one placement opened, and one attempt of it.

    `refusal` says what is wrong with the form of the act `refused`.
    """
    works = work_of(visit.context.id, member.user_id)
    chosen = _chosen(works, placement_id)
    shown = chosen.attempt(number) if chosen else None
    decides = bool(visit.powers & DECIDES)
    return render_template(
        "analytics/learner.html",
        visit=visit,
        member=member,
        works=works,
        chosen=chosen,
        shown=shown,
        questions=reviewed_attempt(shown, chosen.module) if chosen and shown else (),
        decided=_decided(chosen, member.user_id) if chosen and decides else None,
        acts=_acts(visit, works, member.user_id) if decides else (),
        refusal=refusal or Invalid(),
        refused=refused,
        typed=request.form,
    )


def _chosen(works: Sequence[Work], placement_id: int | None) -> Work | None:
    """The work at that placement, or else the first."""
    found = [work for work in works if work.placement.id == placement_id]
    return found[0] if found else works[0] if works else None


def _decided(work: Work, user_id: int) -> Decided:
    place = work.placement.id
    return Decided(
        find_override(place, user_id), count_extra(place, user_id), comment_to(place, user_id)
    )


def _acts(visit: Visit, works: Sequence[Work], user_id: int) -> list[Act]:
    places = {work.placement.id: _named(work) for work in works}
    return acts_about(visit.context.id, user_id, places)


def _named(work: Work) -> str:
    return f"Module {work.module.number}" if work.module.lessons else work.module.title
