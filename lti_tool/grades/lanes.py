"""Which platform a grade or a placement belongs to."""

from __future__ import annotations

from sqlalchemy import Select, select

from lti_tool.courses.models import Context, ResourceLink
from lti_tool.curriculum.models import Placement
from lti_tool.db import db
from lti_tool.grades.models import Grade
from lti_tool.lti.models import Deployment


def registration_of_grade(grade_id: int) -> int | None:
    """The registration whose platform keeps the grade; None when there is no such grade."""
    return db.session.scalar(
        _registration().join(Grade, Grade.placement_id == Placement.id).where(Grade.id == grade_id)
    )


def registration_of_placement(placement_id: int) -> int | None:
    """None where the placement has no link yet."""
    return db.session.scalar(_registration().where(Placement.id == placement_id))


def _registration() -> Select[int]:
    return (
        select(Deployment.registration_id)
        .join(Context, Context.deployment_id == Deployment.id)
        .join(ResourceLink, ResourceLink.context_id == Context.id)
        .join(Placement, Placement.resource_link_id == ResourceLink.id)
    )
