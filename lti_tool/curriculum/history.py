"""What was changed at a placement: who, when, old and new, read from the log of events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

from lti_tool.courses.models import User
from lti_tool.curriculum import catalogue
from lti_tool.curriculum.models import CurriculumVersion, Placement
from lti_tool.curriculum.wording import LABELS, in_words
from lti_tool.db import db
from lti_tool.events import CourseDefaultsChanged, EventRecord, PlacementConfigured, PlacementCopied

PAGE_ROWS = 25
NAMES = (PlacementConfigured.__name__, PlacementCopied.__name__)
SET_UP, COPIED, CHANGED, DEFAULTS = "set up", "copied", "changed", "defaults"
SUGGESTED = "as each module suggests"

Said = str | datetime


@dataclass(frozen=True)
class Edit:
    """One setting, by its label; values in words, dates as moments."""

    label: str
    old: Said
    new: Said


@dataclass(frozen=True)
class Change:
    """What one person did at one moment; no `user`: it followed from a decision for the course."""

    kind: str
    at: datetime
    user: User | None
    edits: Sequence[Edit]


@dataclass(frozen=True)
class HistoryPage:
    """A page of changes, the newest first; pages count from 1."""

    changes: Sequence[Change]
    page: int
    pages: int


def history(placement: Placement, page: int) -> HistoryPage:
    """Page `page` of what was changed at the placement; of a page beyond the last, the last."""
    mine = _of(placement)
    found = db.session.scalar(select(func.count()).select_from(EventRecord).where(mine)) or 0
    pages = max(-(-found // PAGE_ROWS), 1)
    page = min(page, pages)
    rows = db.session.execute(
        select(EventRecord, User)
        .outerjoin(User, User.id == EventRecord.user_id)
        .where(mine)
        .order_by(EventRecord.id.desc())
        .limit(PAGE_ROWS)
        .offset((page - 1) * PAGE_ROWS)
    )
    names = _names(placement)
    changes = [_change(record, user, names) for record, user in rows]
    return HistoryPage(changes, page, pages)


def _of(placement: Placement) -> ColumnElement[bool]:
    """Events of the placement in which something changed: saving without a change is none.

    With those of the course's defaults.
    """
    changed = EventRecord.data["changes"].as_string()
    own = and_(
        EventRecord.name.in_(NAMES),
        EventRecord.data["placement_id"].as_integer() == placement.id,
        func.coalesce(changed, "") != "{}",
    )
    of_course = EventRecord.name == CourseDefaultsChanged.__name__
    return and_(EventRecord.context_id == placement.context_id, or_(own, of_course))


def _names(placement: Placement) -> Mapping[tuple[str, str], str]:
    """The titles of modules and the numbers of versions, by setting and the text of the log."""
    modules = catalogue.curriculum(placement.version_id).modules
    names = {("module_id", each.id): f"{each.number}. {each.title}" for each in modules}
    lessons = [lesson for each in modules for lesson in each.lessons]
    names |= {("lessons_left_out", lesson.id): lesson.title for lesson in lessons}
    for version in db.session.scalars(select(CurriculumVersion)):
        for name in ("version_id", "left_version_id"):
            names[name, str(version.id)] = f"version {version.number}"
    return names


def _change(record: EventRecord, user: User | None, names: Mapping[tuple[str, str], str]) -> Change:
    if record.name == PlacementCopied.__name__:
        return Change(COPIED, record.at, user, ())
    if record.name == CourseDefaultsChanged.__name__:
        return Change(DEFAULTS, record.at, user, _of_defaults(**record.data))
    changes: Mapping[str, Sequence[str | None]] = record.data["changes"]
    first = "module_id" in changes and not changes["module_id"][0]
    edits = [
        edit(name, changes[name][0], changes[name][1], names) for name in LABELS if name in changes
    ]
    return Change(SET_UP if first else CHANGED, record.at, user, edits)


def _of_defaults(
    before: Mapping[str, str | None], after: Mapping[str, str | None]
) -> Sequence[Edit]:
    def said(settings: Mapping[str, str | None], name: str) -> Said:
        return in_words(name, settings[name]) if name in settings else SUGGESTED

    edits = [Edit(LABELS[name], said(before, name), said(after, name)) for name in LABELS]
    return [each for each in edits if each.old != each.new]


def edit(
    name: str, old: str | None, new: str | None, names: Mapping[tuple[str, str], str] | None = None
) -> Edit:
    """One setting from old to new, both as the log keeps them."""
    known = names or {}

    def said(text: str | None) -> Said:
        if name == "lessons_left_out" and text:
            return ", ".join(known.get((name, each), each) for each in text.split())
        return known.get((name, text or ""), in_words(name, text))

    return Edit(LABELS[name], said(old), said(new))
