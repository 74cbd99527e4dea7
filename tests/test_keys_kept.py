"""No key or explanation reaches a browser before its phase: every single response is searched."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request, request_finished
from werkzeug.wrappers import Response

from lti_tool.curriculum import catalogue
from lti_tool.curriculum.items import Item
from lti_tool.db import db, utcnow
from lti_tool.quiz.models import Attempt
from tests.answers import right_form
from tests.browsers import TOOL, Browser, text_of
from tests.databases import change, on_sqlite
from tests.story import set_up, settings
from tests.test_guards import secrets_of
from tests.test_powers import ask, pages

NewBrowser = Callable[[], Browser]
Responses = list[tuple[str, str]]
PHASES = ("feedback_during", "feedback_after", "feedback_later", "feedback_closed")


@contextmanager
def every_response(app: Flask) -> Iterator[Responses]:
    """What the tool answers meanwhile: method and path, and all texts and attributes, squeezed."""
    heard: Responses = []

    def listen(sender: Any, response: Response, **more: Any) -> None:
        response.direct_passthrough = False
        body = response.get_data().decode("utf-8", "replace")
        if response.is_json:
            body = " ".join(_strings(json.loads(body)))
        heard.append(
            (f"{request.method} {request.path}", squeeze(f"{text_of(body)} {html.unescape(body)}"))
        )

    with request_finished.connected_to(listen, app):
        yield heard


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _strings(each)
    else:
        yield str(value)


def squeeze(text: str) -> str:
    """Without white space: a text is found whatever markup and line breaks are in it."""
    return "".join(text.split())


def one_of_each_type(app: Flask) -> list[Item]:
    """Let the open attempt ask one graded question of each of the nine types."""
    with app.app_context():
        curriculum = catalogue.curriculum(db.session.query(Attempt).one().version_id)
        items = list(
            {item.type: item for item in curriculum.items if item.pool == "graded"}.values()
        )
    assert len(items) == 9
    change(app, Attempt, item_ids=[item.id for item in items])
    return items


def open_everything(app: Flask, browser: Browser) -> None:
    """Every address of the visit, with each number that a question or a round can have."""
    opened = {
        path
        for number in range(1, 10)
        for _, method, path in pages(app, number=number)
        if method == "GET"
    }
    for path in sorted(opened):
        browser.follow(ask(browser, "GET", path))


def answer_everything(browser: Browser, items: list[Item]) -> None:
    """Save each answer as the script and as a page does; ask to have it checked; take it back."""
    token = browser.token()
    for number, item in enumerate(items, 1):
        path, form = f"/quiz/1/{number}", right_form(item)
        browser.post(path, form, token=token, Accept="application/json")
        browser.post(path, form | {"go": "mark"}, token=token)
        browser.post(f"{path}/take-back", token=token)


def given_away(heard: Responses, items: list[Item]) -> list[tuple[str, str, str]]:
    """Where a text stands that tells or explains what is right: item, text, response."""
    typed = {str(value) for item in items for value in right_form(item).values()}
    return [
        (item.id, text, where)
        for item in items
        for text in {text for text in secrets_of(item) if len(text) > 12 and text != item.stem}
        if text not in typed
        for where, body in heard
        if squeeze(text) in body
    ]


@on_sqlite
@pytest.mark.parametrize("role", ["Learner", "Guest"])
def test_no_response_gives_a_key_away_before_its_phase(
    app: Flask, new_browser: NewBrowser, role: str
) -> None:
    teacher, somebody = new_browser(), new_browser()
    set_up(teacher)
    settings(teacher, **dict.fromkeys(PHASES, "nothing"))
    somebody.launch(sub="somebody", role=role)
    with every_response(app) as heard:
        open_everything(app, somebody)
        somebody.post("/quiz")
        items = one_of_each_type(app)
        somebody.post("/practice", {"kind": "practice"})
        open_everything(app, somebody)
        answer_everything(somebody, items)
        open_everything(app, somebody)
        somebody.post("/quiz/1/submit")
        open_everything(app, somebody)
    assert len(heard) > 400
    assert given_away(heard, items) == []

    settings(teacher, **dict.fromkeys(PHASES, "everything"))
    change(app, Attempt, submitted_at=utcnow())
    with every_response(app) as heard:
        somebody.get("/quiz/1/result")
    assert {found[0] for found in given_away(heard, items)} == {item.id for item in items}


@on_sqlite
def test_no_file_that_anybody_can_fetch_holds_a_key(app: Flask) -> None:
    with app.app_context():
        curriculum = catalogue.curriculum(catalogue.latest_version().id)
    folder = Path(str(app.static_folder))
    client = app.test_client()
    files = [f"/static/{path.relative_to(folder)}" for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 20
    heard = [
        (
            path,
            squeeze(
                client.get(path, base_url=TOOL, buffered=True)
                .get_data(as_text=False)
                .decode("utf-8", "replace")
            ),
        )
        for path in files
    ]
    assert given_away(heard, list(curriculum.items)) == []
