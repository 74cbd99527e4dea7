"""Whether the process lives, and whether it can serve: for load balancers and scripts."""

from __future__ import annotations

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from lti_tool.curriculum.models import CurriculumVersion
from lti_tool.db import db
from lti_tool.outbox import watching

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> ResponseReturnValue:
    """The database answers, is migrated, a curriculum is published, and work is being done."""
    minutes: int = current_app.config["LTI_TOOL"].stuck_minutes
    try:
        published = db.session.scalar(select(CurriculumVersion.id).limit(1)) is not None
        stuck = watching.stuck_for(minutes)
    except SQLAlchemyError:
        return jsonify(status="the database does not answer or is not migrated"), 503
    if not published:
        return jsonify(status="no curriculum is published"), 503
    if stuck is not None:
        waited = f"{stuck.total_seconds() / 60:.0f} minutes"
        return jsonify(status=f"work has been stuck for {waited}; is a worker running?"), 503
    return jsonify(status="ok")
