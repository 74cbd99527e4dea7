"""The gradebook column of a placement: where no launch names one, it is found or made.

A column that the platform made for the link is the teacher's: only dates that are set here go
there. A column that the tool made follows the placement in label and maximum too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select

from lti_tool.courses.models import Context, ResourceLink
from lti_tool.curriculum import catalogue
from lti_tool.curriculum.models import Placement
from lti_tool.db import db, find, unit_of_work, upsert, utcnow
from lti_tool.errors import PlatformError
from lti_tool.events import LineItemChanged, publish
from lti_tool.grades.models import LineItem
from lti_tool.lti import line_items
from lti_tool.lti.deep_linking import QUIZ_TAG
from lti_tool.lti.line_items import Column, WantedColumn
from lti_tool.lti.models import Deployment, Registration
from lti_tool.lti.profiles import PROFILES
from lti_tool.lti.score_refusals import CAUSES

HANDLER = "keep_column"
LEASE = timedelta(seconds=60)
BUSY_SECONDS = 2.0


@dataclass(frozen=True)
class Place:
    """All that looking for or keeping a column needs, read before the network is used."""

    link_id: int
    context_id: int
    registration: Registration
    container_url: str
    scopes: tuple[str, ...]
    url: str
    made_by_us: bool
    wanted: WantedColumn

    @property
    def may_look(self) -> bool:
        return bool(self.container_url) and line_items.may_read(self.scopes)


def may_look(link: ResourceLink) -> bool:
    """Whether the platform lets the tool look through the columns of the link's course."""
    return bool(link.lineitems_url) and line_items.may_read(link.ags_scopes)


def link_of_column(context_id: int, url: str) -> int | None:
    """The link of a course whose scores go to that line item, whoever named it."""
    return db.session.scalar(
        select(ResourceLink.id)
        .outerjoin(LineItem, line_item_of(ResourceLink.id))
        .where(
            ResourceLink.context_id == context_id,
            or_(ResourceLink.lineitem_url == url, LineItem.url == url),
        )
        .limit(1)
    )


def keep_column(placement_id: int) -> None:
    """From the outbox: have a column, and in it what the placement says. Raises `PlatformError`."""
    with unit_of_work():
        place = read_place(placement_id)
    if place is None:
        return
    if place.url:
        _bring_in_step(place)
    elif place.may_look:
        find_or_make(placement_id)


def find_or_make(placement_id: int) -> None:
    """Look for our column, make it where there is none; publishes `LineItemChanged`.

    Once at a time, whoever else tries. Raises `PlatformError`.
    """
    with unit_of_work():
        place = read_place(placement_id)
        if place is None or place.url:
            return
        _take_lease(place.link_id)
    try:
        column, is_new = _find_or_make(place)
    except PlatformError:
        with unit_of_work():
            _row(place.link_id).leased_until = None
        raise
    with unit_of_work():
        row = _row(place.link_id)
        row.url, row.made_by_us, row.leased_until = column.id, is_new, None
        db.session.flush()
        publish(LineItemChanged(context_id=place.context_id, resource_link_id=place.link_id))


def is_lost(placement_id: int, url: str) -> bool:
    """Ask the platform whether a column has gone, and if so, forget it. Raises `PlatformError`."""
    with unit_of_work():
        place = read_place(placement_id)
    if place is None or not place.may_look:
        return False
    if line_items.column_is_there(place.registration, url, place.scopes):
        return False
    with unit_of_work():
        link = db.session.get_one(ResourceLink, place.link_id)
        if link.lineitem_url == url:
            link.lineitem_url = ""
        row = find(LineItem, resource_link_id=place.link_id, tag=QUIZ_TAG)
        if row is not None and row.url == url:
            row.url, row.made_by_us = "", False
    return True


def read_place(placement_id: int) -> Place | None:
    """None where no link has been launched yet."""
    found = db.session.execute(
        select(Placement, ResourceLink, Registration, LineItem)
        .join(ResourceLink, ResourceLink.id == Placement.resource_link_id)
        .join(Context, Context.id == ResourceLink.context_id)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .join(Registration, Registration.id == Deployment.registration_id)
        .outerjoin(LineItem, line_item_of(ResourceLink.id))
        .where(Placement.id == placement_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        return None
    placement, link, registration, row = found
    return Place(
        link_id=link.id,
        context_id=link.context_id,
        registration=registration,
        container_url=link.lineitems_url,
        scopes=tuple(link.ags_scopes),
        url=link.lineitem_url or (row.url if row else ""),
        made_by_us=row is not None and row.made_by_us and not link.lineitem_url,
        wanted=_wanted(placement, link, PROFILES[registration.profile].links_columns),
    )


def line_item_of(link_id: Any) -> Any:
    """What joins a link to the row of its quiz's column."""
    return (LineItem.resource_link_id == link_id) & (LineItem.tag == QUIZ_TAG)


def _wanted(placement: Placement, link: ResourceLink, links_columns: bool) -> WantedColumn:
    module = catalogue.module_of(placement)
    return WantedColumn(
        label=link.title or module.title,
        score_maximum=float(module.quiz.item_count),
        resource_id=placement.public_id,
        resource_link_id=link.resource_link_id if links_columns else "",
        tag=QUIZ_TAG,
        starts_at=placement.opens_at,
        ends_at=placement.due_at,
    )


def _row(link_id: int) -> LineItem:
    return upsert(LineItem, {"resource_link_id": link_id, "tag": QUIZ_TAG}, {})


def _take_lease(link_id: int) -> None:
    """Raises `PlatformError` to wait while somebody else looks; within a unit of work."""
    _row(link_id)
    row = db.session.scalars(
        select(LineItem)
        .filter_by(resource_link_id=link_id, tag=QUIZ_TAG)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    now = utcnow()
    if row.leased_until is not None and row.leased_until > now:
        raise PlatformError("wait", "The gradebook column is being looked for.", BUSY_SECONDS)
    row.leased_until = now + LEASE


def _find_or_make(place: Place) -> tuple[Column, bool]:
    """The column, and whether it is new."""
    column = line_items.find_column(
        place.registration, place.container_url, place.scopes, place.wanted
    )
    if column is not None:
        return column, False
    if not line_items.may_write(place.scopes):
        cause = CAUSES["no_column"]
        raise PlatformError(cause.kind, cause.what, cause=cause.key)
    return line_items.make_column(place.registration, place.container_url, place.wanted), True


def _bring_in_step(place: Place) -> None:
    """Send only what differs, and nothing where the tool may not."""
    wished = wished_of(place.wanted, made_by_us=place.made_by_us)
    if not wished or not line_items.may_write(place.scopes):
        return
    column = line_items.read_one(place.registration, place.url, place.scopes)
    changes = {name: value for name, value in wished.items() if not _same(column, name, value)}
    if changes:
        line_items.update_column(place.registration, column, changes)


def wished_of(wanted: WantedColumn, *, made_by_us: bool) -> dict[str, Any]:
    """What the tool has a say in."""
    ours = {"label": wanted.label, "scoreMaximum": wanted.score_maximum} if made_by_us else {}
    return ours | line_items.dates_of(wanted)


def _same(column: Column, name: str, value: Any) -> bool:
    said = column.said.get(name)
    if not name.endswith("DateTime"):
        return bool(said == value)
    try:
        return datetime.fromisoformat(str(said)) == datetime.fromisoformat(value)
    except (ValueError, TypeError):
        return False
