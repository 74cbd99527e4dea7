"""Objects that are read without tracking, and the addresses of pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask, url_for
from sqlalchemy.orm.exc import UnmappedInstanceError

from lti_tool.courses.models import Context, Membership
from lti_tool.db import db, unit_of_work
from lti_tool.rows import read_one, tracked
from lti_tool.web import address_of
from tests.browsers import TOOL, Browser
from tests.databases import on_sqlite


def test_what_is_only_looked_at_refuses_to_be_changed(
    app: Flask, new_browser: Callable[[], Browser]
) -> None:
    new_browser().launch(sub="somebody")
    with app.app_context():
        seen = read_one(Membership, id=1)
        assert seen is not None and seen.role == "learner" and seen.last_launch_at is not None
        with pytest.raises(AttributeError):
            seen.role = "instructor"
        with pytest.raises(UnmappedInstanceError):
            _ = seen.context
        with unit_of_work():
            tracked(seen).role = "instructor"
        again = read_one(Membership, id=1)
        assert again is not None and again.role == "instructor"
        assert seen.role == "learner"
        assert read_one(Context, id=99) is None
        db.session.remove()


@on_sqlite
@pytest.mark.parametrize(
    "endpoint, values",
    [
        ("lessons.module", {"launch_id": "a-b_c~d"}),
        ("lessons.module", {"launch_id": "a~<b> ?#"}),
        ("lessons.lesson", {"launch_id": "a", "slug": "l-1", "_anchor": "check"}),
        ("quiz.result", {"launch_id": "a", "attempt_number": 2}),
        ("course.overview", {"launch_id": "a", "search": "ä b", "page": None}),
        ("static", {"filename": "app.css"}),
    ],
)
def test_pages_have_the_addresses_that_flask_gives_them(
    app: Flask, endpoint: str, values: dict[str, object]
) -> None:
    for root in ("", "/below"):
        with app.test_request_context("/", base_url=TOOL + root):
            assert address_of(endpoint, **values) == url_for(endpoint, **values)  # type: ignore[arg-type]
