"""Published versions in memory: each is read and parsed once per process, then shared."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import replace

from flask import current_app
from sqlalchemy import select

from lti_tool.curriculum.documents import Curriculum, Module
from lti_tool.curriculum.models import CurriculumVersion, Placement
from lti_tool.curriculum.schemas import load_curriculum
from lti_tool.db import db
from lti_tool.errors import Conflict

EXTENSION = "lti_tool_curricula"
LOCK = threading.Lock()
PARSED: dict[str, Curriculum] = {}


def curriculum(version_id: int) -> Curriculum:
    """The version's content; costs a query and parsing only on the first use in a process."""
    cached: dict[int, Curriculum] = current_app.extensions.setdefault(EXTENSION, {})
    if version_id not in cached:
        with LOCK:
            if version_id not in cached:
                cached[version_id] = _read(version_id)
    return cached[version_id]


def _read(version_id: int) -> Curriculum:
    """Equal digests are equal content, whichever version or application asks."""
    version = db.session.get_one(CurriculumVersion, version_id)
    if version.digest not in PARSED:
        PARSED[version.digest] = load_curriculum(json.loads(version.document))
    return PARSED[version.digest]


def module_of(placement: Placement) -> Module:
    """The module that stands at a placement, in the version that the placement keeps.

    Without the lessons that were left out there: for learners they do not exist.
    """
    module = whole_module_of(placement)
    left_out = placement.lessons_left_out.split()
    if not left_out:
        return module
    return replace(
        module, lessons=tuple(each for each in module.lessons if each.id not in left_out)
    )


def whole_module_of(placement: Placement) -> Module:
    """As `module_of`, with every lesson."""
    return curriculum(placement.version_id).module_by_id[placement.module_id]


def latest_versions() -> Sequence[CurriculumVersion]:
    """The newest version of each published curriculum, by title."""
    versions = db.session.scalars(
        select(CurriculumVersion).order_by(CurriculumVersion.title, CurriculumVersion.number)
    ).all()
    return tuple({version.curriculum_id: version for version in versions}.values())


def latest_version() -> CurriculumVersion:
    """The newest version of the first curriculum; raises `Conflict` when none is published."""
    versions = latest_versions()
    if not versions:
        raise Conflict(
            "No curriculum has been published yet",
            "Ask the operator of PMO Bridge to run: flask --app wsgi curriculum publish.",
        )
    return versions[0]
