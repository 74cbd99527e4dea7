"""An instructor chooses the module of a link, or changes its settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from lti_tool.courses.models import ResourceLink
from lti_tool.curriculum import catalogue
from lti_tool.curriculum.copying import settle
from lti_tool.curriculum.course_settings import starting_settings
from lti_tool.curriculum.models import Placement
from lti_tool.curriculum.settings import changes, settings_of
from lti_tool.db import db, utcnow
from lti_tool.errors import Conflict, Invalid
from lti_tool.events import PlacementConfigured, publish

CORE = ("attempts_allowed", "pass_mark", "opens_at", "due_at", "closes_at")


@dataclass(frozen=True, kw_only=True)
class PlacementSettings:
    """What the settings page asks for; `pass_mark` is a fraction, moments are aware.

    `more` holds what else was given, by column: what is missing stays as it is, and at a new
    placement is what the module suggests.
    """

    module_id: str
    attempts_allowed: int | None
    pass_mark: Decimal
    opens_at: datetime | None = None
    due_at: datetime | None = None
    closes_at: datetime | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


def configure(
    link: ResourceLink,
    placement: Placement | None,
    settings: PlacementSettings,
    *,
    by_user_id: int,
    has_attempts: bool,
) -> Placement:
    """Place a module at the link or change its settings; publishes `PlacementConfigured`.

    Called within a unit of work. Raises `Invalid` for an unknown module or dates out of order,
    `Conflict` when the module would change under learners who have begun.
    """
    check_dates(settings)
    if placement is None:
        version = catalogue.latest_version()
        placement = Placement(
            context_id=link.context_id,
            resource_link_id=link.id,
            version_id=version.id,
            module_id="",
            pass_mark=Decimal(0),
            lessons_left_out="",
        )
        db.session.add(placement)
    before = settings_of(placement)
    if placement.module_id != settings.module_id:
        _change_module(placement, settings.module_id, has_attempts)
    for name, value in _values(settings).items():
        setattr(placement, name, value)
    placement.changed_at = utcnow()
    db.session.flush()
    settle(placement, by_user_id)
    publish(
        PlacementConfigured(
            user_id=by_user_id,
            context_id=link.context_id,
            placement_id=placement.id,
            changes=changes(before, settings_of(placement)),
        )
    )
    return placement


def _change_module(placement: Placement, module_id: str, has_attempts: bool) -> None:
    if module_id not in catalogue.curriculum(placement.version_id).module_by_id:
        raise Invalid(fields={"module_id": ["Choose one of the modules in the list."]})
    if has_attempts:
        raise Conflict(
            "Learners have begun this module",
            "Their work would lose its place. Add a second link to your course for another module.",
        )
    placement.module_id = module_id
    module = catalogue.module_of(placement)
    for name, value in starting_settings(placement.context_id, module).items():
        setattr(placement, name, value)


def wanted(placement: Placement, settings: PlacementSettings) -> Placement:
    """The placement as it would be with the settings, for looking ahead; never stored.

    Raises `Invalid` for dates out of order.
    """
    check_dates(settings)
    values = settings_of(placement) | _values(settings) | {"module_id": settings.module_id}
    return Placement(context_id=placement.context_id, **values)


def _values(settings: PlacementSettings) -> dict[str, Any]:
    return {name: getattr(settings, name) for name in CORE} | dict(settings.more)


def check_dates(settings: PlacementSettings | Placement) -> None:
    """Opening, due date and closing must stand in this order, as far as they are set."""
    faults = {}
    opens, due, closes = settings.opens_at, settings.due_at, settings.closes_at
    if opens and due and due <= opens:
        faults["due_at"] = ["The due date must lie after the opening."]
    if due and closes and closes < due:
        faults["closes_at"] = ["The closing must not lie before the due date."]
    if opens and closes and closes <= opens:
        faults["closes_at"] = ["The closing must lie after the opening."]
    if faults:
        raise Invalid(fields=faults)
