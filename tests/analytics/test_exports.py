"""Results are taken away: stable columns, no names unless asked for, no formulas, any size."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from defusedxml import ElementTree
from flask import Flask
from sqlalchemy import select

from bench.classes import Size, fill
from lti_tool.analytics.data_dictionary import ANSWERS, GRADES, ITEMS, PEOPLE, TABLES, markdown
from lti_tool.analytics.spreadsheets import write_csv
from lti_tool.courses.models import Context, Membership, User
from lti_tool.db import db
from lti_tool.quiz.models import Answer, Attempt
from tests.browsers import Browser, text_of
from tests.databases import change, on_sqlite, rows
from tests.story import set_up, take_quiz
from tests.test_speed import counting

NewBrowser = Callable[[], Browser]
DICTIONARY = Path(__file__).parents[2] / "docs/data-dictionary.md"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
def instructor(app: Flask, new_browser: NewBrowser) -> Browser:
    instructor, ada, ben = new_browser(), new_browser(), new_browser()
    set_up(instructor)
    ada.launch(sub="ada-1", name="Ada")
    take_quiz(app, ada)
    ben.launch(sub="ben-1", name="=cmd|' /C calc'!A0")
    return instructor


def table(instructor: Browser, path: str) -> list[dict[str, str]]:
    answer = instructor.get(path)
    assert answer.status_code == 200 and answer.mimetype == "text/csv"
    assert "attachment; filename=pmo-101-" in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def test_the_document_and_the_files_have_the_columns_of_the_dictionary(
    instructor: Browser,
) -> None:
    assert DICTIONARY.read_text() == markdown()
    page = text_of(instructor.get("/exports").text)
    for each in TABLES:
        head = instructor.get(f"/exports/{each.name}.csv").text.splitlines()[0].split(",")
        assert head == [column.name for column in each.columns]
        assert all(column.name in page and column.meaning in page for column in each.columns)
    assert instructor.get("/exports/nothing.csv").status_code == 404


def test_grades_come_with_pseudonyms_and_only_on_request_with_names(
    app: Flask, instructor: Browser, work: Callable[[], None]
) -> None:
    work()
    ada, ben = table(instructor, "/exports/grades.csv")
    assert (ada["name"], ada["platform_user_id"]) == ("", "")
    assert ada["score_given"] == ada["score_maximum"] and ada["passed"] == "1"
    assert ada["delivery"] == "accepted" and ada["accepted_at"].endswith("Z")
    assert (ben["attempts"], ben["score_given"], ben["passed"]) == ("0", "", "")
    named = table(instructor, "/exports/grades.csv?people=names")
    assert [row["name"] for row in named] == ["Ada", "'=cmd|' /C calc'!A0"]
    assert [row["pseudonym"] for row in named] == [ada["pseudonym"], ben["pseudonym"]]


def test_a_pseudonym_leads_back_by_the_key_and_by_the_search(
    app: Flask, instructor: Browser
) -> None:
    [ada, _] = table(instructor, "/exports/people.csv")
    assert (ada["platform_user_id"], ada["name"]) == ("ada-1", "Ada")
    page = instructor.get(f"/course?search={ada['pseudonym'].lower()}").text
    assert ">Ada</a>" in page and "1 learner found" in text_of(page)
    labels = [member.pseudonym for member in rows(app, Membership)]
    assert len(set(labels)) == len(labels)


def test_every_question_of_an_attempt_is_a_row(app: Flask, instructor: Browser) -> None:
    attempt = rows(app, Attempt)[0]
    found = table(instructor, "/exports/answers.csv")
    assert [row["item_id"] for row in found] == attempt.item_ids
    assert [row["position"] for row in found] == [str(n) for n in range(1, len(found) + 1)]
    assert all(row["points"] == row["points_maximum"] for row in found)
    assert all(json.loads(row["response"]) for row in found)


def test_an_answer_that_waits_for_a_person_has_no_points(app: Flask, instructor: Browser) -> None:
    change(app, Answer, points=None)
    assert {row["points"] for row in table(instructor, "/exports/answers.csv")} == {""}


def test_item_statistics_say_when_there_is_too_little(instructor: Browser) -> None:
    found = table(instructor, "/exports/items.csv")
    assert {(row["attempts"], row["n"], row["enough"]) for row in found} == {("first", "1", "0")}
    assert {row["facility"] for row in found} == {"1.0"}


def cells(book: bytes, sheet: int) -> list[list[str]]:
    """The texts and numbers of a sheet, by row."""
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        root = ElementTree.fromstring(parts.read(f"xl/worksheets/sheet{sheet}.xml"))
    assert not root.findall(f".//{SHEET}f")
    return [["".join(cell.itertext()) for cell in row] for row in root.findall(f".//{SHEET}row")]


@on_sqlite
def test_one_file_holds_everything_with_its_dictionary_and_no_formula(
    instructor: Browser,
) -> None:
    answer = instructor.get("/exports/course.xlsx?people=names")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        names = ElementTree.fromstring(book.read("xl/workbook.xml"))
        sheets = [sheet.get("name") for sheet in names.iter(f"{SHEET}sheet")]
    assert sheets == ["dictionary", "grades", "answers", "items"]
    assert len(cells(answer.data, 1)) == 1 + sum(len(each.columns) for each in TABLES)
    for number, each in enumerate((GRADES, ANSWERS, ITEMS), 2):
        assert cells(answer.data, number)[0] == [column.name for column in each.columns]
    assert "=cmd|' /C calc'!A0" in cells(answer.data, 2)[2]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1"])
def test_no_text_can_be_taken_for_a_formula(text: str) -> None:
    target = io.BytesIO()
    write_csv(target, PEOPLE, [(text, -1.5, "a=b")])
    [_, row] = csv.reader(io.StringIO(target.getvalue().decode(), newline=""))
    assert row == [f"'{text}", "-1.5", "a=b"]


def test_a_large_export_reads_in_portions(app: Flask, instructor: Browser) -> None:
    with app.app_context():
        fill(db.session.scalars(select(Context.id)).one(), Size(20, 2, 2))
        people = len(db.session.scalars(select(User.id)).all())
    with counting(app) as counted:
        found = table(instructor, "/exports/answers.csv")
    assert len(counted.statements) <= 8
    assert len(found) == sum(len(attempt.item_ids) for attempt in rows(app, Attempt))
    assert len(table(instructor, "/exports/grades.csv")) == (people - 1) * 2
