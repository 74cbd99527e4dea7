"""The pages about scores on their way, at each screen: deliveries, a receipt and its check."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from demo.people import DANA, MODULE_1, SOFIA
from lti_tool.courses.models import User
from lti_tool.curriculum.models import Placement
from lti_tool.db import db, unit_of_work, utcnow
from lti_tool.grades.models import Delivery, Grade
from lti_tool.quiz.models import Attempt, AttemptStatus
from tests.browser.conftest import Campus, Seat
from tests.browser.looking import look_at_all
from tests.browser.test_story import place_module

pytestmark = pytest.mark.browser
STATES: list[dict[str, Any]] = [
    {"name": "Ada Okafor", "state": "blocked", "cause": "not_a_student"},
    {"name": "Benedikt Sørensen-Thorvaldsen", "state": "blocked", "cause": "column_gone"},
    {"name": "Chen Wei", "state": "retrying", "cause": "unreachable"},
    {"name": "Dora Quist", "state": "accepted", "standing": "overridden", "result_given": 9},
    {"name": "Eli Brand", "state": "blocked", "cause": "not_shown"},
    {"name": "Fatima Noor", "state": "accepted", "standing": "in_step"},
    {"name": "Goran Ilić", "state": "waiting"},
]


def hand_in(campus: Campus) -> None:
    """Learners with a score each, whose deliveries stand in every way they can."""
    with campus.app.app_context(), unit_of_work():
        placement = db.session.query(Placement).one()
        for number, each in enumerate([*STATES, {"name": "", "sub": SOFIA.id, "cause": "refused"}]):
            sub = each.get("sub") or f"learner-{number}"
            user = db.session.query(User).filter_by(sub=sub).one_or_none()
            if user is None:
                user = User(registration_id=1, sub=sub, name=each["name"])
                db.session.add(user)
                db.session.flush()
            _grade(placement, user, each)


def _grade(placement: Placement, user: User, each: dict[str, Any]) -> None:
    now = utcnow()
    started = now - timedelta(minutes=25)
    points = {"score_given": Decimal("7.5"), "score_maximum": Decimal(10)}
    attempt = Attempt(
        placement_id=placement.id, user_id=user.id, version_id=placement.version_id, number=1,
        status=AttemptStatus.SUBMITTED, seed="0", item_ids=[], started_at=started,
        submitted_at=now, **points,
    )  # fmt: skip
    db.session.add(attempt)
    db.session.flush()
    delivery = Delivery(
        state=each.get("state", "blocked"), cause=each.get("cause", ""),
        standing=each.get("standing", ""), result_given=each.get("result_given"),
        result_maximum=10, read_at=now, tried_at=now, accepted_status=200,
        accepted_at=now if each.get("cause") in (None, "not_shown") else None,
    )  # fmt: skip
    db.session.add(
        Grade(
            placement_id=placement.id, user_id=user.id, attempt_id=attempt.id,
            started_at=started, submitted_at=now, delivery=delivery, **points,
        )
    )  # fmt: skip


def walk(seat: Callable[..., Seat], campus: Campus) -> Iterator[tuple[str, Page]]:
    place_module(seat())
    learner = seat()
    learner.sign_in(SOFIA)
    hers = learner.open_in_window(MODULE_1.title)
    teacher = seat()
    teacher.sign_in(DANA)
    page = teacher.open_in_window(MODULE_1.title)
    page.goto(page.url.rsplit("/", 1)[0] + "/deliveries")
    yield "deliveries-none", page
    hand_in(campus)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "6 scores are not yet in the gradebook"
    )
    yield "deliveries", page
    page.get_by_role("link", name=re.compile("^Another grade there")).click()
    yield "deliveries-changed", page
    hers.goto(hers.url.rsplit("/", 1)[0] + "/quiz/1/result")
    expect(hers.get_by_role("button", name="Send it again now")).to_be_visible()
    yield "receipt-blocked", hers
    with hers.context.expect_page() as opened:
        hers.locator("a.code").click()
    yield "check", opened.value
    opened.value.get_by_role("link", name="Check another receipt").click()
    yield "check-ask", opened.value


def test_the_pages_about_deliveries(seat: Callable[..., Seat], campus: Campus) -> None:
    look_at_all(campus.app, "deliveries", walk(seat, campus))
