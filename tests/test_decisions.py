"""An instructor sets right what went wrong for one learner; grades and the log follow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from lti_tool.courses.models import User
from lti_tool.db import utcnow
from lti_tool.grades.models import Grade, GradeOverride
from lti_tool.quiz.models import Answer, Attempt
from tests.browsers import Browser, text_of
from tests.databases import change, on_sqlite, rows
from tests.platforms import FakePlatform
from tests.scoring import make_due
from tests.story import SETTINGS, set_up, settings, take_quiz

NewBrowser = Callable[[], Browser]
Work = Callable[[], None]


class Course:
    """A teacher and a learner with one attempt of three right answers, both at module 1."""

    def __init__(
        self, app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work
    ) -> None:
        self.app, self.platform, self._work = app, platform, work
        self.teacher, self.learner = new_browser(), new_browser()
        set_up(self.teacher)
        self.learner.launch(sub="ada", name="Ada Learner")
        self.take(3)
        [self.user_id] = [user.id for user in rows(app, User) if user.sub == "ada"]

    def take(self, right: int) -> None:
        take_quiz(self.app, self.learner, right=right)
        self.deliver()

    def deliver(self) -> None:
        make_due(self.app)
        self._work()

    def act(self, path: str, reason: str = "was ill", *, status: int = 303, **form: str) -> Any:
        page = f"/learners/{self.user_id}/at/1{path}"
        answer = self.teacher.post(page, {"reason": reason} | form)
        assert answer.status_code == status, answer.text
        self.deliver()
        return answer

    @property
    def page(self) -> str:
        return text_of(self.teacher.get(f"/learners/{self.user_id}").text)

    @property
    def sent(self) -> Any:
        """The points that the platform was last told."""
        return self.platform.scores[-1].get("scoreGiven")

    def replays(self) -> bool:
        result = self.app.test_cli_runner().invoke(args=["events", "replay", "--dry-run"])
        return result.exit_code == 0


@pytest.fixture
def course(app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work) -> Course:
    return Course(app, new_browser, platform, work)


def test_a_score_set_by_hand_stands_until_it_is_taken_back(course: Course) -> None:
    course.act("/grade", points="9.5")
    assert course.sent == 9.5
    assert course.platform.scores[-1]["comment"] == "Set by a teacher: 9.5 of 10 points."
    assert "set the score in Module 1 to 9.5 of 10 points: was ill" in course.page
    course.take(5)
    assert course.sent == 9.5
    settings(course.teacher, grading_policy="last")
    item = rows(course.app, Attempt)[0].item_ids[-1]
    repair = {"kind": "credit", "reason": "Unclear", "confirmed": "1"}
    course.teacher.post(f"/items/{item}/repair", repair)
    course.act("/attempts/1/reopen")
    course.act("/attempts/1/delete")
    assert course.app.test_cli_runner().invoke(args=["grades", "reconcile"]).exit_code == 0
    course.deliver()
    [grade] = rows(course.app, Grade)
    assert (course.sent, grade.score_given, grade.state) == (9.5, Decimal("9.5"), "graded")
    assert course.replays()
    assert "Your instructor has set your score" in text_of(
        course.learner.get("/quiz/2/result").text
    )


def test_taken_back_it_gives_way_to_what_the_attempts_earned(course: Course) -> None:
    course.act("/grade", points="9.5")
    course.act("/attempts/1/delete")
    assert (course.sent, rows(course.app, Grade)[0].by_hand) == (9.5, True)
    assert course.replays()
    course.take(5)
    course.act("/grade/take-back", "a mistake")
    assert course.sent == 5 and not rows(course.app, GradeOverride) and course.replays()
    assert "let the attempts decide the score in Module 1 again: a mistake" in course.page
    course.act("/grade", points="8")
    course.act("/attempts/2/delete")
    course.act("/grade/take-back")
    assert "scoreGiven" not in course.platform.scores[-1] and course.replays()


def test_the_log_rebuilds_a_score_that_was_set_by_hand(course: Course) -> None:
    course.act("/grade", points="9")
    change(course.app, Grade, score_given=Decimal(2), by_hand=False)
    replay = course.app.test_cli_runner().invoke(args=["events", "replay"])
    assert "the log makes 9 of 10 by hand, stored is 2 of 10 by attempt 1" in replay.output
    assert rows(course.app, Grade)[0].by_hand and course.replays()


def test_more_attempts_for_one_learner(course: Course, new_browser: NewBrowser) -> None:
    settings(course.teacher, attempts_allowed="1")
    assert course.learner.post("/quiz").status_code == 409
    course.act("/attempts", extra="1")
    assert "gave one more attempt in Module 1: was ill" in course.page
    quiz = text_of(course.learner.get("/quiz").text)
    assert "2 attempts in all (1 + your extra 1); you have 1 left" in quiz
    course.take(10)
    assert course.sent == 10
    course.act("/attempts", extra="0")
    assert "took back one extra attempt in Module 1" in course.page
    other = new_browser()
    other.launch(sub="ben")
    take_quiz(course.app, other)
    assert other.post("/quiz").status_code == 409


def test_an_attempt_is_opened_again_and_counts_when_it_is_handed_in(course: Course) -> None:
    settings(course.teacher, time_limit_minutes="20")
    change(course.app, Attempt, started_at=utcnow() - timedelta(days=2))
    course.act("/attempts/1/reopen", "the fire alarm")
    assert "scoreGiven" not in course.platform.scores[-1]
    [attempt] = rows(course.app, Attempt)
    assert attempt.deadline_at is not None
    left = attempt.deadline_at - utcnow()
    assert timedelta(minutes=18) < left < timedelta(minutes=22)
    assert len(rows(course.app, Answer)) == 3 and course.replays()
    settings(course.teacher, time_limit_minutes="15")
    assert rows(course.app, Attempt)[0].deadline_at == attempt.deadline_at
    token = course.learner.token()
    assert course.learner.post("/quiz/1/submit", token=token).status_code == 303
    course.deliver()
    assert course.sent == 3 and course.replays()
    assert "opened attempt 1 in Module 1 again: the fire alarm" in course.page


def test_a_deleted_attempt_counts_neither_for_the_score_nor_as_used(course: Course) -> None:
    settings(course.teacher, attempts_allowed="2")
    course.take(7)
    course.act("/attempts/2/delete", "was not alone")
    assert course.sent == 3 and course.replays()
    assert course.learner.get("/quiz/2/result").status_code == 404
    assert "Attempt 2" not in text_of(course.learner.get("/quiz").text)
    course.act("/attempts/1/delete", "neither was the first")
    assert "scoreGiven" not in course.platform.scores[-1] and course.replays()
    course.take(5)
    assert course.sent == 5
    assert rows(course.app, Attempt)[-1].number == 3
    course.act("/attempts/2/delete", status=404)


def test_the_learner_reads_what_was_written_to_them(course: Course) -> None:
    course.act("/comment", comment="Good start.\nRead lesson 2 again.")
    for page in ("/module", "/quiz/1/result"):
        assert "Good start. Read lesson 2 again." in text_of(course.learner.get(page).text)
    assert "wrote about Module 1: “Good start." in course.page
    course.act("/comment", comment=" ")
    assert "Good start" not in course.learner.get("/module").text


@on_sqlite
def test_what_cannot_be_done_says_why(course: Course, new_browser: NewBrowser) -> None:
    page = course.act("/grade", "", status=422, points="many")
    assert "Say why" in page.text and "Give points as a number" in page.text
    for points in ("-1", "NaN", "1e999999"):
        course.act("/grade", status=422, points=points)
    course.act("/grade", points="99")
    assert rows(course.app, GradeOverride)[0].score_given == 10
    course.act("/attempts", status=422, extra="21")
    course.act("/attempts/9/delete", status=404)
    course.act("/comment", status=422, comment="x" * 2001)
    assert course.learner.post("/quiz").status_code == 303
    answer = course.act("/attempts/1/reopen", status=409)
    assert "Another attempt of this learner is open" in answer.text
    course.act("/attempts/2/delete")
    settings(course.teacher, closes_at="2026-01-01T10:00")
    assert "The quiz has closed" in course.act("/attempts/1/reopen", status=409).text
    elsewhere = new_browser()
    elsewhere.launch(sub="teacher-1", role="Instructor", link="link-9", context="course-9")
    elsewhere.post("/settings", SETTINGS)
    course.teacher = elsewhere
    course.act("/grade", points="1", status=404)


@on_sqlite
def test_assistants_write_and_do_not_decide(course: Course, new_browser: NewBrowser) -> None:
    course.teacher = new_browser()
    course.teacher.launch(sub="helper", role="TeachingAssistant")
    course.act("/comment", comment="Well done.")
    course.act("/grade", points="10", status=403)
    assert "Write to the learner" not in course.page and "Change what you wrote" in course.page
    assert "Set the score by hand" not in course.page
