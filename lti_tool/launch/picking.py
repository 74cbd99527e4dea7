"""An instructor chooses what to link: each choice becomes a placement and a content item."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lti_tool.curriculum.models import CurriculumVersion
from lti_tool.curriculum.placing import prepare_placement
from lti_tool.launch.models import Launch
from lti_tool.launch.picking_form import Choice
from lti_tool.launch.session import Visit
from lti_tool.lti.claims import DeepLinkingClaim
from lti_tool.lti.deep_linking import NewLink, content_item
from lti_tool.lti.profiles import PROFILES


def asked_of(launch: Launch) -> DeepLinkingClaim:
    """What the platform asked for, as it was kept at the launch."""
    values: dict[str, Any] = dict(launch.deep_linking or {})
    return DeepLinkingClaim(**values | {"document_targets": tuple(values["document_targets"])})


def prepare_links(
    visit: Visit, version: CurriculumVersion, choices: Sequence[Choice]
) -> list[dict[str, Any]]:
    """Prepare a placement for each choice; returns the content items. Within a unit of work."""
    asked, profile = asked_of(visit.launch), PROFILES[visit.deployment.registration.profile]
    items = []
    for choice in choices:
        placement = prepare_placement(
            visit.context.id,
            version,
            choice.module,
            by_user_id=visit.user.id,
            opens_at=choice.opens_at,
            due_at=choice.due_at,
        )
        link = NewLink(
            placement=placement.public_id,
            title=choice.title,
            text=choice.module.purpose,
            points=choice.points,
            opens_at=choice.opens_at,
            due_at=choice.due_at,
        )
        items.append(content_item(link, asked, profile))
    return items
