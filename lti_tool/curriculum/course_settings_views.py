"""The page on which settings of one activity become the course's, or those of other activities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.curriculum import catalogue
from lti_tool.curriculum.configuring import check_dates
from lti_tool.curriculum.course_settings import (
    SHARED,
    Spread,
    defaults_of,
    foresee_spread,
    keep_defaults,
    others_of,
    spread,
)
from lti_tool.curriculum.documents import Module
from lti_tool.curriculum.history import Edit, Said, edit
from lti_tool.curriculum.models import Placement
from lti_tool.curriculum.settings import as_text, settings_of
from lti_tool.curriculum.wording import DATES, LABELS, SECTIONS, in_words
from lti_tool.db import unit_of_work
from lti_tool.errors import Invalid
from lti_tool.grades.consequences import Consequences, consequences
from lti_tool.launch import session
from lti_tool.launch.session import Visit
from lti_tool.lti.roles import Power
from lti_tool.web import SEE_OTHER, sent_form

blueprint = Blueprint("course_settings", __name__, url_prefix="/l/<launch_id>/settings/course")


@dataclass(frozen=True)
class Offer:
    """A setting to tick: its value here, and the course's default, None where there is none."""

    name: str
    label: str
    value: Said
    default: Said | None


@dataclass(frozen=True)
class Ahead:
    """What applying would do at one activity."""

    module: Module
    edits: Sequence[Edit]
    found: Consequences


@blueprint.get("")
def offer(launch_id: str) -> str:
    """Tick settings of this activity, for new activities or for others of the course."""
    visit = session.visit_with(launch_id, Power.CONFIGURE)
    return _page(visit, Invalid())


@blueprint.post("")
def decide(launch_id: str) -> ResponseReturnValue:
    """Keep the ticked settings as defaults; or show what applying them changes, then apply."""
    visit = session.visit_with(launch_id, Power.CONFIGURE)
    names = set(request.form.getlist("setting"))
    try:
        if request.form.get("do") == "keep":
            with unit_of_work():
                keep_defaults(visit.placement, names, by_user_id=visit.user.id)
            return _done(launch_id, "kept")
        targets = _targets(visit.placement)
        ahead = foresee_spread(visit.placement, names, targets)
        _check(names, targets, ahead)
        if "confirmed" not in request.form:
            return _preview(visit, ahead)
        with unit_of_work():
            spread(visit.placement, names, targets, by_user_id=visit.user.id)
    except Invalid as refusal:
        return _page(visit, refusal), refusal.status
    return _done(launch_id, "applied")


def _targets(source: Placement) -> list[Placement]:
    ticked = set(request.form.getlist("activity"))
    return [each for each in others_of(source) if each.public_id in ticked]


def _check(names: set[str], targets: Sequence[Placement], ahead: Sequence[Spread]) -> None:
    """Something must be ticked, and dates stay in order everywhere."""
    faults = {}
    if names.isdisjoint(SHARED):
        faults["setting"] = ["Tick at least one setting."]
    if not targets:
        faults["activity"] = ["Tick at least one activity."]
    for each in ahead:
        try:
            check_dates(each.wanted)
        except Invalid as refusal:
            title = catalogue.module_of(each.placement).title
            texts = " ".join(text for texts in refusal.fields.values() for text in texts)
            faults.setdefault("activity", []).append(f"{title}: {texts}")
    if faults:
        raise Invalid(fields=faults)


def _done(launch_id: str, what: str) -> ResponseReturnValue:
    return redirect(url_for("course_settings.offer", launch_id=launch_id, done=what), SEE_OTHER)


def _page(visit: Visit, refusal: Invalid) -> str:
    own = as_text(settings_of(visit.placement))
    defaults = as_text(defaults_of(visit.context.id))
    offers = [
        Offer(
            name=name,
            label=label,
            value=in_words(name, own[name]),
            default=in_words(name, defaults[name]) if name in defaults else None,
        )
        for name, label in LABELS.items()
        if name in SHARED
    ]
    typed = request.form if refusal.fields else None
    return render_template(
        "curriculum/course_settings.html",
        visit=visit,
        module=catalogue.module_of(visit.placement),
        sections=_in_sections(offers),
        ticked=typed.getlist("setting") if typed else list(defaults),
        others=[(each, catalogue.module_of(each)) for each in others_of(visit.placement)],
        ticked_activities=typed.getlist("activity") if typed else None,
        refusal=refusal,
    )


def _in_sections(offers: Sequence[Offer]) -> dict[str, list[Offer]]:
    """By the headings of the settings page; what is not folded there stands under "Quiz"."""
    sections: dict[str, list[Offer]] = {title: [] for title in ("Quiz", "Dates", *SECTIONS)}
    titles = {name: title for title, names in SECTIONS.items() for name in names}
    for each in offers:
        sections[titles.get(each.name, "Dates" if each.name in DATES else "Quiz")].append(each)
    return sections


def _preview(visit: Visit, ahead: Sequence[Spread]) -> str:
    return render_template(
        "curriculum/course_settings_preview.html",
        visit=visit,
        ahead=[
            Ahead(
                module=catalogue.module_of(each.placement),
                edits=[edit(name, old, new) for name, (old, new) in each.changes.items()],
                found=consequences(each.placement, each.wanted),
            )
            for each in ahead
        ],
        sent=sent_form(),
    )
