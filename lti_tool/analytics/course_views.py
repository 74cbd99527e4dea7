"""The whole course at a glance, on the screen and for paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template, request

from lti_tool.analytics import course
from lti_tool.analytics.charts import column_chart
from lti_tool.analytics.course import PlacementRow
from lti_tool.analytics.course_grid import SORTS, GridQuery, grid
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
    wanted = _wanted()
    return render_template(
        "analytics/course.html",
        visit=visit,
        wanted=wanted,
        sorts=SORTS,
        grid=grid(visit.context.id, rows, wanted, utcnow()),
        **_at_a_glance(visit.context.id, rows),
    )


@blueprint.get("/report")
def report(launch_id: str) -> str:
    """The same for paper: every learner, nothing to click."""
    visit = session.visit_with(launch_id, Power.SEE_LEARNERS)
    rows = course.placement_rows(visit.context.id)
    return render_template(
        "analytics/report.html",
        visit=visit,
        grid=grid(visit.context.id, rows, GridQuery(), utcnow(), page_rows=None),
        **_at_a_glance(visit.context.id, rows),
    )


def _wanted() -> GridQuery:
    sort = request.args.get("sort", "name")
    return GridQuery(
        page=min(max(request.args.get("page", 1, type=int), 1), PAGES_MOST),
        sort=sort if sort in SORTS else "name",
        search=request.args.get("search", "").replace("\0", "").strip()[:SEARCH_LIMIT],
    )


def _at_a_glance(context_id: int, rows: Sequence[PlacementRow]) -> dict[str, Any]:
    now = utcnow()
    scores = course.all_scores(rows)
    weeks = course.finished_by_week(context_id, now.date())
    return {
        "placements": rows,
        "learners": course.count_learners(context_id),
        "undelivered": sum(row.tally.undelivered for row in rows),
        "blocked": sum(row.tally.blocked for row in rows),
        "scores": column_chart([f"{10 * tenth}%" for tenth in range(len(scores))], scores),
        "weeks": column_chart(
            [f"{week.monday:%-d %b}" for week in weeks], [week.finished for week in weeks]
        ),
        "now": now,
    }
