"""The pages of settings, looked at on every screen: of an activity, of a course, of a version."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from demo.people import DANA, MODULE_1, MODULE_3
from lti_tool.courses.models import Context
from lti_tool.curriculum.models import ContextCopy, Placement, PlacementCopy
from lti_tool.curriculum.settings import settings_of
from lti_tool.db import db, unit_of_work
from tests.browser.conftest import Campus, Seat
from tests.browser.looking import look_at_all
from tests.browser.test_access import Pages, open_all
from tests.classes import hold_class
from tests.versions import ITEM, LESSON, publish_next

pytestmark = pytest.mark.browser


def test_the_pages_of_settings(seat: Callable[..., Seat], campus: Campus, tmp_path: Path) -> None:
    teacher = seat()
    teacher.sign_in(DANA)
    look_at_all(campus.app, "settings", walk(teacher, campus, tmp_path / "content"))
    assert teacher.complaints == []


def walk(teacher: Seat, campus: Campus, content: Path) -> Pages:
    page = teacher.open_in_window(MODULE_1.title)
    yield "set-up", page
    page.get_by_label("Pass mark, in percent").fill("140")
    page.get_by_role("button", name="Place this module").click()
    yield "set-up-fault", page
    page.get_by_label("Pass mark, in percent").fill("80")
    page.get_by_role("button", name="Place this module").click()
    expect(page.get_by_text("Learners who open the link now find")).to_be_visible()
    with campus.app.app_context():
        hold_class(db.session.scalars(select(Placement.id)).one())
        db.session.remove()
    page.goto(re.sub(r"(/l/[^/]+)/.*", r"\1/settings", page.url))
    yield "settings", page
    yield from _walk_consequences(page)
    yield from _walk_whole_course(teacher)
    yield from _walk_changes(campus, page, content)


def _walk_consequences(page: Page) -> Pages:
    """A fault below the fold, a change that moves grades, and the history of changes."""
    at = page.url
    open_all(page)
    page.get_by_label("Time limit, in minutes").fill("9000")
    page.get_by_role("button", name="Save").click()
    yield "settings-fault", page
    page.goto(at)
    page.get_by_label("Pass mark, in percent").fill("5")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What this changes for learners")
    yield "settings-preview", page
    page.goto(at)
    page.get_by_role("link", name="Who changed what, and when").click()
    page.wait_for_url("**/settings/history")
    open_all(page)
    yield "settings-history", page
    page.goto(at)


def _walk_whole_course(teacher: Seat) -> Pages:
    """From another activity: settings for those to come, and for the one placed already."""
    page = teacher.open_in_window(MODULE_3.title)
    page.get_by_role("radio", name=re.compile(r"^3\. ")).check()
    page.get_by_label("Pass mark, in percent").fill("10")
    page.get_by_role("button", name="Place this module").click()
    page.get_by_role("link", name="Settings", exact=True).click()
    page.get_by_role("link", name="Use these settings in the whole course").click()
    page.wait_for_url("**/settings/course")
    yield "course-settings", page
    page.get_by_role("button", name="See what changes").click()
    yield "course-settings-fault", page
    open_all(page)
    for name in ("Pass mark", "Practice"):
        page.get_by_role("checkbox", name=re.compile(f"^{name}")).check()
    page.get_by_role("button", name="See what changes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What changes in the course")
    yield "course-settings-preview", page
    page.get_by_role("button", name="Apply").click()
    yield "course-settings-applied", page


def _walk_changes(campus: Campus, page: Page, content: Path) -> Pages:
    """A newer version of the curriculum, and a copied course."""
    publish_next(campus.app, content, LESSON | ITEM)
    page.reload()
    page.get_by_role("link", name="See what changes").click()
    open_all(page)
    yield "update", page
    come_from_last_year(campus.app)
    page.goto(re.sub(r"(/l/[^/]+)/.*", r"\1/copied", page.url))
    yield "copied", page


def come_from_last_year(app: Flask) -> None:
    """Let the course's activity be a copy about which nobody has decided yet."""
    with app.app_context(), unit_of_work():
        placement = db.session.scalars(select(Placement).where(Placement.module_id == "M1")).one()
        deployment_id = db.session.get_one(Context, placement.context_id).deployment_id
        origin = Context(
            deployment_id=deployment_id, context_id="last", label="PMO-25", title="PMO Academy 2025"
        )
        db.session.add(origin)
        db.session.flush()
        settings = settings_of(placement) | {
            "opens_at": datetime(2025, 9, 8, 7, tzinfo=UTC),
            "due_at": datetime(2025, 10, 31, 17, tzinfo=UTC),
        }
        source, other = (Placement(context_id=origin.id, **settings) for _ in range(2))
        db.session.add_all([source, other])
        db.session.flush()
        copy = {"placement_id": placement.id, "source_id": source.id, "found_by": "public id"}
        db.session.add_all(
            [
                PlacementCopy(**copy),
                ContextCopy(context_id=placement.context_id, origin_id=origin.id),
            ]
        )
