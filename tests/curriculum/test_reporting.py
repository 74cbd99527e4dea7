"""The report for editors, the commands of authors, and the preview."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from lti_tool.curriculum.__main__ import main
from lti_tool.curriculum.keys import keys_of
from lti_tool.curriculum.previewing import create_preview
from lti_tool.curriculum.readability import readability, syllables
from lti_tool.curriculum.reporting import report
from lti_tool.curriculum.right_answers import right_answer
from lti_tool.quiz.marking import mark
from tests.curriculum.builders import (
    GLOSSARY,
    IDS,
    ITEMS,
    LESSON,
    RUBRIC,
    SVG,
    TRACEABILITY,
    CurriculumFolder,
    item_yaml,
)

LOOPBACK = "http://127.0.0.1:8765"


@pytest.fixture
def full(folder: CurriculumFolder) -> CurriculumFolder:
    """Every kind of content that a folder can hold."""
    folder.write("m1/figures/line.svg", SVG)
    folder.write("m1/glossary.yaml", GLOSSARY)
    folder.write("traceability.yaml", TRACEABILITY)
    folder.write("m1/items-rubric.yaml", item_yaml("short_text", "M1-ST-002", body=RUBRIC))
    folder.write("m1/items-final.yaml", item_yaml("single_choice", "M1-SC-002", "final"))
    folder.edit(LESSON, "Slowly", '![A line](line.svg "A way")\n\n[[Dawdling]]')
    return folder


def lines_of(folder: CurriculumFolder) -> list[str]:
    curriculum = folder.check().curriculum
    assert curriculum is not None
    return [" ".join(line.split()) for line in report(curriculum).splitlines()]


def test_the_report_counts_everything(full: CurriculumFolder) -> None:
    lines = lines_of(full)
    assert "Flesch-Kincaid grade level" in next(line for line in lines if "grade =" in line)
    assert "M1 Beginnings 1 5 1 2 12" in next(line for line in lines if "Beginnings" in line)
    assert {"single_choice 3 3", "short_text 2 2", "apply 12 12", "final 1 1"} <= set(lines)
    assert "M1.O1 apply 10 1 0 1 1 final to come" in lines
    assert "M1 5 0 0% 32% 5 0 0 0 0" in lines
    assert "Sources: 2 of 2 are used" in lines
    assert "R01 A 2024-05-13 1 12 1" in lines
    assert "Traceability: 2 rows are covered" in lines
    assert "T01 How to begin M1.L1 10" in lines


def test_a_language_without_a_formula_has_no_grade(full: CurriculumFolder) -> None:
    full.edit("curriculum.yaml", "language: en", "language: de")
    assert any(line.startswith("M1 Beginnings") and line.endswith("-") for line in lines_of(full))


def test_readability_counts_what_is_read() -> None:
    html = (
        '<h2>A heading</h2><p>We begin<sup><a href="#source-R01">1</a></sup>. Then it’s the '
        "table “again”. Ready?</p><table><tr><td>two words</td></tr></table>"
        '<div popover="" id="term-x" class="term-card"><p>Not counted.</p></div>'
    )
    counts = readability(html)
    assert (counts.words, counts.prose_words, counts.sentences) == (12, 8, 3)
    assert counts.grade == pytest.approx(0.39 * 8 / 3 + 11.8 * counts.syllables / 8 - 15.59)
    words = "role table services phases rules planned wanted management office the idea"
    assert [syllables(word) for word in words.split()] == [1, 2, 3, 2, 1, 1, 2, 4, 2, 1, 2]


def test_keys_that_crowd_one_place_are_reported(folder: CurriculumFolder) -> None:
    more = "".join(item_yaml("single_choice", f"M1-SC-{number:03}") for number in range(10, 18))
    folder.write("m1/items-more.yaml", more)
    assert folder.faults() == [
        "m1/module.yaml:1: warning: id: option 1 is the key in 12 of 12 items: spread the keys"
    ]
    curriculum = folder.check().curriculum
    assert curriculum is not None
    assert keys_of(curriculum.items).positions == {1: 12}


def test_the_right_answer_earns_everything(full: CurriculumFolder) -> None:
    curriculum = full.check().curriculum
    assert curriculum is not None
    for item in curriculum.items:
        assert mark(item, right_answer(item)).state == "right", item.id


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(each) for each in arguments])
    return result.exit_code, result.output


def test_check_lists_what_is_stale(full: CurriculumFolder) -> None:
    full.edit(ITEMS, "review_by: 2027-11-24", "review_by: 2020-01-01", "M1-SC-001")
    status, output = run("check", full.root)
    assert status == 0 and "is in order: 1 modules" in output and "past: 2020" not in output
    status, output = run("check", full.root, "--stale")
    line = full.line(ITEMS, "review_by: 2020")
    assert f"{ITEMS}:{line}: past: 2020-01-01 M1-SC-001: What is to be done?" in output
    assert status == 0 and "1 facts and items are past their review" in output


def test_commands_end_with_the_faults(full: CurriculumFolder) -> None:
    full.edit(LESSON, "minutes: 5", "minutes: five")
    for command in ("check", "report"):
        status, output = run(command, full.root)
        assert status == 1 and "m1/l1.md:4: error: minutes" in output


def test_the_commands_need_no_settings(full: CurriculumFolder) -> None:
    bare = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    command = [sys.executable, "-W", "error", "-m", "lti_tool.curriculum", "report"]
    done = subprocess.run(
        [*command, str(full.root)], capture_output=True, text=True, env=bare, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Traceability: 2 rows are covered" in done.stdout


@pytest.fixture
def client(full: CurriculumFolder) -> FlaskClient:
    return create_preview(full.root).test_client()


def page(client: FlaskClient, path: str) -> str:
    answer = client.get(path, base_url=LOOPBACK)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_preview_shows_a_lesson_as_learners_read_it(client: FlaskClient) -> None:
    text = page(client, "/M1/lessons/l1")
    assert 'src="../figures/m1-line.svg"' in text and 'popovertarget="term-dawdling"' in text
    assert "M1.KC1" in text and "Second source" in text
    assert page(client, "/M1/figures/m1-line.svg") == SVG.strip()


def test_the_preview_shows_every_item_with_key_and_feedback(client: FlaskClient) -> None:
    text = page(client, "/M1/items")
    for name in (*IDS.values(), "M1.KC1", "M1-ST-002", "M1-SC-002"):
        assert f">{name} <" in text, name
    for words in ("It does not.", "Time helps", "Weigh them.", "Something must first allow it."):
        assert words in text, words
    assert '<details class="marked-others" open>' in text


def test_the_preview_has_glossary_and_sources(client: FlaskClient) -> None:
    assert "What whoever begins early has." in page(client, "/glossary")
    assert "First source" in page(client, "/sources")


def test_whose_names_are_used_stands_below_the_sources(
    client: FlaskClient, full: CurriculumFolder
) -> None:
    assert "Trademarks" not in page(client, "/sources")
    full.edit("curriculum.yaml", "language: en", "language: en\ntrademarks: X is a mark of Y.")
    assert "<h2>Trademarks</h2>\n<p>X is a mark of Y.</p>" in page(client, "/sources")


def test_the_preview_follows_the_files(client: FlaskClient, full: CurriculumFolder) -> None:
    assert "First steps" in page(client, "/")
    full.edit(LESSON, "title: First steps", "title: Second steps")
    assert "Second steps" in page(client, "/")
    full.edit(LESSON, "minutes: 5", "minutes: five")
    assert "m1/l1.md:4: error: minutes" in page(client, "/")
    assert client.get("/M1/items", base_url=LOOPBACK).status_code == 302


@pytest.mark.parametrize("path", ["/M9/items", "/M1/lessons/l9", "/M1/figures/m1-none.svg", "/x"])
def test_what_the_preview_has_not(client: FlaskClient, path: str) -> None:
    assert client.get(path, base_url=LOOPBACK).status_code == 404


def test_the_preview_answers_to_loopback_names_only(client: FlaskClient) -> None:
    assert client.get("/", base_url="http://rebound.example").status_code == 400
    assert page(client, "/")


def test_a_report_on_500_items_takes_seconds(folder: CurriculumFolder) -> None:
    for number in range(2, 57):
        names = {kind: name.replace("001", f"{number:03}") for kind, name in IDS.items()}
        text = "".join(item_yaml(kind, name) for kind, name in names.items())
        folder.write(f"m1/items-{number}.yaml", text)
    curriculum = folder.check(date(2026, 11, 24)).curriculum
    assert curriculum is not None
    start = time.perf_counter()
    assert "Items by type" in report(curriculum)
    assert time.perf_counter() - start < 2
