"""The instructor's work from the first module to the results, by the links that the pages offer."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

from flask import Flask
from werkzeug.test import TestResponse

from lti_tool.curriculum.items import SingleChoice
from lti_tool.curriculum.models import Placement
from lti_tool.db import utcnow
from lti_tool.grades.models import Delivery, Grade
from lti_tool.outbox.models import OutboxMessage
from tests.browsers import TOOL, Browser, text_of
from tests.classes import hold_class, rival_of
from tests.databases import change, on_sqlite, rows
from tests.platforms import CLAIM, FakePlatform
from tests.story import set_up, settings, take_quiz
from tests.test_deep_linking import answered, ask, post

NewBrowser = Callable[[], Browser]
ITEM = "https://purl.imsglobal.org/spec/lti-dl/claim/content_items"


def go(browser: Browser, page: TestResponse, label: str) -> TestResponse:
    """Follow the link with that text, or that begins with it, as a reader of the page would."""
    links = re.findall(r'<a\b[^>]*href="([^"]+)"[^>]*>(.*?)</a>', page.text, re.DOTALL)
    found = [unescape(href) for href, inner in links if text_of(inner).startswith(label)]
    assert found, f"{label!r} is not among {[text_of(inner) for _, inner in links]}"
    return browser.client.get(found[0], base_url=TOOL, buffered=True)


def test_an_instructor_runs_a_course_without_leaving_the_platform(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Callable[[], None]
) -> None:
    teacher = new_browser()
    _place_three_modules(teacher)
    stuck = _learner_who_is_stuck(app, new_browser)
    with app.app_context():
        bad = hold_class(rows(app, Placement, module_id="M1")[0].id)
    work()

    _help_the_one_who_is_stuck(teacher)
    assert stuck.post("/quiz").status_code == 303

    before = len(platform.scores)
    change(app, Delivery, sent_timestamp=utcnow() - timedelta(minutes=1))
    _find_and_repair(teacher, bad)
    work()
    assert len(platform.scores) == before + 24
    assert all(each.state == "accepted" for each in rows(app, Delivery))

    lines = _take_the_results(teacher)
    assert {line["name"] for line in lines} >= {"Uma Stuck", "Classmate 0", "Classmate 23"}
    assert {line["module_id"] for line in lines} == {"M1", "M2", "M3"}


def _help_the_one_who_is_stuck(teacher: Browser) -> None:
    page = go(teacher, teacher.get("/learners"), "Course")
    page = go(teacher, page, "Needs a look first")
    [first, *_] = re.findall(r'<th scope="row"><a[^>]*>([^<]+)</a>', page.text)
    assert first == "Uma Stuck" and "No attempt left in module 1" in page.text
    page = go(teacher, go(teacher, page, first), "More time, attempts or days")
    path = page.request.path.removeprefix(teacher.path(""))
    granted = {"time_factor": "1.5", "extra_minutes": "0", "extra_attempts": "1", "extra_days": "0"}
    assert teacher.post(path, granted).status_code == 303


def _find_and_repair(teacher: Browser, bad: SingleChoice) -> None:
    page = go(teacher, teacher.get("/learners"), "Questions")
    assert "may have a wrong key: stronger learners choose" in text_of(page.text)
    page = go(teacher, go(teacher, page, bad.id), "Repair this question")
    path = page.request.path.removeprefix(teacher.path(""))
    form = {"kind": "correct", "reason": "The key was wrong", f"{bad.id}.choice": rival_of(bad)}
    asked = teacher.post(path, form)
    assert "12 learners gain, 12 lose" in text_of(asked.text)
    assert teacher.post(path, form | {"confirmed": "1"}).status_code == 303


def _take_the_results(teacher: Browser) -> list[dict[str, str]]:
    page = go(teacher, teacher.get("/course"), "Export to CSV or XLSX")
    table = go(teacher, go(teacher, page, "With names"), "CSV of grades")
    text = table.get_data(as_text=True).removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text)))


def _place_three_modules(teacher: Browser) -> None:
    """By deep linking, in one go; then each link is opened once, the first one last."""
    ask(teacher)
    modules = {"M1": "One", "M2": "Two", "M3": "Three"}
    titles = {f"{module}.title": title for module, title in modules.items()}
    page = post(teacher, {"module": list(modules), **titles})
    items = answered(teacher, page.text)[ITEM]
    assert [item["title"] for item in items] == list(modules.values())
    for number, item in reversed(list(enumerate(items, 1))):
        teacher.launch(
            sub="teacher-1",
            role="Instructor",
            link=f"link-{number}",
            **{CLAIM + "custom": item["custom"]},
        )
    settings(teacher, corrective_path="no", cooling_off_hours="0", attempts_allowed="2")


def _learner_who_is_stuck(app: Flask, new_browser: NewBrowser) -> Browser:
    stuck = new_browser()
    stuck.launch(sub="stuck", name="Uma Stuck", given_name="Uma", family_name="Stuck")
    for _ in range(2):
        take_quiz(app, stuck, right=0)
    return stuck


@on_sqlite
def test_what_an_instructor_tries_out_is_nobodys_work(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Callable[[], None]
) -> None:
    teacher, learner = new_browser(), new_browser()
    set_up(teacher, corrective_path="no")
    learner.launch(sub="learner-1")
    take_quiz(app, learner, right=5)
    work()
    waiting, seen = len(rows(app, OutboxMessage)), _all_that_is_told(teacher)
    scores = len(platform.scores)

    token = teacher.token()
    for slug in ("l1", "l2", "l3", "l4"):
        assert teacher.post(f"/lessons/{slug}/complete", token=token).status_code == 303
    take_quiz(app, teacher)
    assert teacher.post("/practice", {"kind": "practice"}).status_code == 303
    assert "100%" in teacher.get("/quiz/1/result").text

    assert len(rows(app, OutboxMessage)) == waiting
    work()
    assert _all_that_is_told(teacher) == seen and len(platform.scores) == scores
    assert [grade.user_id for grade in rows(app, Grade)] == [rows(app, Grade)[0].user_id]


def _all_that_is_told(teacher: Browser) -> list[str]:
    """The course, its learners, questions and exports, as they stand; without moments."""
    paths = ["/course", "/course/report", "/learners", "/items"]
    paths += [f"/exports/{name}.csv" for name in ("grades", "answers", "items")]
    return [_read(teacher, path) for path in paths]


def _read(teacher: Browser, path: str) -> str:
    page = teacher.get(path)
    assert page.status_code == 200, path
    return re.sub(r"<time.*?</time>", "", page.get_data(as_text=True), flags=re.DOTALL)
