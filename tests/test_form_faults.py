"""The settings form with faults: each is named at its field, and what was typed stays."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest
from flask import Flask

from lti_tool.curriculum.models import Placement
from tests.browsers import Browser, text_of
from tests.databases import on_sqlite, rows
from tests.story import SETTINGS, set_up, take_quiz

NewBrowser = Callable[[], Browser]
LATE, EARLY = "2030-06-01T12:00", "2030-01-01T12:00"

FAULTS: dict[str, tuple[dict[str, str | None], str, str]] = {
    "percent too high": ({"pass_percent": "101"}, "pass_percent", "percentage from 0 to 100"),
    "percent below zero": ({"pass_percent": "-1"}, "pass_percent", "percentage from 0 to 100"),
    "percent is a word": ({"pass_percent": "most"}, "pass_percent", "percentage from 0 to 100"),
    "percent endless": ({"pass_percent": "9" * 5000}, "pass_percent", "percentage from 0 to 100"),
    "percent with a fraction": ({"pass_percent": "79.5"}, "pass_percent", "percentage from 0"),
    "no percent": ({"pass_percent": None}, "pass_percent", ""),
    "no attempts at all": ({"attempts_allowed": "0"}, "attempts_allowed", "from 1 to 20"),
    "too many attempts": ({"attempts_allowed": "21"}, "attempts_allowed", "from 1 to 20"),
    "attempts with noughts in front": (
        {"attempts_allowed": "0001999999999999"},
        "attempts_allowed",
        "from 1 to 20",
    ),
    "attempts in words": ({"attempts_allowed": "two"}, "attempts_allowed", "from 1 to 20"),
    "attempts with NUL": ({"attempts_allowed": "1\x00"}, "attempts_allowed", "from 1 to 20"),
    "unknown module": ({"module_id": "M99"}, "module_id", "one of the modules"),
    "module of NUL": ({"module_id": "\x00"}, "module_id", "one of the modules"),
    "no module": ({"module_id": None}, "module_id", "Choose a module"),
    "empty module": ({"module_id": ""}, "module_id", ""),
    "due before opening": (
        {"opens_at": LATE, "due_at": EARLY},
        "due_at",
        "must lie after the opening",
    ),
    "closing before due": ({"due_at": LATE, "closes_at": EARLY}, "closes_at", "before the due"),
    "closing at opening": ({"opens_at": LATE, "closes_at": LATE}, "closes_at", "after the opening"),
    "a date of letters": ({"due_at": "soon"}, "due_at", "a date and a time"),
    "a day that is none": ({"due_at": "2030-02-30T10:00"}, "due_at", "a date and a time"),
    "the year 1": ({"opens_at": "0001-01-01T00:00"}, "opens_at", "2000 and 2200"),
    "the year 9999": ({"closes_at": "9999-12-31T23:59"}, "closes_at", "2000 and 2200"),
    "a date with its zone": ({"due_at": "2030-01-01T10:00+05:00"}, "due_at", "a date and a time"),
}


def form_with(changes: Mapping[str, str | None]) -> dict[str, str]:
    form: dict[str, str | None] = {**SETTINGS, **changes}
    return {name: value for name, value in form.items() if value is not None}


def fields_at_fault(page: str) -> list[str]:
    return re.findall(r'id="([a-z_]+)-fault"', page)


@pytest.mark.parametrize("case", FAULTS)
@on_sqlite
def test_a_fault_is_named_at_its_field(app: Flask, browser: Browser, case: str) -> None:
    changes, field, words = FAULTS[case]
    browser.launch(role="Instructor")
    answer = browser.post("/settings", form_with(changes))
    assert answer.status_code == 422
    assert fields_at_fault(answer.text) == [field]
    assert words in text_of(answer.text)
    assert not rows(app, Placement)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_all_faults_on_postgresql_too(app: Flask, browser: Browser) -> None:
    browser.launch(role="Instructor")
    token = browser.token()
    for changes, _, _ in FAULTS.values():
        assert browser.post("/settings", form_with(changes), token=token).status_code == 422
    assert not rows(app, Placement)


@on_sqlite
def test_all_faults_come_at_once_and_what_was_typed_stays(browser: Browser) -> None:
    browser.launch(role="Instructor")
    typed = {
        "module_id": "M3",
        "attempts_allowed": "often",
        "pass_percent": '"><script>',
        "opens_at": LATE,
        "due_at": "soon",
        "closes_at": "",
        "timezone": "Europe/Zurich",
    }
    page = browser.post("/settings", typed).text
    assert fields_at_fault(page) == ["attempts_allowed", "pass_percent", "due_at"]
    for value in ("often", LATE, "soon", "Europe/Zurich", "&#34;&gt;&lt;script&gt;"):
        assert f'value="{value}"' in page
    assert re.search(r'value="M3"[^>]*\bchecked', page)
    assert not re.search(r'value="M1"[^>]*\bchecked', page)


def test_a_fault_changes_nothing_of_what_stands(app: Flask, new_browser: NewBrowser) -> None:
    instructor = new_browser()
    set_up(instructor)
    before = vars(rows(app, Placement)[0]) | {"_sa_instance_state": None}
    for changes in ({"module_id": "M99"}, {"opens_at": LATE, "closes_at": EARLY}):
        assert instructor.post("/settings", form_with(changes)).status_code == 422
        after = vars(rows(app, Placement)[0]) | {"_sa_instance_state": None}
        assert after == before
    assert instructor.get("/learners").status_code == 200


def test_the_module_stays_once_learners_have_begun(app: Flask, new_browser: NewBrowser) -> None:
    instructor, learner = new_browser(), new_browser()
    set_up(instructor)
    learner.launch()
    take_quiz(app, learner, right=0)
    answer = instructor.post("/settings", form_with({"module_id": "M3"}))
    assert answer.status_code == 409 and "Learners have begun" in answer.text
    assert instructor.post("/settings", form_with({"pass_percent": "50"})).status_code == 303
    [placement] = rows(app, Placement)
    assert placement.module_id == "M1" and placement.pass_mark * 100 == 50


@on_sqlite
@pytest.mark.parametrize(
    "zone",
    ["Europe/Zurich", "", "Mars/Base", "../../etc/passwd", "/etc/localtime", "\x00", "America"],
)
def test_dates_are_read_in_the_zone_of_the_page(app: Flask, browser: Browser, zone: str) -> None:
    browser.launch(role="Instructor")
    answer = browser.post("/settings", form_with({"due_at": LATE, "timezone": zone}))
    assert answer.status_code == 303, answer.text
    [placement] = rows(app, Placement)
    assert placement.due_at is not None
    hour = 10 if zone == "Europe/Zurich" else 12
    assert (placement.due_at.hour, placement.due_at.utcoffset()) == (
        hour,
        placement.due_at - placement.due_at,
    )


@on_sqlite
def test_an_answer_that_is_too_long_is_refused_whole(app: Flask, new_browser: NewBrowser) -> None:
    set_up(new_browser())
    learner = new_browser()
    learner.launch()
    huge = {"x": "x" * 600_000}
    learner.post("/quiz")
    assert learner.post("/quiz/1/1", huge).status_code in (403, 413)
