"""Lessons that count beside the quiz: the score, its way to the gradebook, and who sees what."""

from __future__ import annotations

import csv
import io
import re
import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade

from lti_tool import migrating
from lti_tool.db import db, unit_of_work, utcnow
from lti_tool.events import EventRecord
from lti_tool.grades.models import Delivery, Grade
from lti_tool.lessons.models import LessonCompletion
from tests.browsers import TOOL, Browser, text_of
from tests.conftest import ROOT
from tests.databases import change, on_sqlite, rows
from tests.platforms import FakePlatform
from tests.scoring import make_due
from tests.story import SETTINGS, set_up, settings, take_quiz
from tests.test_course_copy import custom
from tests.versions import publish_next

NewBrowser = Callable[[], Browser]
Work = Callable[[], None]
SLUGS = ("l1", "l2", "l3", "l4")
THIRTY = {"lesson_weight": "30", "corrective_path": "no"}


class Course:
    """A teacher who lets lessons make 30% of module 1, with its 4 lessons and 10 points."""

    def __init__(
        self, app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work
    ) -> None:
        self.app, self.platform, self._work, self.new_browser = app, platform, work, new_browser
        self.teacher = new_browser()
        set_up(self.teacher)
        settings(self.teacher, **THIRTY)
        self.learner = self.enter("ada")

    def enter(self, sub: str, **claims: Any) -> Browser:
        browser = self.new_browser()
        browser.launch(sub=sub, name=f"{sub.title()} Learner", **claims)
        return browser

    def read(self, *slugs: str, learner: Browser | None = None) -> None:
        who = learner or self.learner
        token = who.token()
        for slug in slugs:
            assert who.post(f"/lessons/{slug}/complete", token=token).status_code == 303

    def take(self, right: int) -> None:
        take_quiz(self.app, self.learner, right=right)

    def deliver(self) -> dict[str, Any]:
        """The newest score that the platform has taken."""
        make_due(self.app)
        self._work()
        return self.platform.scores[-1]

    def save(self, **changes: Any) -> str:
        """Save settings and confirm what they do; the words of the page that asked."""
        asked = self.teacher.post("/settings", SETTINGS | THIRTY | changes)
        if asked.status_code == 303:
            return ""
        sent = re.findall(r'name="(\w+)" value="([^"]*)"', asked.text)
        form = {name: [value for key, value in sent if key == name] for name, _ in sent}
        assert self.teacher.post("/settings", form).status_code == 303
        return text_of(asked.text)

    @property
    def grade(self) -> tuple[str, Decimal, int]:
        [grade] = rows(self.app, Grade)
        return grade.state, grade.score_given, grade.lessons_done

    def replay(self) -> str:
        result = self.app.test_cli_runner().invoke(args=["events", "replay", "--dry-run"])
        return result.output


@pytest.fixture
def course(app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work) -> Course:
    return Course(app, new_browser, platform, work)


SAME = "Every grade is what the log makes of it.\n"


def test_lessons_bring_points_at_once_and_the_quiz_its_part_later(course: Course) -> None:
    assert "makes 30% of your score, the quiz 70%" in text_of(course.learner.get("/module").text)
    course.read("l1", "l2")
    sent = course.deliver()
    assert (sent["scoreGiven"], sent["scoreMaximum"]) == (1.5, 10)
    assert (sent["activityProgress"], sent["gradingProgress"]) == ("InProgress", "FullyGraded")
    assert sent["comment"] == "2 of 4 lessons: 1.5 of 10 points so far."
    assert "submittedAt" not in sent["submission"]
    module = text_of(course.learner.get("/module").text)
    assert "Your score so far: 15%" in module and "not handed in yet" in module
    assert "In the gradebook" in module

    course.take(right=8)
    sent = course.deliver()
    assert (sent["scoreGiven"], sent["activityProgress"]) == (7.1, "Completed")
    assert sent["comment"] == "Best attempt, 2 of 4 lessons: 7.1 of 10 points."
    result = text_of(course.learner.get("/quiz/1/result").text)
    assert "Not passed yet" in result and "7.1 of 10 points for lessons and quiz together" in result
    assert "2 of 4 1.5 of 3 points" in result and "best attempt 5.6 of 7 points" in result
    assert "This attempt: 8 of 10 points" in result
    course.read("l3", "l4")
    assert course.deliver()["scoreGiven"] == 8.6
    assert "Passed" in text_of(course.learner.get("/quiz/1/result").text)
    assert "You have passed this module with 8.6 of 10 points" in text_of(
        course.learner.get("/module").text
    )
    assert course.replay() == SAME


