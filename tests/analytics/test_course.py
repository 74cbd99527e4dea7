"""The course at a glance: states, counts, the grid of learners, finding and ordering them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from bench.classes import Size, fill
from lti_tool.analytics.charts import ceiling, column_chart
from lti_tool.analytics.course import finished_by_week, placement_rows
from lti_tool.analytics.grid_members import PAGE_ROWS
from lti_tool.courses.models import Context, Membership
from lti_tool.curriculum.models import Placement
from lti_tool.db import db, utcnow
from lti_tool.grades.models import Grade
from lti_tool.quiz.models import Attempt
from tests.browsers import Browser, text_of
from tests.databases import change, on_sqlite
from tests.story import set_up, take_quiz
from tests.test_speed import queries

NewBrowser = Callable[[], Browser]
MOST_QUERIES = 8


@pytest.fixture
def instructor(new_browser: NewBrowser) -> Browser:
    instructor = new_browser()
    set_up(instructor)
    return instructor


def names(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="[^"]*/learners/\d+">([^<]*)</a>', page)


def course_id() -> int:
    return db.session.scalars(select(Context.id)).one()


def test_an_empty_course_says_what_comes_next(instructor: Browser) -> None:
    words = text_of(instructor.get("/course").text)
    assert "0 learners, 1 module." in words
    assert "No learner has come yet" in words


def test_each_learner_stands_in_the_grid_with_their_work(
    app: Flask,
    instructor: Browser,
    new_browser: NewBrowser,
    work: Callable[[], None],
) -> None:
    reader, passed, failed = new_browser(), new_browser(), new_browser()
    reader.launch(sub="reader", name="Rita Reader")
    reader.post("/lessons/l1/complete")
    passed.launch(sub="passed", name="Paula Passed")
    take_quiz(app, passed)
    failed.launch(sub="failed", name="Fred Failed")
    take_quiz(app, failed, right=0)
    page = instructor.get("/course").text
    words = text_of(page)
    assert "3 begun, 2 handed in, 1 passed" in words
    assert "2 scores are not in the gradebook yet" in words
    assert "100% , passed, not in the gradebook yet" in words
    assert "0% , not passed, not in the gradebook yet" in words
    assert "1/4 , lessons read" in words
    assert "Not passed yet: module 1" in words
    work()
    assert "All there" in instructor.get("/course").text
    cell = re.search(r'href="(/l/[^"]*\?placement=\d+)#work"', page)
    assert (
        cell and instructor.client.get(cell[1], base_url="https://tool.example").status_code == 200
    )


def test_learners_are_found_and_ordered(
    app: Flask, instructor: Browser, new_browser: NewBrowser
) -> None:
    for sub, name, right in (("a", "Ada Quick", None), ("b", "Ben Slow", 0), ("c", "", None)):
        learner = new_browser()
        learner.launch(sub=sub, name=name, family_name=name and sub)
        if name:
            take_quiz(app, learner, right=right)
    found = names(instructor.get("/course?search=quick+a").text)
    assert found == ["Ada Quick"]
    assert names(instructor.get("/course?search=person").text)[0].startswith("Person ")
    assert "Nobody here is called “%”" in text_of(instructor.get("/course?search=%25").text)
    assert names(instructor.get("/course?sort=look").text)[0] == "Ben Slow"
    assert names(instructor.get("/course?sort=passed").text)[-1] == "Ada Quick"
    assert names(instructor.get("/course?sort=visit").text)[0] == "Ada Quick"
    assert len(names(instructor.get("/course?sort=nonsense&page=999999999999").text)) == 3


def test_who_has_no_attempt_left_or_stays_away_is_named(
    app: Flask, instructor: Browser, new_browser: NewBrowser
) -> None:
    instructor.post("/settings", {"module_id": "M1", "attempts_allowed": "1", "pass_percent": "80"})
    learner, quiet = new_browser(), new_browser()
    learner.launch(sub="a", name="Ada")
    take_quiz(app, learner, right=0)
    quiet.launch(sub="b", name="Ben")
    change(app, Membership, last_launch_at=utcnow() - timedelta(days=20))
    words = text_of(instructor.get("/course").text)
    assert "No attempt left in module 1" in words and "Away for 20 days" in words


def test_a_course_of_any_size_costs_the_same_queries(app: Flask, instructor: Browser) -> None:
    with app.app_context():
        fill(course_id(), Size(learners=5, modules=2, attempts=1))
    small = queries(app, instructor, "/course")
    with app.app_context():
        before = len(placement_rows(course_id()))
    assert before == 2 and small <= MOST_QUERIES
    assert queries(app, instructor, "/items") <= MOST_QUERIES


def test_a_page_of_a_large_course_shows_its_share(app: Flask, instructor: Browser) -> None:
    with app.app_context():
        fill(course_id(), Size(learners=PAGE_ROWS + 10, modules=3, attempts=2))
    assert queries(app, instructor, "/course") <= MOST_QUERIES
    first, last = instructor.get("/course").text, instructor.get("/course?page=2").text
    assert (len(names(first)), len(names(last))) == (PAGE_ROWS, 10)
    assert not set(re.findall(r"/learners/\d+\"", first)) & set(
        re.findall(r"/learners/\d+\"", last)
    )
    assert names(instructor.get("/course?page=3").text) == names(last)
    report = instructor.get("/course/report").text
    assert report.count('class="look-cell"') == PAGE_ROWS + 10


def test_tallies_agree_with_the_rows_that_they_count(app: Flask, instructor: Browser) -> None:
    with app.app_context():
        fill(course_id(), Size(learners=40, modules=2, attempts=2))
        for row in placement_rows(course_id()):
            placement = row.placement
            grades = db.session.scalars(select(Grade).filter_by(placement_id=placement.id)).all()
            passed = [
                each for each in grades if placement.passes(each.score_given, each.score_maximum)
            ]
            assert (row.tally.finished, row.tally.passed) == (len(grades), len(passed))
            tenths = [min(int(10 * g.score_given / g.score_maximum), 9) for g in grades]
            assert row.tally.scores == tuple(tenths.count(tenth) for tenth in range(10))
            assert row.tally.begun == len(grades)


def test_weeks_begin_on_monday_and_end_with_this_one(app: Flask, instructor: Browser) -> None:
    sunday = date(2026, 11, 22)
    with app.app_context():
        fill(course_id(), Size(learners=3, modules=1, attempts=1))
    moment = utcnow().replace(year=2026, month=11, day=22, hour=23)
    change(app, Attempt, submitted_at=moment)
    with app.app_context():
        begun = len(db.session.scalars(select(Attempt.id)).all())
        weeks = finished_by_week(course_id(), sunday)
        assert (weeks[-1].monday, weeks[-1].finished) == (date(2026, 11, 16), begun)
        after = finished_by_week(course_id(), sunday + timedelta(days=1))
        assert [week.finished for week in after[-2:]] == [begun, 0]


@on_sqlite
def test_the_states_of_a_module_are_told(app: Flask, instructor: Browser) -> None:
    now = utcnow()
    for values, words in (
        ({"opens_at": now + timedelta(days=1)}, "Opens"),
        ({"opens_at": None, "due_at": now + timedelta(days=1)}, "Open; due"),
        ({"due_at": now - timedelta(days=1)}, "Open; was due"),
        ({"due_at": None, "closes_at": now + timedelta(days=1)}, "Open until"),
        ({"closes_at": now - timedelta(days=1)}, "Closed"),
        ({"resource_link_id": None}, ""),
    ):
        change(app, Placement, **values)
        if words:
            assert words in text_of(instructor.get("/course").text)
    assert "Linked, opened by nobody yet" in text_of(instructor.get("/course").text)


def test_charts_keep_their_columns_in_the_picture() -> None:
    assert [ceiling(value) for value in (0, 1, 3, 7, 9, 11, 61, 1000)] == [
        *(1, 1, 4, 8, 10, 20, 80, 1000)
    ]
    chart = column_chart(["a", "b"], [0, 9])
    assert chart.total == 9
    for column in chart.columns:
        assert column.y >= 0 and column.x + column.width <= chart.width
        assert column.y + column.height == pytest.approx(chart.base, abs=0.2)
