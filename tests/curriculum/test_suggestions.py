"""Whoever picks a module gets that module's suggestions, with scripts and without."""

from __future__ import annotations

from decimal import Decimal

from flask import Flask

from lti_tool.curriculum.models import Placement
from tests.browsers import Browser, text_of
from tests.databases import on_sqlite, rows
from tests.story import set_up

OF_FIRST = {"suggested_for": "M1", "attempts_allowed": "3", "pass_percent": "80"}


@on_sqlite
def test_another_module_brings_its_own_suggestions_before_anything_is_saved(
    app: Flask, browser: Browser
) -> None:
    browser.launch(sub="teacher-1", role="Instructor")
    page = browser.get("/settings").text
    assert 'name="suggested_for" value="M1"' in page
    page = browser.post("/settings", OF_FIRST | {"module_id": "FINAL"}).text
    assert "Not saved yet" in page and 'name="suggested_for" value="FINAL"' in page
    assert 'value="75"' in page and "suggests 75" in text_of(page)
    assert not rows(app, Placement)

    shown = {"suggested_for": "FINAL", "attempts_allowed": "2", "pass_percent": "75"}
    assert browser.post("/settings", shown | {"module_id": "FINAL"}).status_code == 303
    [placement] = rows(app, Placement)
    assert (placement.module_id, placement.attempts_allowed) == ("FINAL", 2)
    assert placement.pass_mark == Decimal("0.75")


@on_sqlite
def test_what_was_typed_stays(app: Flask, browser: Browser) -> None:
    browser.launch(sub="teacher-1", role="Instructor")
    typed = OF_FIRST | {"module_id": "FINAL", "attempts_allowed": "9"}
    page = browser.post("/settings", typed).text
    assert 'value="9"' in page and 'value="75"' in page
    typed |= {"pass_percent": "61"}
    assert browser.post("/settings", typed).status_code == 303
    [placement] = rows(app, Placement)
    assert (placement.attempts_allowed, placement.pass_mark) == (9, Decimal("0.61"))


@on_sqlite
def test_a_module_that_is_changed_later_brings_its_suggestions_too(
    app: Flask, browser: Browser
) -> None:
    set_up(browser)
    page = browser.post("/settings", OF_FIRST | {"module_id": "FINAL"}).text
    assert "Not saved yet" in page
    assert rows(app, Placement)[0].module_id == "M1"


@on_sqlite
def test_names_that_are_none_lead_to_the_form_as_before(browser: Browser) -> None:
    browser.launch(sub="teacher-1", role="Instructor")
    for values in ({"suggested_for": "X"}, {"module_id": "X"}, {"module_id": ""}):
        assert browser.post("/settings", OF_FIRST | values).status_code == 422, values