def test_a_new_weight_shows_whose_score_moves_to_what_before_it_is_saved(course: Course) -> None:
    course.save(lesson_weight="0")
    course.read("l1", "l2", "l3", "l4")
    assert rows(course.app, Grade) == []
    course.take(right=8)
    reader = course.enter("ben")
    course.read("l1", learner=reader)
    words = course.save(lesson_weight="30")
    assert "2 learners gain" in words and "Nothing has been saved yet" in words
    assert "Ada Learner 80%, passed 86%, passed higher" in words
    assert "Ben Learner None 7%, so far higher" in words
    assert [(each.score_given, each.state) for each in rows(course.app, Grade)] == [
        (Decimal("8.6"), "graded"),
        (Decimal("0.75"), "in_progress"),
    ]
    course.deliver()
    assert {each["userId"]: each["scoreGiven"] for each in course.platform.scores} == {
        "ada": 8.6,
        "ben": 0.75,
    }
    assert "Weight of lessons in the score from none, the quiz alone counts → to 30%" in text_of(
        course.teacher.get("/settings/history").text
    )
    assert course.replay() == SAME
    assert "2 learners lose" in course.save(lesson_weight="0")
    course.deliver()
    withdrawn = [each for each in course.platform.scores if each["userId"] == "ben"][-1]
    assert withdrawn["activityProgress"] == "Initialized" and "scoreGiven" not in withdrawn
    assert course.replay() == SAME


def test_lessons_alone_make_the_score_where_they_weigh_all(course: Course) -> None:
    course.save(lesson_weight="100")
    assert "the quiz does not count" in text_of(course.learner.get("/module").text)
    assert "It does not count here" in text_of(course.learner.get("/quiz").text)
    course.take(right=0)
    assert rows(course.app, Grade) == []
    course.read("l1", "l2", "l3")
    assert course.grade == ("in_progress", Decimal("7.5"), 3)
    course.read("l4")
    sent = course.deliver()
    assert (sent["scoreGiven"], sent["activityProgress"]) == (10, "Completed")
    assert sent["submission"].keys() == {"startedAt", "submittedAt"}
    assert "you have completed this module" in text_of(course.learner.get("/module").text)
    code = re.search(r"/check/([\w-]+)", course.learner.get("/quiz/1/result").text)
    assert code is not None
    proof = course.learner.client.get(f"/check/{code[1]}", base_url=TOOL)
    assert "Lessons alone make the score here" in proof.text
    assert course.replay() == SAME


def test_lessons_left_out_do_not_count_and_take_their_part_along(course: Course) -> None:
    course.read("l1")
    page = course.teacher.get("/settings").text
    ids = re.findall(r'name="lesson" value="([^"]+)"', page)
    words = course.save(lessons_of="M1", lesson=ids[:2])
    assert "1 learner gains" in words and "Ada Learner 7%, so far 15%, so far" in words
    assert course.grade == ("in_progress", Decimal("1.5"), 1)
    course.save(lessons_of="M1", lesson=ids[1:])
    [grade] = rows(course.app, Grade)
    assert grade.state == "withdrawn" and course.replay() == SAME


def test_what_a_teacher_tries_out_and_what_comes_after_the_closing_do_not_count(
    course: Course,
) -> None:
    course.read(*SLUGS, learner=course.teacher)
    assert rows(course.app, Grade) == [] and course.replay() == SAME
    course.read("l1")
    past = f"{utcnow() - timedelta(hours=1):%Y-%m-%dT%H:%M}"
    course.save(closes_at=past)
    assert "no longer adds to your score" in text_of(course.learner.get("/lessons/l2").text)
    course.read("l2")
    assert course.grade[2] == 1 and "2 of 4 lessons" in text_of(course.learner.get("/module").text)
    course.save()
    course.read("l2")
    assert course.grade[2] == 2 and course.replay() == SAME
    promoted = course.enter("teacher-1", role="Learner")
    course.read("l1", learner=promoted)
    assert len(rows(course.app, Grade)) == 2 and course.replay() == SAME


