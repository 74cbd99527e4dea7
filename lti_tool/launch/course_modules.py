"""What a course has of ours, for those who come by the course's menu and not by a link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from lti_tool.courses.models import ResourceLink
from lti_tool.curriculum import catalogue
from lti_tool.curriculum.documents import Module
from lti_tool.curriculum.models import Placement
from lti_tool.db import db


@dataclass(frozen=True)
class PlacedModule:
    """A link of the course and what opens behind it."""

    link: ResourceLink
    placement: Placement
    module: Module


def placed_modules(context_id: int) -> Sequence[PlacedModule]:
    """By the order in which the links were first opened."""
    rows = db.session.execute(
        select(ResourceLink, Placement)
        .join(Placement, Placement.resource_link_id == ResourceLink.id)
        .where(ResourceLink.context_id == context_id)
        .order_by(ResourceLink.id)
    )
    return [
        PlacedModule(link, placement, catalogue.module_of(placement)) for link, placement in rows
    ]
