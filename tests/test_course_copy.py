"""A copied course goes on working, asks its instructor once, and carries no results along."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from lti_tool.courses.models import ResourceLink
from lti_tool.curriculum.models import CourseDefaults, Placement, PlacementCopy
from lti_tool.grades.models import Grade
from lti_tool.lti.history import read_history
from lti_tool.lti.profiles import PROFILES
from lti_tool.quiz.models import Attempt
from tests.browsers import Browser, text_of
from tests.conftest import register
from tests.databases import change, on_sqlite, rows
from tests.platforms import CLAIM, FakePlatform
from tests.story import SETTINGS, take_quiz
from tests.test_deep_linking import DL, FORM, answered, ask, post

NewBrowser = Callable[[], Browser]
DATES = {"opens_at": "2026-09-07T18:00", "due_at": "2026-10-30T18:00", "timezone": "Europe/Berlin"}


def custom(**values: Any) -> dict[str, Any]:
    return {CLAIM + "custom": values}


def teach(browser: Browser, link: str, course: str, **claims: Any) -> str:
    """An instructor opens a link; the words of the page on which they land."""
    page = browser.launch(sub="teacher-1", role="Instructor", link=link, context=course, **claims)
    return text_of(page.text)


def set_up_dated(teacher: Browser, link: str = "link-1", **settings: str) -> None:
    teach(teacher, link, "course-1")
    answer = teacher.post("/settings", SETTINGS | DATES | settings)
    assert answer.status_code == 303, answer.text


def placed(app: Flask, link: str) -> Placement:
    [row] = rows(app, ResourceLink, resource_link_id=link)
    [placement] = rows(app, Placement, resource_link_id=row.id)
    return placement


@pytest.fixture
def deep_linked(new_browser: NewBrowser) -> list[dict[str, Any]]:
    """Two activities of course-1: the custom values that a platform keeps for each."""
    teacher = new_browser()
    ask(teacher)
    items = answered(teacher, post(teacher, FORM).text)[DL + "content_items"]
    for number, item in enumerate(items, 1):
        teach(teacher, f"old-{number}", "course-1", **custom(**item["custom"]))
    return [item["custom"] for item in items]


def test_on_moodle_our_own_id_survives_and_learners_work_at_once_without_dates(
    app: Flask, new_browser: NewBrowser, deep_linked: list[dict[str, Any]]
) -> None:
    """Moodle copies custom values and expands no link history: it sends the variable's name."""
    values = custom(**deep_linked[0])
    assert deep_linked[0]["resource_link_id_history"] == "$ResourceLink.id.history"
    earlier = new_browser()
    earlier.launch(sub="ada", link="old-1", context="course-1", **values)
    take_quiz(app, earlier)

    learner = new_browser()
    page = learner.launch(sub="ada", link="new-1", context="course-2", **values)
    assert "Two jobs compared" in page.text
    assert "0 of 4 lessons" in text_of(page.text) and "due" not in text_of(page.text)
    take_quiz(app, learner, right=0)
    copy, source = placed(app, "new-1"), placed(app, "old-1")
    assert copy.public_id != source.public_id
    assert source.due_at is not None and copy.due_at is None
    assert len(rows(app, Attempt, placement_id=copy.id)) == 1
    assert [grade.score_given for grade in rows(app, Grade, placement_id=copy.id)] == [0]


def test_one_answer_stands_for_the_whole_course(
    app: Flask, new_browser: NewBrowser, deep_linked: list[dict[str, Any]]
) -> None:
    first, second = (custom(**values) for values in deep_linked)
    teacher = new_browser()
    page = teach(teacher, "new-1", "course-2", **first)
    assert "This activity was copied" in page and "“PMO Academy” (PMO-101)" in page
    assert "Do the same for the other activity" in page
    answer = {"way": "shift", "first_at": "2028-01-30T18:00", "for_course": "1"}
    answer["timezone"] = "Europe/Berlin"
    assert teacher.post("/copied", answer).status_code == 303
    assert placed(app, "new-1").due_at == datetime(2028, 1, 30, 17, tzinfo=UTC)
    assert "was copied" not in teach(teacher, "new-1", "course-2", **first)

    page = new_browser().launch(sub="ada", link="new-2", context="course-2", **second).text
    assert "Ways in" in page
    assert "was copied" not in teach(teacher, "new-2", "course-2", **second)
    assert {copy.decision for copy in rows(app, PlacementCopy)} == {"shift"}