def test_decisions_of_a_teacher_stand_over_lessons_and_taking_work_away_leaves_them(
    course: Course,
) -> None:
    course.read("l1")
    user_id = rows(course.app, Grade)[0].user_id
    place, reason = f"/learners/{user_id}/at/1", {"reason": "done on paper"}
    assert course.teacher.post(f"{place}/grade", reason | {"points": "9"}).status_code == 303
    assert course.deliver()["scoreGiven"] == 9 and course.replay() == SAME
    course.read("l2")
    assert course.grade[:2] == ("graded", Decimal(9))
    assert course.teacher.post(f"{place}/grade/take-back", reason).status_code == 303
    assert course.grade == ("in_progress", Decimal("1.5"), 2)
    course.take(right=10)
    page = text_of(course.teacher.get(f"/learners/{user_id}").text)
    assert "2 of 4 1.5 of 3 points" in page and "best attempt 7 of 7 points" in page
    assert course.teacher.post(f"{place}/attempts/1/reopen", reason).status_code == 303
    assert course.grade == ("in_progress", Decimal("1.5"), 2)
    course.learner.post("/quiz/1/submit")
    assert course.teacher.post(f"{place}/attempts/1/delete", reason).status_code == 303
    assert course.grade == ("in_progress", Decimal("1.5"), 2) and course.replay() == SAME


def test_the_course_and_its_exports_tell_what_is_read_from_what_is_handed_in(
    course: Course,
) -> None:
    course.read("l1", "l2")
    assert "15% so far" in text_of(course.teacher.get("/learners").text)
    page = course.teacher.get("/course").text
    assert "1 begun, 0 handed in, 0 passed" in text_of(page) and "cell-reading" in page
    assert "Not passed yet" not in text_of(page)

    def exported() -> dict[str, str]:
        [row] = csv.DictReader(io.StringIO(course.teacher.get("/exports/grades.csv").text))
        return row

    row = exported()
    assert (row["grade_state"], row["lesson_weight"]) == ("in_progress", "30")
    assert (row["lesson_points"], row["quiz_points"]) == ("1.5", "0.0")
    assert row["submitted_at"] == "" and row["passed"] == "0"
    course.take(right=10)
    row = exported()
    assert (row["score_given"], row["lesson_points"], row["quiz_points"]) == ("8.5", "1.5", "7.0")
    assert row["passed"] == "1"
    assert "1 begun, 1 handed in, 1 passed" in text_of(course.teacher.get("/course").text)


def test_reading_that_is_enough_to_pass_passes_and_the_settings_say_so(course: Course) -> None:
    course.save(lesson_weight="90")
    assert "reading every lesson is enough to pass" in text_of(course.teacher.get("/settings").text)
    course.read(*SLUGS)
    assert course.grade[:2] == ("in_progress", Decimal(9))
    assert "Go to the quiz" in course.learner.get("/module").text
    assert "1 begun, 1 handed in, 1 passed" in text_of(course.teacher.get("/course").text)
    course.save()
    assert "nobody can pass by the quiz alone" in text_of(course.teacher.get("/settings").text)
    wrong = course.teacher.post("/settings", SETTINGS | {"lesson_weight": "101"})
    assert wrong.status_code == 422 and "lesson_weight-fault" in wrong.text


def test_whoever_passes_with_lessons_need_not_work_through_what_was_missed(course: Course) -> None:
    settings(course.teacher, lesson_weight="30", corrective_path="yes")
    for _ in range(2):
        course.take(right=7)
    assert "Before the next attempt" in text_of(course.learner.get("/quiz").text)
    assert course.learner.post("/quiz").status_code == 409
    settings(course.teacher, lesson_weight="30", corrective_path="yes", pass_percent="75")
    course.read(*SLUGS)
    assert course.grade[:2] == ("graded", Decimal("7.9"))
    assert "Begin attempt 3" in text_of(course.learner.get("/quiz").text)
    course.take(right=0)


def test_the_weight_is_a_default_of_the_course_and_given_to_other_activities(
    course: Course,
) -> None:
    course.read("l1")
    other = course.new_browser()
    set_up(other, link="link-2", module_id="M2")
    course.save(lesson_weight="0")
    [activity] = re.findall(r'name="activity" value="([^"]+)"', other.get("/settings/course").text)
    settings(other, module_id="M2", lesson_weight="40")
    form = {"setting": ["lesson_weight"], "activity": [activity]}
    asked = text_of(other.post("/settings/course", form).text)
    assert "to 40%" in asked and "1 learner gains" in asked and "None 10%, so far" in asked
    assert other.post("/settings/course", form | {"confirmed": "1"}).status_code == 303
    assert course.grade == ("in_progress", Decimal(1), 1)
    other.post("/settings/course", {"setting": ["lesson_weight"], "do": "keep"})
    third = course.new_browser()
    set_up(third, link="link-3", module_id="M3")
    field = re.search(r'<input id="lesson_weight".*?value="(\d+)"', third.get("/settings").text)
    assert field is not None and field[1] == "40"


