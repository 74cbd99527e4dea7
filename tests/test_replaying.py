"""Grades made anew from the event log, and commands that send again and read back."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from flask import Flask

from lti_tool.curriculum.models import Placement
from lti_tool.db import db, unit_of_work
from lti_tool.events import AttemptDeleted, AttemptRemarked, publish
from lti_tool.grades.models import Grade
from lti_tool.quiz.models import Attempt, AttemptStatus
from tests.browsers import Browser
from tests.databases import change, on_sqlite, rows
from tests.gradebooks import ALL_SCOPES
from tests.platforms import Answer, FakePlatform
from tests.scoring import learner_with_score, make_due
from tests.story import take_quiz

NewBrowser = Callable[[], Browser]
Work = Callable[[], None]


@pytest.fixture
def run(app: Flask) -> Callable[..., tuple[int, str]]:
    """A command of `flask`: its status and what it said."""

    def command(*args: str) -> tuple[int, str]:
        result = app.test_cli_runner().invoke(args=list(args))
        return result.exit_code, result.output

    return command


@pytest.fixture
def learner(app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work) -> Browser:
    """Two attempts, the second one better; an instructor has tried it as well."""
    platform.scopes = ALL_SCOPES
    learner = learner_with_score(app, new_browser, right=3)
    change(app, Placement, corrective_path=False)
    take_quiz(app, learner, right=7)
    teacher = new_browser()
    teacher.launch(sub="teacher-1", role="Instructor")
    take_quiz(app, teacher, right=10)
    work()
    make_due(app)
    return learner


def test_the_log_makes_the_same_grades(
    learner: Browser, run: Callable[..., tuple[int, str]]
) -> None:
    assert run("events", "replay", "--dry-run") == (
        0,
        "Every grade is what the log makes of it.\n",
    )


def test_a_grade_that_was_spoilt_is_reported_then_put_right_and_sent(
    app: Flask, platform: FakePlatform, work: Work, learner: Browser,
    run: Callable[..., tuple[int, str]],
) -> None:  # fmt: skip
    change(app, Grade, score_given=Decimal(10))
    status, said = run("events", "replay", "--dry-run", "--placement", "1")
    assert status == 1 and "the log makes 7 of 10 by attempt 2, stored is 10 of 10" in said
    assert rows(app, Grade)[0].score_given == 10
    assert run("events", "replay", "--placement", "99")[0] == 0
    status, said = run("events", "replay")
    assert status == 0 and "1 grade was put right." in said
    assert rows(app, Grade)[0].score_given == 7
    assert run("events", "replay", "--dry-run")[0] == 0


def test_marks_that_changed_and_attempts_that_went_are_in_the_log(
    app: Flask, learner: Browser, run: Callable[..., tuple[int, str]]
) -> None:
    with app.app_context(), unit_of_work():
        first, second = db.session.query(Attempt).filter_by(is_preview=False).order_by("id")
        first.score_given, second.status = Decimal(4), AttemptStatus.DELETED
        db.session.flush()
        publish(
            AttemptRemarked(
                user_id=first.user_id, placement_id=1, attempt_id=first.id, number=1,
                old_score_given="3", old_score_maximum="10",
                score_given="4", score_maximum="10",
            )
        )  # fmt: skip
        publish(
            AttemptDeleted(user_id=first.user_id, placement_id=1, attempt_id=second.id, number=2)
        )
    assert rows(app, Grade)[0].score_given == 4
    assert run("events", "replay", "--dry-run")[0] == 0
    change(app, Attempt, score_given=Decimal(1))
    status, said = run("events", "replay", "--dry-run")
    assert status == 1 and "the log has 4 of 10, stored is 1 of 10" in said


@on_sqlite
def test_what_is_lacking_is_sent_again_and_all_of_it_only_by_force(
    app: Flask, platform: FakePlatform, work: Work, learner: Browser,
    run: Callable[..., tuple[int, str]],
) -> None:  # fmt: skip
    sent = len(platform.scores)
    assert run("grades", "resync")[0] == 2
    assert run("grades", "resync", "--all") == (0, "0 scores are on the way.\n")
    assert run("grades", "resync", "--registration", "1", "--force")[1].startswith("1 score is")
    work()
    assert len(platform.scores) == sent + 1
    make_due(app)
    platform.answer_scores = lambda score: Answer(422)
    take_quiz(app, learner, right=10)
    work()
    platform.answer_scores = lambda score: None
    assert run("grades", "resync", "--placement", "1")[1].startswith("1 score is")
    make_due(app)
    work()
    assert platform.scores[-1]["scoreGiven"] == 10


@on_sqlite
def test_the_operator_reads_the_gradebooks(
    app: Flask, platform: FakePlatform, learner: Browser, run: Callable[..., tuple[int, str]]
) -> None:
    assert run("grades", "reconcile") == (0, "placement 1: 1 in step\n")
    assert run("grades", "reconcile", "2") == (0, "")
    platform.gradebook.results["link-1", "learner-1"] = 1
    assert run("grades", "reconcile", "1") == (0, "placement 1: 1 overridden\n")
    platform.answer_columns = lambda method, path: Answer(503)
    status, said = run("grades", "reconcile")
    assert status == 1 and "could not be read" in said