def test_on_canvas_the_history_of_link_and_course_leads_to_the_source(
    app: Flask, new_browser: NewBrowser
) -> None:
    """A link that was set up by hand: no id of ours, but Canvas knows where it came from."""
    assert PROFILES["canvas"].link_history == "$Activity.id.history"
    teacher = new_browser()
    set_up_dated(teacher, module_id="M3")
    history = custom(
        placement="$Canvas.nothing",
        resource_link_id_history="link-1",
        context_id_history="course-1",
    )
    page = new_browser().launch(link="copy-1", context="course-2", **history)
    assert "Ways in" in page.text
    [copy] = rows(app, PlacementCopy)
    assert copy.found_by == "link history"

    assert "This activity was copied" in teach(teacher, "copy-1", "course-2", **history)
    shift = {"way": "shift", "first_at": "2027-03-08T18:00", "timezone": "Europe/Berlin"}
    assert teacher.post("/copied", shift).status_code == 303
    moved = placed(app, "copy-1")
    assert moved.opens_at == datetime(2027, 3, 8, 17, tzinfo=UTC)
    assert moved.due_at == datetime(2027, 4, 30, 16, tzinfo=UTC)  # still six in the evening there
    assert (moved.attempts_allowed, moved.module_id) == (3, "M3")


@on_sqlite
def test_a_course_history_alone_finds_the_one_link_of_that_title(
    app: Flask, new_browser: NewBrowser
) -> None:
    set_up_dated(new_browser())
    history = custom(context_id_history="unknown,course-1,truncated")
    page = new_browser().launch(link="copy-1", context="course-2", **history)
    assert "Two jobs compared" in page.text
    page = new_browser().launch(link="added", context="course-2", **history)
    assert "has not been set up yet" in page.text
    assert [copy.found_by for copy in rows(app, PlacementCopy)] == ["course"]


@on_sqlite
def test_two_links_of_one_title_are_not_told_apart_by_guessing(
    app: Flask, new_browser: NewBrowser
) -> None:
    teacher = new_browser()
    set_up_dated(teacher)
    set_up_dated(teacher, link="link-2")
    page = new_browser().launch(
        link="copy", context="course-2", **custom(context_id_history="course-1")
    )
    assert "has not been set up yet" in page.text
    by_link = custom(resource_link_id_history="link-2")
    assert (
        "has not been set up"
        not in new_browser().launch(link="c2", context="course-2", **by_link).text
    )


@on_sqlite
def test_a_copy_of_a_copy_takes_over_what_its_nearest_course_had(
    app: Flask, new_browser: NewBrowser, deep_linked: list[dict[str, Any]]
) -> None:
    teacher, values = new_browser(), deep_linked[0]
    teach(teacher, "second", "course-2", **custom(**values))
    teacher.post("/settings", SETTINGS | {"attempts_allowed": "7"})
    later = values | {"context_id_history": "course-2,course-1"}
    teach(teacher, "third", "course-3", **custom(**later))
    assert placed(app, "third").attempts_allowed == 7
    later = values | {"context_id_history": "$Context.id.history"}
    teach(teacher, "fourth", "course-4", **custom(**later))
    assert placed(app, "fourth").attempts_allowed != 7


def test_the_defaults_of_a_course_come_along_unless_the_copy_has_its_own(
    app: Flask, new_browser: NewBrowser
) -> None:
    teacher = new_browser()
    set_up_dated(teacher, pass_percent="65", time_limit_minutes="40")
    kept = {"do": "keep", "setting": ["pass_mark", "time_limit_minutes"]}
    assert teacher.post("/settings/course", kept).status_code == 303
    history = custom(resource_link_id_history="link-1")
    teach(teacher, "copy", "course-2", **history)
    page = text_of(teacher.get("/settings/history").text)
    assert "Defaults of the course" in page and "by itself" in page
    newcomer = new_browser()
    newcomer.launch(sub="teacher-1", role="Instructor", link="added", context="course-2")
    assert 'value="65"' in newcomer.get("/settings").text
    own, others = {each.context_id: each.settings for each in rows(app, CourseDefaults)}.values()
    assert own == others
    teacher.post("/settings/course", {"do": "keep", "setting": []})
    set_up_dated(new_browser(), link="link-2")
    teach(teacher, "copy-2", "course-2", **custom(resource_link_id_history="link-2"))
    assert rows(app, CourseDefaults)[1].settings == {}, "what the copy decided stays"


@on_sqlite
def test_starting_afresh_takes_the_suggestions_and_goes_on_to_the_settings(
    app: Flask, new_browser: NewBrowser
) -> None:
    teacher = new_browser()
    set_up_dated(teacher, attempts_allowed="9", pass_percent="55")
    change(app, Placement, grading_policy="last", time_limit_minutes=20)
    history = custom(resource_link_id_history="link-1")
    teach(teacher, "copy", "course-2", **history)
    assert placed(app, "copy").time_limit_minutes == 20
    answer = teacher.post("/copied", {"way": "afresh"})
    assert answer.location.endswith("/settings?saved=1")
    fresh = placed(app, "copy")
    assert (fresh.module_id, float(fresh.pass_mark)) == ("M1", 0.8)
    assert (fresh.time_limit_minutes, fresh.grading_policy, fresh.due_at) == (None, "best", None)
    assert teacher.get("/copied").status_code == 409