def test_work_of_one_learner_at_the_same_moment_is_counted_whole(course: Course) -> None:
    course.learner.post("/quiz")
    token = course.learner.token()
    paths = [f"/lessons/{slug}/complete" for slug in SLUGS] + ["/quiz/1/submit"]
    _at_once([partial(course.learner.post, path, token=token) for path in paths])
    assert course.grade == ("graded", Decimal(3), 4)
    assert course.replay() == SAME


def test_a_lesson_that_is_completed_while_the_weight_changes_is_counted(course: Course) -> None:
    course.save(lesson_weight="0")
    learners = [course.enter(f"learner-{number}") for number in range(6)]
    tokens = [each.token() for each in learners]
    form = SETTINGS | THIRTY | {"confirmed": "1"}
    token = course.teacher.token()
    steps: list[Callable[[], Any]] = [
        partial(each.post, "/lessons/l1/complete", token=own)
        for each, own in zip(learners, tokens, strict=True)
    ]
    steps.insert(3, partial(course.teacher.post, "/settings", form, token=token))
    _at_once(steps)
    assert [each.score_given for each in rows(course.app, Grade)] == [Decimal("0.75")] * 6
    assert course.replay() == SAME


def _at_once(steps: list[Callable[[], Any]]) -> None:
    barrier, statuses = threading.Barrier(len(steps)), []

    def take(step: Callable[[], Any]) -> None:
        barrier.wait()
        statuses.append(step().status_code)

    threads = [threading.Thread(target=take, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [303] * len(steps)


def test_older_events_do_not_say_what_counts_and_the_store_does(course: Course) -> None:
    course.read("l1", learner=course.teacher)
    course.read("l2")
    with course.app.app_context(), unit_of_work():
        for record in db.session.query(EventRecord).filter_by(name="LessonCompleted"):
            record.data = {name: record.data[name] for name in ("placement_id", "lesson_id")}
    assert course.replay() == SAME
    change(course.app, Grade, score_given=Decimal(5))
    said = course.replay()
    assert "the log makes 0.75 of 10 by 1 of 4 lessons, stored is 5 of 10 by 1 of 4" in said


def test_the_migration_keeps_grades_and_tells_teachers_from_learners(course: Course) -> None:
    course.read("l1", learner=course.teacher)
    course.read("l1")
    course.take(right=5)
    ben = course.enter("ben")
    course.read("l1", learner=ben)
    migrating.init_app(course.app)
    with course.app.app_context():
        db.session.remove()
        downgrade(str(ROOT / "migrations"), revision="a8f03d6c2b71-1")
        upgrade(str(ROOT / "migrations"))
        db.session.remove()
    assert [each.counts for each in rows(course.app, LessonCompletion)] == [False, True, True]
    [grade] = rows(course.app, Grade)
    assert grade.lessons_counted == 0 and len(rows(course.app, Delivery)) == 1


@on_sqlite
def test_a_new_version_that_moves_scores_shows_whose_before_it_is_taken(
    course: Course, tmp_path: Path
) -> None:
    course.read("l1")
    fewer = ("M1.O4: {single_choice: 1, short_text: 1}", "M1.O4: {single_choice: 1}")
    version = publish_next(course.app, tmp_path / "content", {"m1/module.yaml": fewer})
    page = text_of(course.teacher.get("/update").text)
    assert "Lessons count here, so grades move" in page and "Ada Learner 7%, so far" in page
    assert course.teacher.post("/update", {"choice": "take", "version": version}).status_code == 303
    [grade] = rows(course.app, Grade)
    assert (grade.score_given, grade.score_maximum) == (Decimal("0.675"), Decimal(9))
    assert course.replay() == SAME


@on_sqlite
def test_afresh_keeps_the_weight_where_learners_have_points_for_lessons(
    app: Flask, new_browser: NewBrowser, course: Course
) -> None:
    history = custom(resource_link_id_history="link-1", context_id_history="course-1")
    copied: dict[str, Any] = {"context": "course-2", "link": "link-9"} | history
    teacher, learner = new_browser(), new_browser()
    teacher.launch(sub="teacher-1", role="Instructor", **copied)
    learner.launch(sub="cleo", **copied)
    course.read("l1", learner=learner)
    assert rows(app, Grade)[-1].score_given == Decimal("0.75")
    assert teacher.post("/copied", {"way": "afresh"}).status_code == 303
    assert rows(app, Grade)[-1].score_given == Decimal("0.75")
    assert 'value="30"' in teacher.get("/settings").text
