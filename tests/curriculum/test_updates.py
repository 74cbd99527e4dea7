"""A newer version is offered with what it changes; the instructor takes it or leaves it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from flask import Flask

from lti_tool.curriculum.comparing import Piece, word_changes
from lti_tool.events import EventRecord
from tests.browsers import Browser, text_of
from tests.databases import on_sqlite, rows
from tests.story import set_up, take_quiz
from tests.versions import ITEM, LESSON, publish_next

NewBrowser = Callable[[], Browser]
Publish = Callable[[Mapping[str, tuple[str, str]]], int]

NEXT = {"m1/l1.md": ("receives forty pages", "receives fifty pages")}


@pytest.fixture
def publish(app: Flask, tmp_path: Path) -> Publish:
    """Publishes a further version; returns its id."""
    return lambda changes: publish_next(app, tmp_path / "content", changes)


def test_words_that_stay_go_and_come() -> None:
    assert word_changes("a plan for two", "a plan for three people") == (
        Piece("same", "a plan for "),
        Piece("gone", "two"),
        Piece("new", "three people"),
    )


def test_a_version_is_offered_with_its_changes_and_taken(
    app: Flask, new_browser: NewBrowser, publish: Publish
) -> None:
    instructor, learner = new_browser(), new_browser()
    set_up(instructor)
    learner.launch(sub="learner-1")
    take_quiz(app, learner, right=2)
    assert "newer version" not in instructor.get("/settings").text
    assert instructor.get("/update").status_code == 404
    version_id = publish(LESSON | ITEM)
    assert "A newer version of this module is published" in instructor.get("/settings").text
    page = instructor.get("/update").text
    assert "receives <del>34</del><ins>forty</ins> pages" in page
    assert "Option a" in page and "<del>forty</del><ins>fifty</ins>" in page
    assert "1 lesson changed" in page and "1 question changed" in page
    assert "receives 34 pages" in text_of(learner.get("/lessons/l1").text)

    answer = instructor.post("/update", {"choice": "take", "version": version_id})
    assert answer.status_code == 303
    assert "The new version is in place" in instructor.follow(answer).text
    assert "receives forty pages" in text_of(learner.get("/lessons/l1").text)
    assert learner.get("/quiz/1/result").status_code == 200
    changes = [each.data["changes"] for each in rows(app, EventRecord, name="PlacementConfigured")]
    assert changes[-1]["version_id"][1] == str(version_id)


@on_sqlite
def test_a_version_is_left_until_the_next(new_browser: NewBrowser, publish: Publish) -> None:
    instructor = new_browser()
    set_up(instructor)
    left = publish(LESSON)
    instructor.post("/update", {"choice": "leave", "version": left})
    assert "newer version" not in instructor.get("/settings").text
    assert instructor.get("/update").status_code == 404
    publish(NEXT)
    assert "<del>34</del><ins>fifty</ins>" in instructor.get("/update").text
    late = instructor.post("/update", {"choice": "take", "version": left})
    assert late.status_code == 409
    assert instructor.post("/update", {"choice": "what"}).status_code == 422


@on_sqlite
def test_the_whole_course_moves_at_once(new_browser: NewBrowser, publish: Publish) -> None:
    first, second = new_browser(), new_browser()
    set_up(first)
    set_up(second, link="link-2", module_id="M2")
    version_id = publish(LESSON)
    assert "1 other activity of this course" in text_of(first.get("/update").text)
    assert "Nothing that learners see in this module" in text_of(second.get("/update").text)
    first.post("/update", {"choice": "take_all", "version": version_id})
    assert not re.search("newer version", first.get("/settings").text)
    assert second.get("/update").status_code == 404
