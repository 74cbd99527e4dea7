"""Whether the process lives, and whether it can serve: for load balancers and scripts."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from lti_tool.curriculum.models import CurriculumVersion
from lti_tool.db import db

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> ResponseReturnValue:
    """The database answers, is migrated, and a curriculum is published."""
    try:
        published = db.session.scalar(select(CurriculumVersion.id).limit(1)) is not None
    except SQLAlchemyError:
        return jsonify(status="the database does not answer or is not migrated"), 503
    if not published:
        return jsonify(status="no curriculum is published"), 503
    return jsonify(status="ok")