@on_sqlite
def test_what_counts_stays_for_learners_who_have_begun(app: Flask, new_browser: NewBrowser) -> None:
    teacher, learner = new_browser(), new_browser()
    set_up_dated(teacher)
    change(app, Placement, grading_policy="last", time_limit_minutes=30)
    history = custom(resource_link_id_history="link-1")
    learner.launch(link="copy", context="course-2", **history)
    take_quiz(app, learner, right=1)
    teach(teacher, "copy", "course-2", **history)
    teacher.post("/copied", {"way": "afresh"})
    fresh = placed(app, "copy")
    assert (fresh.grading_policy, fresh.time_limit_minutes) == ("last", None)


def test_many_who_open_a_copied_link_at_once_find_one_placement(
    app: Flask, new_browser: NewBrowser
) -> None:
    set_up_dated(new_browser())
    browsers = {f"learner-{number}": new_browser() for number in range(5)}
    history = custom(resource_link_id_history="link-1")

    def open_it(sub: str) -> int:
        page = browsers[sub].launch(sub=sub, link="copy", context="course-2", **history)
        return page.status_code

    with ThreadPoolExecutor(5) as pool:
        assert set(pool.map(open_it, browsers)) == {200}
    assert placed(app, "copy").module_id == "M1"
    assert len(rows(app, PlacementCopy)) == 1


@on_sqlite
def test_the_question_is_answered_by_saving_the_settings_too(
    app: Flask, new_browser: NewBrowser
) -> None:
    teacher = new_browser()
    set_up_dated(teacher)
    teach(teacher, "copy", "course-2", **custom(resource_link_id_history="link-1"))
    assert "This activity was copied" in teacher.get("/settings").text
    assert teacher.post("/settings", SETTINGS).status_code == 303
    assert [copy.decision for copy in rows(app, PlacementCopy)] == ["own"]
    assert "This activity was copied" not in teacher.get("/settings").text


@on_sqlite
def test_an_answer_that_does_not_fit_is_named(app: Flask, new_browser: NewBrowser) -> None:
    teacher = new_browser()
    set_up_dated(teacher)
    teach(teacher, "copy", "course-2", **custom(resource_link_id_history="link-1"))
    for bad in (
        {},
        {"way": "own"},
        {"way": "shift"},
        {"way": "shift", "first_at": "tomorrow"},
        {"way": "shift", "first_at": "99999-01-01T00:00"},
        {"way": "shift", "first_at": "2026-01-01T00:00", "for_course": "perhaps"},
    ):
        page = teacher.post("/copied", bad)
        assert page.status_code == 422 and "cannot be saved as it is" in page.text, bad
    far = {"way": "shift", "first_at": "2200-12-31T00:00", "timezone": "x" * 900, "for_course": "1"}
    assert teacher.post("/copied", far).status_code == 303


@on_sqlite
def test_nothing_is_taken_from_another_registration_of_the_same_platform(
    app: Flask,
    new_browser: NewBrowser,
    platform: FakePlatform,
    deep_linked: list[dict[str, Any]],
) -> None:
    platform.client_id, platform.deployment_id = "client-2", "deployment-1"
    register(app, platform)
    histories = {"resource_link_id_history": "old-1", "context_id_history": "course-1"}
    values = custom(**deep_linked[0] | histories)
    page = new_browser().launch(link="copy", context="course-2", **values)
    assert "has not been set up yet" in page.text


HOSTILE = [
    "$ResourceLink.id.history",
    "",
    ",,, ,",
    "a" * 9_000,
    ",".join(str(number) for number in range(2_000)),
    "%00,%ff,\x00\ud800,%",
    "link-1' OR 1=1 --",
    {"link": "link-1"},
    ["link-1"],
    17,
    None,
    "$x,truncated,timed out",
]


@on_sqlite
def test_hostile_histories_lead_nowhere(app: Flask, new_browser: NewBrowser) -> None:
    set_up_dated(new_browser())
    browser = new_browser()
    for number, value in enumerate(HOSTILE):
        values = custom(placement=value, resource_link_id_history=value, context_id_history=value)
        vendor = {"http://www.brightspace.com": value} if value else {}
        context = f"course-{number + 10}"
        page = browser.launch(link=f"copy-{number}", context=context, **values, **vendor)
        assert "has not been set up yet" in page.text, value
        assert len(read_history(value)) <= 50


@on_sqlite
def test_histories_are_read_as_platforms_write_them(new_browser: NewBrowser) -> None:
    assert read_history("b, a ,b") == ("b", "a")
    assert read_history("course-v1%3AX%2CY,truncated") == ("course-v1:X,Y",)
    set_up_dated(new_browser())
    said = {"Context.id.history": "course-1", "ResourceLink.id.history": "link-1"}
    brightspace = {"http://www.brightspace.com": said}
    page = new_browser().launch(link="copy", context="course-2", **brightspace)
    assert "Two jobs compared" in page.text
