"""What a learner sees of an attempt, phase by phase, and that no key comes before its time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from flask import Flask

from lti_tool.curriculum.items import Item
from lti_tool.db import db, utcnow
from lti_tool.quiz.attempts import items_of
from lti_tool.quiz.models import Answer, Attempt
from tests.answers import right_form
from tests.browsers import Browser, text_of
from tests.databases import change, on_sqlite, rows
from tests.story import set_up, settings, take_quiz
from tests.test_guards import secrets_of

NewBrowser = Callable[[], Browser]
PHASES = ("feedback_after", "feedback_later", "feedback_closed")
PAGES = ("/quiz", "/quiz/1/result", "/quiz/1/1", "/quiz/1/check", "/module", "/quiz/calibration")


@pytest.fixture
def instructor(new_browser: NewBrowser) -> Browser:
    browser = new_browser()
    set_up(browser)
    return browser


@pytest.fixture
def learner(instructor: Browser, new_browser: NewBrowser) -> Browser:
    browser = new_browser()
    browser.launch(sub="learner-1")
    return browser


def drawn(app: Flask) -> Sequence[Item]:
    with app.app_context():
        return items_of(db.session.query(Attempt).order_by(Attempt.id.desc()).first())  # type: ignore[arg-type]


def told(learner: Browser, items: Sequence[Item]) -> set[str]:
    """The ids of the items of which some page tells or explains what is right."""
    pages = " ".join(text_of(learner.follow(learner.get(path)).text) for path in PAGES)
    typed = {str(value) for item in items for value in right_form(item).values()}
    found = set()
    for item in items:
        texts = {text for text in secrets_of(item) if len(text) > 12} - typed
        if any(" ".join(text.split()) in pages for text in texts):
            found.add(item.id)
    return found


@on_sqlite
@pytest.mark.parametrize(
    ("level", "score", "marks", "keys"),
    [
        ("nothing", False, False, False),
        ("score", True, False, False),
        ("marks", True, True, False),
        ("everything", True, True, True),
    ],
)
def test_a_result_shows_as_much_as_its_phase_allows(
    app: Flask,
    instructor: Browser,
    learner: Browser,
    level: str,
    score: bool,
    marks: bool,
    keys: bool,
) -> None:
    settings(instructor, **dict.fromkeys(PHASES, level))
    take_quiz(app, learner, right=5)
    items = drawn(app)
    result = text_of(learner.get("/quiz/1/result").text)
    assert ("Not passed yet" in result) == score and ("of 10 points" in result) == score
    assert ("Question by question" in result) == marks
    assert ("Right: 1 of 1 point" in result) == marks
    assert (told(learner, items) == {item.id for item in items}) == keys
    if not keys:
        assert told(learner, items) == set()
    everywhere = " ".join(text_of(learner.get(path).text) for path in ("/quiz", "/module"))
    assert ("%" in everywhere.replace("80%", "")) == score
    user_id = rows(app, Attempt)[0].user_id  # whoever teaches sees the answers at once
    assert "Question 1" in instructor.get(f"/learners/{user_id}").text


@on_sqlite
def test_each_phase_has_its_own_measure(app: Flask, instructor: Browser, learner: Browser) -> None:
    closing = utcnow() + timedelta(days=1)
    dates = {"closes_at": f"{closing:%Y-%m-%dT%H:%M}"}
    settings(
        instructor,
        feedback_after="nothing",
        feedback_later="score",
        feedback_closed="everything",
        **dates,
    )
    take_quiz(app, learner, right=5)
    items = drawn(app)
    page = text_of(learner.get("/quiz/1/result").text)
    assert "Handed in" in page and "You see your score from" in page

    change(app, Attempt, submitted_at=utcnow() - timedelta(hours=2))
    page = text_of(learner.get("/quiz/1/result").text)
    assert "Not passed yet" in page and "You see the right answers and why from" in page
    assert told(learner, items) == set()

    yesterday = utcnow() - timedelta(days=1)
    dates = {"closes_at": f"{yesterday:%Y-%m-%dT%H:%M}"}
    settings(instructor, **dates)
    assert told(learner, items) == {item.id for item in items}
    user_id = rows(app, Attempt)[0].user_id
    instructor.post(f"/learners/{user_id}/accommodation", {"extra_days": "3"})
    assert told(learner, items) == set()  # somebody may still be at work


@on_sqlite
@pytest.mark.parametrize(("level", "keys"), [("marks", False), ("everything", True)])
def test_an_answer_that_was_checked_is_marked_at_once_and_stays(
    app: Flask, instructor: Browser, learner: Browser, level: str, keys: bool
) -> None:
    settings(instructor, feedback_during=level)
    learner.post("/quiz")
    choices_first = sorted(drawn(app), key=lambda item: item.type != "single_choice")
    change(app, Attempt, item_ids=[item.id for item in choices_first])
    items = drawn(app)
    token = learner.token()
    assert told(learner, items) == set()
    learner.post("/quiz/1/1", {"go": "mark"}, token=token)
    assert "Check my answer" in learner.get("/quiz/1/1").text  # an empty answer is not checked
    form = right_form(items[0])
    where = learner.post("/quiz/1/1", form | {"go": "mark"}, token=token).location
    assert where.endswith("/quiz/1/1")
    page = text_of(learner.get("/quiz/1/1").text)
    assert "Right: 1 of 1 point" in page and "it stays" in page
    assert told(learner, items) == ({items[0].id} if keys else set())
    [(name, right)] = form.items()
    other = next(each.id for each in items[0].options if each.id != right)  # type: ignore[attr-defined]
    answer = learner.post("/quiz/1/1", {name: other}, token=token)
    assert answer.status_code == 409 and "has been checked" in answer.text
    answer = learner.post("/quiz/1/1", {"go": "next"}, token=token)  # as its page sends it
    assert answer.status_code == 303 and answer.location.endswith("/quiz/1/2")
    [kept] = learner.get("/quiz/1/questions").get_json()["questions"][:1]
    assert "How it is marked can be seen again" in kept and "Right: 1" not in text_of(kept)
    learner.post("/quiz/1/submit", token=token)
    assert rows(app, Attempt)[0].score_given == 1


@on_sqlite
def test_nothing_is_checked_where_the_settings_do_not_offer_it(
    app: Flask, learner: Browser
) -> None:
    learner.post("/quiz")
    form = right_form(drawn(app)[0]) | {"go": "mark"}
    learner.post("/quiz/1/1", form)
    page = learner.get("/quiz/1/1").text
    assert "1 of 1 point" not in page and "Check my answer" not in page
    assert rows(app, Answer)[0].checked_at is None


def test_two_devices_with_one_attempt_lose_nothing(app: Flask, learner: Browser) -> None:
    learner.post("/quiz")
    item = next(each for each in drawn(app) if each.type == "single_choice")
    place = [each.id for each in drawn(app)].index(item.id) + 1
    path, token = f"/quiz/1/{place}", learner.token()
    now = int(utcnow().timestamp() * 1000)

    def save(choice: str, edited: int, revision: int) -> str:
        form = {f"{item.id}.choice": choice, "edited_at": str(edited), "revision": str(revision)}
        answer = learner.post(path, form, token=token, Accept="application/json")
        assert answer.status_code == 200
        return str(answer.get_json()["outcome"])

    first, second = (option.id for option in item.options[:2])  # type: ignore[attr-defined]
    change(app, Attempt, started_at=utcnow() - timedelta(hours=1))
    assert save(first, now - 60_000, 0) == "saved"
    assert save(second, now - 120_000, 0) == "set_aside"  # given earlier, without a connection
    assert "You gave another answer to this question" in learner.get(path).text
    assert learner.post(f"{path}/take-back", token=token).status_code == 303
    [answer] = rows(app, Answer)
    assert (answer.response, answer.set_aside) == ({"choice": second}, {"choice": first})
    assert save(first, now + 10**9, 0) == "replaced"  # a clock ahead counts as now
    assert "Two answers" in learner.get("/quiz/1/check").text
