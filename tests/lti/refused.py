"""What every refusal has: a page for the person, a reference, and a row that says why."""

from __future__ import annotations

import re

from flask import Flask
from werkzeug.test import TestResponse

from lti_tool.launch.models import Launch
from lti_tool.lti.models import LoginState
from tests.browsers import text_of
from tests.databases import rows

REFERENCE = re.compile(r"Reference ([2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4})")


def assert_page(answer: TestResponse, status: int) -> str:
    """An error page for people, which shows nothing of our inside; returns its reference."""
    assert answer.status_code == status, answer.text
    words = text_of(answer.text)
    assert "Traceback" not in words and "Error" not in words and "sqlalchemy" not in words
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    found = REFERENCE.search(words)
    assert found, words
    return found[1]


def assert_refused(answer: TestResponse, app: Flask, reason: str) -> LoginState:
    """The launch ended on a page with that reason, and is recorded; returns its row."""
    reference = assert_page(answer, 400)
    assert f"· {reason.replace('_', ' ')}" in text_of(answer.text)
    assert not rows(app, Launch)
    [row] = rows(app, LoginState, reference=reference)
    assert (row.status, row.reason) == ("refused", reason)
    assert row.ended_at is not None
    return row
