"""Who may see and do what under a launch's address, and what every answer carries."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lti_tool.curriculum.items import Item
from lti_tool.db import db, utcnow
from lti_tool.launch.models import Launch
from lti_tool.quiz.attempts import items_of
from lti_tool.quiz.models import Attempt, AttemptStatus
from tests.answers import right_form
from tests.browsers import TOOL, Browser, text_of
from tests.databases import change, on_sqlite, rows
from tests.story import set_up, take_quiz

NewBrowser = Callable[[], Browser]
VALUES = {"slug": "l1", "attempt_number": 1, "number": 1}


def routes(app: Flask) -> Iterator[tuple[str, str]]:
    """Method and path below the launch of every route that serves a visit."""
    adapter = app.url_map.bind("tool.example")
    for rule in app.url_map.iter_rules():
        if "launch_id" not in rule.arguments:
            continue
        values: dict[str, Any] = {name: VALUES.get(name, "1") for name in rule.arguments}
        path = adapter.build(rule.endpoint, values | {"launch_id": "LAUNCH"})
        assert path.startswith("/l/LAUNCH/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            yield method, path.removeprefix("/l/LAUNCH")


@pytest.fixture
def learner(app: Flask, new_browser: NewBrowser) -> Browser:
    """A learner with one attempt handed in and another open."""
    set_up(new_browser())
    learner = new_browser()
    learner.launch()
    take_quiz(app, learner, right=1)
    assert learner.post("/quiz").status_code == 303
    return learner


def ask(browser: Browser, method: str, path: str, **form: str) -> TestResponse:
    return browser.client.open(
        browser.path(path), method=method, data=form, base_url=TOOL, buffered=True
    )


def assert_ended(answer: TestResponse) -> None:
    assert answer.status_code == 401, answer.text
    words = text_of(answer.text)
    assert "This visit has ended" in words and "Open the activity again" in words
    assert "Name of" not in words and "PMO Academy" not in words
    assert "<form" not in answer.text, "it may be framed by anybody: nothing is to be pressed"
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]


def test_no_page_of_a_visit_opens_without_its_browser_or_after_its_end(
    app: Flask, learner: Browser, new_browser: NewBrowser
) -> None:
    stranger, other = Browser(app, learner.platform), new_browser()
    other.launch(sub="learner-2")
    stranger.launch_id = other.launch_id = learner.launch_id
    assert len(list(routes(app))) >= 15
    for method, path in routes(app):
        assert_ended(ask(stranger, method, path))
        assert_ended(ask(other, method, path))
    change(app, Launch, expires_at=utcnow() - timedelta(seconds=1))
    for method, path in routes(app):
        assert_ended(ask(learner, method, path))
    learner.launch_id = "nobody-knows-this-one"
    for method, path in routes(app):
        assert_ended(ask(learner, method, path))


@on_sqlite
def test_nothing_changes_without_the_token_of_the_visit(
    app: Flask, learner: Browser, new_browser: NewBrowser
) -> None:
    first = learner.launch_id
    learner.launch(link="link-2")
    foreign = learner.post("/quiz", token="x")
    assert foreign.status_code == 403
    token_of_another_visit = new_browser()
    token_of_another_visit.launch(sub="learner-3")
    token = token_of_another_visit.token()
    learner.launch_id = first
    before = [(each.id, each.status) for each in rows(app, Attempt)]
    for method, path in routes(app):
        if method == "GET":
            continue
        for form in ({}, {"csrf_token": ""}, {"csrf_token": "é" * 40}, {"csrf_token": token}):
            answer = ask(learner, method, path, **form)
            assert answer.status_code == 403, path
            assert "does not come from a page of this visit" in answer.text
    assert [(each.id, each.status) for each in rows(app, Attempt)] == before


@on_sqlite
def test_the_token_may_come_in_a_header(learner: Browser) -> None:
    path, headers = learner.path("/lessons/l1/complete"), {"X-CSRF-Token": learner.token()}
    answer = learner.client.post(path, headers=headers, base_url=TOOL)
    assert answer.status_code == 303


@on_sqlite
def test_a_glance_at_a_page_is_free(learner: Browser) -> None:
    """HEAD changes nothing and needs no token."""
    answer = learner.client.head(learner.path("/module"), base_url=TOOL)
    assert answer.status_code == 200


@on_sqlite
def test_nobody_reads_the_attempt_of_another(
    app: Flask, learner: Browser, new_browser: NewBrowser
) -> None:
    other = new_browser()
    other.launch(sub="learner-2")
    token = other.token()
    for number in (1, 2):
        for method, path in (
            ("GET", f"/quiz/{number}/1"),
            ("GET", f"/quiz/{number}/check"),
            ("GET", f"/quiz/{number}/result"),
            ("POST", f"/quiz/{number}/1"),
            ("POST", f"/quiz/{number}/submit"),
        ):
            assert ask(other, method, path, csrf_token=token).status_code == 404, path
    assert other.get("/receipt").status_code == 404
    assert len(rows(app, Attempt, status=AttemptStatus.OPEN)) == 1


@on_sqlite
def test_a_person_of_another_course_is_another_learner(learner: Browser) -> None:
    """The same person and module behind another link: attempts do not mix."""
    learner.launch(role="Instructor", context="course-2", link="link-2")
    settings = {"module_id": "M1", "attempts_allowed": "3", "pass_percent": "80"}
    assert learner.post("/settings", settings).status_code == 303
    assert learner.get("/quiz/1/result").status_code == 404


NUMBERS = ["0", "-1", "3", "99999999999", str(10**40), "1.5", "one", "%00"]


def test_numbers_that_are_none(learner: Browser) -> None:
    token = learner.token()
    for number in NUMBERS:
        for path in (f"/quiz/{number}/1", f"/quiz/2/{number}0", f"/quiz/{number}/result"):
            assert learner.get(path).status_code == 404, path
        assert learner.get("/lessons/" + number).status_code == 404
        assert learner.post(f"/quiz/{number}/submit", token=token).status_code == 404


def test_pages_of_the_table_that_are_none(new_browser: NewBrowser) -> None:
    instructor = new_browser()
    set_up(instructor)
    for page in ("0", "-5", "x", str(10**40), ""):
        assert instructor.get(f"/learners?page={page}").status_code == 200


def protected(answer: TestResponse) -> bool:
    policy = answer.headers.get("Content-Security-Policy", "")
    return (
        "default-src 'none'" in policy
        and "unsafe" not in policy
        and "frame-ancestors" in policy
        and answer.headers["X-Content-Type-Options"] == "nosniff"
        and answer.headers["Referrer-Policy"] == "no-referrer"
        and bool(answer.headers["Cache-Control"])
    )


@on_sqlite
def test_every_answer_is_protected(app: Flask, learner: Browser, new_browser: NewBrowser) -> None:
    for method, path in routes(app):
        for browser in (learner, new_browser()):
            browser.launch_id = learner.launch_id
            answer = ask(browser, method, path)
            assert protected(answer), (method, path)
            if answer.mimetype == "text/html":
                assert answer.headers["Cache-Control"] == "no-store"
    for path in ("/lti/jwks", "/healthz", "/readyz", "/nothing", "/lti/login", "/"):
        assert protected(learner.client.get(path, base_url=TOOL)), path
    ancestors = learner.get("/module").headers["Content-Security-Policy"].rpartition(" ")[2]
    assert ancestors == learner.platform.url


@on_sqlite
def test_no_page_needs_what_the_policy_forbids(app: Flask, learner: Browser) -> None:
    """No script or style in the page, nothing from another host."""
    for method, path in routes(app):
        page = ask(learner, method, path).text
        assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", page), path
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page), path
        for address in re.findall(r'(?:src|action)="([^"]+)"', page):
            assert address.startswith(("/", "../figures/")), (path, address)


@on_sqlite
def test_files_of_ours_are_served_as_what_they_are(app: Flask) -> None:
    for path in ("/static/app.css", "/static/saving.js"):
        answer = app.test_client().get(path, base_url=TOOL, buffered=True)
        assert answer.status_code == 200
        assert answer.headers.get("X-Content-Type-Options") == "nosniff"


WHOLE = ("general", "correct", "other", "solution", "model_answer", "panel_note", "accepted")
GROUPS = (
    "options", "reasons", "prompts", "targets", "elements", "cards", "slips", "near_misses",
    "rubric",
)  # fmt: skip
PARTS = ("feedback", "misconception", "cause", "feedback_missing", "criterion")


def secrets_of(item: Item) -> Iterator[str]:
    """Texts of an item that tell or explain what is right."""
    entries = [entry for group in GROUPS for entry in getattr(item, group, ())]
    holders = [(item, WHOLE), (item.feedback, WHOLE), *((entry, PARTS) for entry in entries)]
    for holder, names in holders:
        for name in names:
            value = getattr(holder, name, "")
            yield from (value,) if isinstance(value, str) else value
    yield from getattr(item, "truth_feedback", {}).values()


def everything_in(page: TestResponse) -> str:
    """Texts and attributes of a page, or of the parts of pages that JSON carries."""
    found = page.get_json() if page.is_json else {}
    html = " ".join([found["frame"], *found["questions"]]) if "frame" in found else page.text
    return " ".join([text_of(html), *re.findall(r'"([^"]*)"', html)])


@on_sqlite
@pytest.mark.parametrize("module", ["M1", "M3"])
def test_an_open_attempt_gives_nothing_away(
    app: Flask, new_browser: NewBrowser, module: str
) -> None:
    instructor, learner = new_browser(), new_browser()
    set_up(instructor, module_id=module)
    learner.launch()
    learner.post("/quiz")
    with app.app_context():
        items = items_of(db.session.query(Attempt).one())
    token, pages = learner.token(), []
    for number, item in enumerate(items, 1):
        pages.append(learner.get(f"/quiz/1/{number}"))
        path, form = f"/quiz/1/{number}", right_form(item)
        pages.append(learner.post(path, form, token=token, Accept="application/json"))
        pages.append(learner.get(path))
    paths = ("/quiz", "/quiz/1/check", "/quiz/1/questions", "/module", "/receipt")
    pages += [learner.get(path) for path in paths]
    pages.append(learner.follow(learner.get("/quiz/1/result")))

    shown = [everything_in(page) for page in pages]
    typed = {str(value) for item in items for value in right_form(item).values()}
    for item in items:
        texts = {text for text in secrets_of(item) if len(text) > 12} - typed
        asked = shown[3 * items.index(item)]
        for text in texts - {text for text in texts if text == item.stem}:
            where = [number for number, page in enumerate(shown) if " ".join(text.split()) in page]
            assert not where, (item.id, text, where)
        assert not re.search(r"(?i)data-(correct|credit|key|rank)|misconception", asked)
    kept = everything_in(learner.get("/quiz/1/questions"))
    assert all(" ".join(item.stem.split()) in kept for item in items)
