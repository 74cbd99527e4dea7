"""Learners keep their answers out of research: by themselves, and for as long as they like."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from lti_tool.courses.models import User
from lti_tool.events import EventRecord
from tests.browsers import TOOL, Browser, text_of
from tests.databases import on_sqlite, rows
from tests.platforms import CLAIM
from tests.story import set_up, take_quiz
from tests.test_privacy import SYSTEM_ADMINISTRATOR, ask

NewBrowser = Callable[[], Browser]
People = dict[str, Browser]


@pytest.fixture
def people(app: Flask, new_browser: NewBrowser) -> People:
    """A teacher, and two learners who have handed in."""
    found = {name: new_browser() for name in ("teacher", "ada", "ben")}
    set_up(found["teacher"])
    for name in ("ada", "ben"):
        found[name].launch(sub=name, name=name.title())
        take_quiz(app, found[name], right=3)
    return found


def say(browser: Browser, use: str) -> str:
    """Press the button of the page about one's data; returns the words of the page after it."""
    token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', browser.get("/data").text)
    assert token
    answer = browser.post("/data/research", {"use": use}, token=token[1])
    assert answer.status_code == 303, answer.text
    return text_of(browser.follow(answer).text)


def table(teacher: Browser, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(teacher.get(f"/exports/{path}").text)))


def refused(app: Flask) -> list[str]:
    return [user.sub for user in rows(app, User) if user.no_research_since]


def test_who_says_no_is_in_no_file_without_names(app: Flask, people: People) -> None:
    teacher = people["teacher"]
    before = {name: table(teacher, f"{name}.csv") for name in ("grades", "answers", "items")}
    assert "Leave my answers out of research" in people["ada"].get("/data").text
    words = say(people["ada"], "no")
    assert "Kept: your answers are left out from now on." in words
    assert "your answers are left out of every file" in words and refused(app) == ["ada"]

    grades, answers = table(teacher, "grades.csv"), table(teacher, "answers.csv")
    assert (len(grades), len(before["grades"])) == (1, 2)
    assert 2 * len(answers) == len(before["answers"])
    assert {row["pseudonym"] for row in grades} == {row["pseudonym"] for row in answers}
    counted = sum(int(row["n"]) for row in table(teacher, "items.csv"))
    assert 2 * counted == sum(int(row["n"]) for row in before["items"])
    page = text_of(teacher.get("/exports").text)
    assert (
        "1 learner has said that their answers are not to be used for research, and is left out."
        in page
    )
    assert b"1 learner has said" in unzipped(teacher.get("/exports/course.xlsx").data)


def unzipped(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return b"".join(book.read(name) for name in book.namelist())


def test_teaching_goes_on_as_before(app: Flask, people: People) -> None:
    teacher = people["teacher"]
    questions = text_of(teacher.get("/items").text)
    say(people["ada"], "no")
    by_name = table(teacher, "grades.csv?people=names")
    assert [row["name"] for row in by_name] == ["Ada", "Ben"]
    items = table(teacher, "items.csv?people=names")
    assert max(int(row["n"]) for row in items) == 2
    assert text_of(teacher.get("/items").text) == questions
    assert "Ada" in teacher.get("/course").text
    page = teacher.get("/exports?people=names").text
    assert "not to be used for research" not in page
    assert "A row is" in page and len(table(teacher, "people.csv")) == 2


def test_it_can_be_changed_back_and_stands_in_the_log(app: Flask, people: People) -> None:
    for use in ("no", "no", "yes", "yes"):
        words = say(people["ada"], use)
    assert "research may use your answers again" in words and refused(app) == []
    said = rows(app, EventRecord, name="ResearchChosen")
    assert [event.data["allowed"] for event in said] == [False, True]
    assert len(table(people["teacher"], "grades.csv")) == 2
    assert "not to be used for research" not in people["teacher"].get("/exports").text


@on_sqlite
def test_it_holds_in_every_course(app: Flask, people: People, new_browser: NewBrowser) -> None:
    teacher, ada = new_browser(), people["ada"]
    teacher.launch(sub="teacher-1", role="Instructor", link="other", context="course-2")
    form = {"module_id": "M1", "attempts_allowed": "3", "pass_percent": "80"}
    teacher.post("/settings", form)
    ada.launch(sub="ada", link="other", context="course-2")
    say(ada, "no")
    assert table(teacher, "grades.csv") == []
    assert len(table(teacher, "grades.csv?people=names")) == 1


@on_sqlite
def test_nobody_says_it_for_another(app: Flask, people: People, new_browser: NewBrowser) -> None:
    """Not who teaches, not who looks on, and not the administrator who asks what is kept."""
    for role in ("Instructor", "Mentor", "Guest"):
        browser = new_browser()
        browser.launch(sub=f"the-{role}", role=role)
        assert "Leave my answers out" not in browser.get("/data").text
        assert browser.post("/data/research", {"use": "no"}).status_code == 409
    named: dict[str, Any] = {CLAIM + "for_user": {"user_id": "ada"}}
    root = new_browser()
    page = ask(root, "root", SYSTEM_ADMINISTRATOR, **named)
    assert "This person has not objected." in page.text and "<form" not in page.text
    assert "csrf_token" not in page.text
    address = root.path("/data/research")
    assert root.client.post(address, data={"use": "no"}, base_url=TOOL).status_code in (400, 403)
    assert refused(app) == []


@on_sqlite
def test_a_data_privacy_launch_leads_a_learner_there_too(
    app: Flask, people: People, new_browser: NewBrowser
) -> None:
    browser = new_browser()
    ask(browser, "ben")
    say(browser, "no")
    assert refused(app) == ["ben"]
