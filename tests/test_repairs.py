"""An instructor repairs a question: who gains or loses, marks anew, grades follow, undone."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from lti_tool.curriculum.items import Item, SingleChoice
from lti_tool.db import db, utcnow
from lti_tool.events import AttemptRemarked, EventRecord, ItemRepaired
from lti_tool.grades.models import Delivery
from lti_tool.quiz.attempts import items_of
from lti_tool.quiz.models import Attempt
from tests.answers import right_form
from tests.browsers import Browser, text_of
from tests.databases import change, on_sqlite, rows
from tests.platforms import FakePlatform
from tests.story import set_up, take_quiz

NewBrowser = Callable[[], Browser]


@pytest.fixture
def deliver(app: Flask, work: Callable[[], None]) -> Callable[[], None]:
    """Carry out the outbox as if some time had passed since the last scores went out."""

    def later() -> None:
        change(app, Delivery, sent_timestamp=utcnow() - timedelta(minutes=1))
        work()

    return later


@pytest.fixture
def class_of_two(app: Flask, new_browser: NewBrowser, work: Callable[[], None]) -> dict[str, Any]:
    """An instructor, one learner with everything right, and one who left the last items open."""
    people = {name: new_browser() for name in ("teacher", "good", "weak")}
    set_up(people["teacher"])
    people["good"].launch(sub="good", name="Good Learner")
    take_quiz(app, people["good"])
    people["weak"].launch(sub="weak", name="Weak Learner")
    take_quiz(app, people["weak"], right=0)
    work()
    return people


def last_item(app: Flask, learner: str) -> Any:
    with app.app_context():
        attempts = db.session.query(Attempt).order_by(Attempt.id).all()
        return items_of(attempts[0 if learner == "good" else 1])[-1]


def another_key(items: Sequence[Item]) -> tuple[Item, dict[str, str]]:
    """The first choice of one among several, and the form of an answer other than its key."""
    item = next(each for each in items if isinstance(each, SingleChoice))
    form = right_form(item)
    other = next(each.id for each in item.options if each.id not in form.values())
    return item, dict.fromkeys(form, other)


def _scores(platform: FakePlatform) -> dict[str, tuple[float, float]]:
    newest = {score["userId"]: score for score in platform.scores}
    return {name: (each["scoreGiven"], each["scoreMaximum"]) for name, each in newest.items()}


def test_full_credit_reaches_the_gradebook_and_is_undone(
    app: Flask, class_of_two: dict[str, Any], platform: FakePlatform, deliver: Callable[[], None]
) -> None:
    teacher, weak = class_of_two["teacher"], class_of_two["weak"]
    item = last_item(app, "weak")
    path = f"/items/{item.id}/repair"
    before = _scores(platform)
    form = {"kind": "credit", "reason": "The stem was ambiguous", "note": "Two answers fitted."}
    preview = teacher.post(path, form)
    assert "1 learner gains" in text_of(preview.text)
    assert "Weak Learner" in preview.text and "Good Learner" not in preview.text
    deliver()
    assert _scores(platform) == before
    assert teacher.post(path, form | {"confirmed": "1"}).status_code == 303
    deliver()
    assert _scores(platform)["weak"] == (item.max_points, before["weak"][1])
    assert _scores(platform)["good"] == before["good"]
    result = text_of(weak.get("/quiz/1/result").text)
    assert "Everybody gets full credit for this question. Two answers fitted." in result
    [repaired] = rows(app, EventRecord, name=ItemRepaired.__name__)
    assert repaired.data["reason"] == "The stem was ambiguous"
    assert len(rows(app, EventRecord, name=AttemptRemarked.__name__)) == 1

    [undo] = re.findall(r'action="[^"]*(/items/[^"]*/undo)"', teacher.get(path).text)
    assert teacher.post(undo).status_code == 303
    deliver()
    assert _scores(platform)["weak"] == before["weak"]
    assert "Everybody gets full credit" not in weak.get("/quiz/1/result").text
    assert teacher.post(undo).status_code == 404


def test_an_item_taken_out_counts_for_nobody_and_does_not_come_again(
    app: Flask, class_of_two: dict[str, Any], platform: FakePlatform, deliver: Callable[[], None]
) -> None:
    teacher, good = class_of_two["teacher"], class_of_two["good"]
    item = last_item(app, "good")
    before = _scores(platform)["good"]
    form = {"kind": "void", "reason": "Out of date", "confirmed": "1", "never_lower": "true"}
    teacher.post(f"/items/{item.id}/repair", form)
    deliver()
    points = before[1] - item.max_points
    assert _scores(platform)["good"] == (points, points)
    result = text_of(good.get("/quiz/1/result").text)
    assert "This question was taken out" in result and "Does not count" in result
    take_quiz(app, good)
    with app.app_context():
        newest = db.session.query(Attempt).order_by(Attempt.id.desc()).first()
        assert newest is not None and item.id not in newest.item_ids


@on_sqlite
def test_nobody_loses_where_that_is_promised(
    app: Flask, class_of_two: dict[str, Any], platform: FakePlatform, deliver: Callable[[], None]
) -> None:
    teacher = class_of_two["teacher"]
    with app.app_context():
        attempt = db.session.query(Attempt).order_by(Attempt.id).first()
        assert attempt is not None
        item, answer = another_key(items_of(attempt))
    form = {"kind": "correct", "reason": "Wrong key"} | answer
    preview = teacher.post(f"/items/{item.id}/repair", form)
    assert "1 learner loses" in text_of(preview.text)
    kept = teacher.post(f"/items/{item.id}/repair", form | {"never_lower": "true"})
    assert "No attempt changes so far" in text_of(kept.text)
    teacher.post(f"/items/{item.id}/repair", form | {"never_lower": "true", "confirmed": "1"})
    deliver()
    good = _scores(platform)["good"]
    assert good[0] == good[1]


def test_what_a_repair_promised_holds_when_the_attempt_is_marked_again(
    app: Flask, class_of_two: dict[str, Any], platform: FakePlatform, deliver: Callable[[], None]
) -> None:
    """Another repair adds its own points; taking the promise's repair back changes nothing."""
    teacher, good = class_of_two["teacher"], class_of_two["good"]
    take_quiz(app, good, right=6)
    with app.app_context():
        items = items_of(db.session.query(Attempt).order_by(Attempt.id.desc()).limit(1).one())
    item, answer = another_key(items[:6])
    promised = {"kind": "correct", "reason": "Wrong key", "never_lower": "true", "confirmed": "1"}
    assert teacher.post(f"/items/{item.id}/repair", promised | answer).status_code == 303

    def points() -> float:
        return float(rows(app, Attempt)[-1].score_given or 0)

    assert points() == 6
    assert "Right: 1 of 1 point" in text_of(good.get("/quiz/2/result").text)
    credit = {"kind": "credit", "reason": "Ambiguous", "confirmed": "1"}
    teacher.post(f"/items/{items[-1].id}/repair", credit)
    assert points() == 7
    path = f"/items/{item.id}/repair"
    [undo] = re.findall(r'action="[^"]*(/items/[^"]*/undo)"', teacher.get(path).text)
    assert teacher.post(undo).status_code == 303 and points() == 7
    assert teacher.post(path, promised | answer).status_code == 303 and points() == 7
    replayed = app.test_cli_runner().invoke(args=["events", "replay", "--dry-run"])
    assert replayed.output == "Every grade is what the log makes of it.\n"

    at = f"/learners/{rows(app, Attempt)[-1].user_id}/at/1/attempts/2/reopen"
    assert teacher.post(at, {"reason": "asked for it"}).status_code == 303
    assert good.post("/quiz/2/submit").status_code == 303 and points() == 6


@on_sqlite
def test_repairs_that_say_nothing_are_asked_again(app: Flask, class_of_two: dict[str, Any]) -> None:
    teacher, good = class_of_two["teacher"], class_of_two["good"]
    item = last_item(app, "good")
    path = f"/items/{item.id}/repair"
    assert teacher.post(path, {}).status_code == 422
    page = teacher.post(path, {"kind": "correct", "reason": ""})
    assert page.status_code == 422
    assert "Give a whole answer" in page.text and "Say why" in page.text
    assert teacher.post(path, {"kind": "void", "reason": "x" * 501}).status_code == 422
    assert teacher.get("/items/M1-XX-999/repair").status_code == 404
    assert good.get(path).status_code == 403


@on_sqlite
def test_no_single_answer_becomes_the_key_where_numbers_vary(class_of_two: dict[str, Any]) -> None:
    teacher, path = class_of_two["teacher"], "/items/M4-NU-001/repair"
    page = teacher.get(path).text
    assert 'value="void"' in page and 'value="accept"' not in page
    assert "no single answer can be right in all of them" in text_of(page)
    answer = {"kind": "accept", "reason": "Also right", "M4-NU-001.number": "5", "confirmed": "1"}
    assert teacher.post(path, answer).status_code == 422
