"""Speed, by what can be counted: queries, transactions and requests. No test asserts a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from flask import Flask
from sqlalchemy import event

from lti_tool.db import db
from lti_tool.quiz.attempts import items_of
from lti_tool.quiz.models import Attempt
from tests.answers import right_form
from tests.browsers import Browser
from tests.platforms import FakePlatform
from tests.story import set_up, take_quiz

MODULE_QUERIES = 6
SMALL, LARGE = 5, 60


@dataclass
class Counted:
    """What the database was asked: statements in order, and transactions that may write."""

    statements: list[str] = field(default_factory=list)
    writing: int = 0

    def reading(self, table: str) -> list[str]:
        return [text for text in self.statements if f"FROM {table}" in text]


@contextmanager
def counting(app: Flask) -> Iterator[Counted]:
    """Count while the block runs. BEGIN is no query; units of work are marked by `db`."""
    counted = Counted()

    def on_statement(_c: object, _u: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            counted.statements.append(statement)

    def on_begin(connection: object) -> None:
        options = connection.get_execution_options()  # type: ignore[attr-defined]
        counted.writing += bool(options.get("lti_tool_write"))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", on_statement)
    event.listen(engine, "begin", on_begin)
    yield counted
    event.remove(engine, "before_cursor_execute", on_statement)
    event.remove(engine, "begin", on_begin)


def queries(app: Flask, browser: Browser, path: str) -> int:
    """Statements of a page once the process has read what it keeps."""
    assert browser.get(path).status_code == 200
    with counting(app) as counted:
        assert browser.get(path).status_code == 200
    return len(counted.statements)


@pytest.fixture
def instructor(new_browser: Callable[[], Browser]) -> Browser:
    browser = new_browser()
    set_up(browser)
    return browser


@pytest.fixture
def learner(new_browser: Callable[[], Browser], instructor: Browser) -> Browser:
    browser = new_browser()
    browser.launch(sub="learner-0")
    return browser


def enrol(
    app: Flask, new_browser: Callable[[], Browser], first: int, last: int, with_grade: int
) -> None:
    """Learners `first` to `last` launch; the first `with_grade` of them hand in a quiz."""
    for number in range(first, last):
        browser = new_browser()
        browser.launch(sub=f"learner-{number}")
        if number < first + with_grade:
            take_quiz(app, browser, right=1)


def test_the_module_page_costs_the_same_in_a_class_of_any_size(
    app: Flask, new_browser: Callable[[], Browser], learner: Browser
) -> None:
    take_quiz(app, learner)
    enrol(app, new_browser, 1, SMALL, with_grade=2)
    small = queries(app, learner, "/module")
    enrol(app, new_browser, SMALL, LARGE, with_grade=2)
    assert queries(app, learner, "/module") == small <= MODULE_QUERIES


def test_the_instructors_table_costs_the_same_in_a_class_of_any_size(
    app: Flask, new_browser: Callable[[], Browser], instructor: Browser
) -> None:
    enrol(app, new_browser, 0, SMALL, with_grade=2)
    small = queries(app, instructor, "/learners")
    enrol(app, new_browser, SMALL, LARGE, with_grade=20)
    assert queries(app, instructor, "/learners") == small
    assert f"{LARGE} learners" in instructor.get("/learners").text


def test_a_launch_is_two_short_writes_and_asks_the_platform_nothing(
    app: Flask,
    new_browser: Callable[[], Browser],
    learner: Browser,
    platform: FakePlatform,
) -> None:
    platform.requests.clear()
    newcomer = new_browser()
    with counting(app) as counted:
        assert newcomer.launch(sub="newcomer").status_code == 200
    assert counted.writing == 2
    assert platform.requests == []


def test_saving_an_answer_is_one_write_and_three_queries(app: Flask, learner: Browser) -> None:
    learner.post("/quiz")
    with app.app_context():
        items = items_of(db.session.query(Attempt).one())
    token = learner.token()
    for number, item in enumerate(items[:3], 1):
        form = right_form(item)
        for sent in (form, form, {}):  # new, the same again, changed
            with counting(app) as counted:
                answer = learner.post(
                    f"/quiz/1/{number}", sent, token=token, Accept="application/json"
                )
            assert answer.status_code == 200 and '"outcome":"saved"' in answer.text
            assert len(counted.statements) <= 3 and counted.writing == 1, counted.statements


@pytest.mark.parametrize(
    "path", ["/module", "/lessons/l1", "/quiz/1/1", "/quiz/1/check", "/quiz/1/questions"]
)
def test_pages_ask_the_database_for_no_content_once_it_is_loaded(
    app: Flask, learner: Browser, path: str
) -> None:
    learner.post("/quiz")
    assert learner.get(path).status_code == 200
    with counting(app) as counted:
        assert learner.get(path).status_code == 200
    assert counted.statements and not counted.reading("curriculum_version")


def test_all_questions_at_once_cost_no_more_queries_than_one(app: Flask, learner: Browser) -> None:
    learner.post("/quiz")
    one = queries(app, learner, "/quiz/1/1")
    with counting(app) as counted:
        assert queries(app, learner, "/quiz/1/questions") <= one
    assert counted.writing == 0
