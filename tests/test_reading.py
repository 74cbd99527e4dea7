"""What learners read beside the text of a lesson: figures, terms, sources, and what is due."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from lti_tool.curriculum import publishing
from lti_tool.db import unit_of_work
from tests.browsers import Browser, text_of
from tests.curriculum.builders import GLOSSARY, LESSON, SVG, CurriculumFolder
from tests.story import set_up

FACT = "{ref: R02, claim: Begin slowly., as_of: 2023, grade: B"


@pytest.fixture
def learner(app: Flask, new_browser: Callable[[], Browser], tmp_path: Path) -> Browser:
    """A learner of a small curriculum with a figure, a term, and a fact past its review."""
    folder = CurriculumFolder(tmp_path / "small")
    folder.write("m1/figures/line.svg", SVG)
    folder.write("m1/glossary.yaml", GLOSSARY)
    folder.edit(LESSON, "Slowly", '![A line](line.svg "A way")\n\n[[head start]]')
    folder.edit(LESSON, FACT, f"{FACT}, review_by: 2020-01-01")
    folder.edit(
        "sources.yaml", "  url: https://example.org/two", "- {ref: R03, title: T, grade: C}"
    )
    with app.app_context(), unit_of_work():
        publishing.publish(folder.check())
    set_up(new_browser())
    browser = new_browser()
    browser.launch(sub="learner-1")
    return browser


def test_a_figure_is_found_from_its_lesson_and_can_only_be_looked_at(learner: Browser) -> None:
    lesson = learner.get("/lessons/l1").text
    found = re.search(r'<img src="\.\./(figures/[^"]+)" alt="A line"', lesson)
    assert found
    picture = learner.get(f"/{found[1]}")
    assert (picture.status_code, picture.mimetype) == (200, "image/svg+xml")
    assert picture.text == SVG.strip()
    assert picture.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    )
    assert picture.headers["Cache-Control"] == "private, max-age=3600"
    assert picture.headers["X-Content-Type-Options"] == "nosniff"


def test_a_figure_belongs_to_the_visit(
    learner: Browser, new_browser: Callable[[], Browser]
) -> None:
    stranger = new_browser()
    stranger.launch_id = learner.launch_id
    assert stranger.get("/figures/m1-line.svg").status_code == 401
    assert learner.get("/figures/m1-lines.svg").status_code == 404


def test_a_term_is_explained_where_it_stands_and_in_the_glossary(learner: Browser) -> None:
    lesson = learner.get("/lessons/l1").text
    assert 'popovertarget="term-head-start">head start</button>' in lesson
    assert 'id="term-head-start" class="term-card"' in lesson
    assert f'href="{learner.path("/glossary")}"' in learner.get("/module").text
    glossary = learner.get("/glossary")
    assert "default-src 'none'; script-src 'self'" in glossary.headers["Content-Security-Policy"]
    assert "head start What whoever begins early has. Module 1. Source: First source" in text_of(
        glossary.text
    )
    assert f'href="{learner.path("/sources")}#source-R01"' in glossary.text


def test_sources_of_the_module_come_before_the_others(learner: Browser) -> None:
    assert f'href="{learner.path("/sources")}"' in learner.get("/module").text
    text = text_of(learner.get("/sources").text)
    cited, _, others = text.partition("Cited elsewhere in the curriculum")
    assert "First source , 2024-05-13. Confirmed" in cited and "One good source" in cited
    assert "undated. To be checked" in others


def test_a_fact_past_its_review_shows_a_banner(learner: Browser) -> None:
    text = text_of(learner.get("/lessons/l1").text)
    assert "A fact of this lesson is due for review" in text
    assert "Begin slowly. As of 2023; review was due on 1 January 2020" in text
    assert "One good source, as of 2023." in text


def test_a_lesson_without_stale_facts_has_no_banner(
    new_browser: Callable[[], Browser],
) -> None:
    set_up(new_browser())
    browser = new_browser()
    browser.launch()
    assert "due for review" not in browser.get("/lessons/l1").text
