"""Finding the placement that a new link was copied from: never guessed, and never far.

Our own id decides wherever it came along: within the registration it names one placement.
Otherwise the platform must name an earlier id of the link, or an earlier course in which one
link can be meant; ids of links and courses count within their deployment only.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, or_, select

from lti_tool.courses.models import Context, ResourceLink
from lti_tool.curriculum.models import ContextCopy, Placement, PlacementCopy
from lti_tool.db import db
from lti_tool.lti.history import Origin
from lti_tool.lti.models import Deployment
from lti_tool.lti.profiles import PROFILES

MOST_GENERATIONS = 20


class FoundBy(enum.StrEnum):
    PUBLIC_ID = "public id"
    LINK_HISTORY = "link history"
    COURSE = "course"


@dataclass(frozen=True)
class Found:
    placement: Placement
    by: FoundBy


def find_source(link: ResourceLink, said: Origin) -> Found | None:
    """The placement that the link's content came from, or None where that is not certain."""
    ancestors = _ancestors(link.context, said.contexts)
    by_id = _by_public_id(link, said.placement, ancestors) if said.placement else None
    if by_id is not None:
        return Found(by_id, FoundBy.PUBLIC_ID)
    by_link = _by_link_history(link, said.links, ancestors) if said.links else None
    if by_link is not None:
        return Found(by_link, FoundBy.LINK_HISTORY)
    by_course = _by_course(link, ancestors)
    return Found(by_course, FoundBy.COURSE) if by_course else None


def _ancestors(context: Context, history: Sequence[str]) -> list[int]:
    """The courses that this one came from, the newest first: as it says itself, then by notices."""
    found: dict[int, None] = {}
    if history and context.context_id:
        query = select(Context.context_id, Context.id).where(
            Context.deployment_id == context.deployment_id, Context.context_id.in_(history)
        )
        known = {row.context_id: row.id for row in db.session.execute(query)}
        found = dict.fromkeys(known[each] for each in history if each in known)
    generation = [context.id]
    for _ in range(MOST_GENERATIONS):
        query_copies = (
            select(ContextCopy.origin_id)
            .where(ContextCopy.context_id.in_(generation))
            .order_by(ContextCopy.id.desc())
        )
        generation = [each for each in db.session.scalars(query_copies) if each not in found]
        if not generation:
            break
        found |= dict.fromkeys(generation)
    found.pop(context.id, None)
    return list(found)


def _by_public_id(link: ResourceLink, public_id: str, ancestors: list[int]) -> Placement | None:
    """The placement with that id, or the copy of it that stands in the nearest earlier course."""
    copies = select(PlacementCopy.placement_id).where(PlacementCopy.public_id == public_id)
    query = (
        select(Placement)
        .join(Context, Context.id == Placement.context_id)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .where(
            _same_institution(link.context.deployment),
            or_(Placement.public_id == public_id, Placement.id.in_(copies)),
        )
        .order_by(Placement.id)
    )
    candidates = [each for each in db.session.scalars(query) if each.context_id != link.context_id]
    original = next((each for each in candidates if each.public_id == public_id), None)
    return _nearest(candidates, ancestors) or original


def _same_institution(deployment: Deployment) -> ColumnElement[bool]:
    """The registration; the deployment where institutions share one client id."""
    if PROFILES[deployment.registration.profile].client_id_is_shared:
        return Deployment.id == deployment.id
    return Deployment.registration_id == deployment.registration_id


def _by_link_history(
    link: ResourceLink, links: Sequence[str], ancestors: list[int]
) -> Placement | None:
    """The nearest earlier link: in an earlier course where those are known, else the only one."""
    query = _placed_in(link.context.deployment_id).where(
        ResourceLink.resource_link_id.in_(links), ResourceLink.context_id != link.context_id
    )
    candidates = db.session.scalars(query).all()
    for each in links:
        named = [one for one in candidates if _link(one).resource_link_id == each]
        found = _nearest(named, ancestors) if ancestors else None
        if found is None and not ancestors and len(named) == 1:
            found = named[0]
        if found is not None:
            return found
    return None


def _by_course(link: ResourceLink, ancestors: list[int]) -> Placement | None:
    """In the nearest earlier course: the link of the same id, or the only one of the same title.

    A title finds no placement that has a copy in this course already: that one is taken.
    """
    for context_id in ancestors:
        query = _placed_in(link.context.deployment_id).where(Placement.context_id == context_id)
        candidates = db.session.scalars(query).all()
        for one in candidates:
            if _link(one).resource_link_id == link.resource_link_id:
                return one
        named = [one for one in candidates if link.title and _link(one).title == link.title]
        if len(named) == 1 and not _has_copy_in(named[0], link.context_id):
            return named[0]
    return None


def _placed_in(deployment_id: int) -> Select[Placement]:
    return (
        select(Placement)
        .join(Placement.resource_link)
        .join(Context, Context.id == Placement.context_id)
        .where(Context.deployment_id == deployment_id)
        .order_by(Placement.id)
    )


def _link(placement: Placement) -> ResourceLink:
    assert placement.resource_link is not None  # noqa: S101 (joined)
    return placement.resource_link


def _nearest(candidates: Iterable[Placement], ancestors: list[int]) -> Placement | None:
    within = [each for each in candidates if each.context_id in ancestors]
    return min(within, key=lambda each: ancestors.index(each.context_id), default=None)


def _has_copy_in(source: Placement, context_id: int) -> bool:
    query = (
        select(PlacementCopy.placement_id)
        .join(PlacementCopy.placement)
        .where(PlacementCopy.source_id == source.id, Placement.context_id == context_id)
    )
    return db.session.scalar(query.limit(1)) is not None
