"""The whole course at a glance, on the screen and for paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template, request

from lti_tool.analytics import course
from lti_tool.analytics.charts import column_chart
from lti_tool.analytics.course import PlacementRow
from lti_tool.analytics.course_grid import grid
from lti_tool.analytics.grid_members import SORTS, GridQuery
from lti_tool.analytics.groups import Learners, learners_of
from lti_tool.db import utcnow
from lti_tool.launch import session
from lti_tool.lti.roles import Power

blueprint = Blueprint("course", __name__, url_prefix="/l/<launch_id>/course")
SEARCH_LIMIT = 80
PAGES_MOST = 100_000


@blueprint.get("")
def overview(launch_id: str) -> str:
    """Every placement with its state, who stands where, and how scores and weeks look."""
    visit = session.visit_with(launch_id, Power.SEE_LEARNERS)
    rows = course.placement_rows(visit.context.id)
    learners = learners_of(visit.context.id)
    wanted = _wanted(learners)
    return render_template(
        "analytics/course.html",
        visit=visit,
        wanted=wanted,
        sorts=SORTS,
        grid=grid(visit.context.id, rows, wanted, utcnow()),
        **_at_a_glance(visit.context.id, rows, learners),
    )


@blueprint.get("/report")
def report(launch_id: str) -> str:
    """The same for paper: every learner, or those of a group; nothing to click."""
    visit = session.visit_with(launch_id, Power.SEE_LEARNERS)
    rows = course.placement_rows(visit.context.id)
    learners = learners_of(visit.context.id)
    wanted = GridQuery(group=_wanted(learners).group)
    return render_template(
        "analytics/report.html",
        visit=visit,
        wanted=wanted,
        grid=grid(visit.context.id, rows, wanted, utcnow(), page_rows=None),
        **_at_a_glance(visit.context.id, rows, learners),
    )


def _wanted(learners: Learners) -> GridQuery:
    """What the address asks for; a group that there is no longer is none."""
    sort = request.args.get("sort", "name")
    group = learners.chosen(request.args.get("group", ""))
    return GridQuery(
        page=min(max(request.args.get("page", 1, type=int), 1), PAGES_MOST),
        sort=sort if sort in SORTS else "name",
        search=request.args.get("search", "").replace("\0", "").strip()[:SEARCH_LIMIT],
        group=group.key if group else "",
    )


def _at_a_glance(
    context_id: int, rows: Sequence[PlacementRow], learners: Learners
) -> dict[str, Any]:
    now = utcnow()
    scores = course.all_scores(rows)
    weeks = course.finished_by_week(context_id, now.date())
    return {
        "placements": rows,
        "learners": learners.count,
        "groups": learners.groups,
        "undelivered": sum(row.tally.undelivered for row in rows),
        "blocked": sum(row.tally.blocked for row in rows),
        "scores": column_chart([f"{10 * tenth}%" for tenth in range(len(scores))], scores),
        "weeks": column_chart(
            [f"{week.monday:%-d %b}" for week in weeks], [week.finished for week in weeks]
        ),
        "now": now,
    }
