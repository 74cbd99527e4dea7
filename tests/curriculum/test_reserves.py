"""A final assessment: a module without lessons whose quiz draws from the reserves of others."""

from __future__ import annotations

import pytest

from lti_tool.curriculum.documents import Reserve
from lti_tool.curriculum.reporting import report
from lti_tool.curriculum.schemas import load_curriculum
from tests.curriculum.builders import CurriculumFolder, item_yaml

FINAL = "final/module.yaml"
RESERVE = "m1/items-final.yaml"
_MODULE = """\
id: FINAL
number: 2
title: The end
purpose: To end.
objectives: []
lessons: []
quiz:
  pass_mark: 0.75
  attempts: 2
  suggested_minutes: 60
  draw: {}
  reserve:
    each: 2
    modules: [M1]
    prefer: [numeric]
"""


@pytest.fixture
def ending(folder: CurriculumFolder) -> CurriculumFolder:
    folder.edit("curriculum.yaml", "[m1]", "[m1, final]")
    folder.write(FINAL, _MODULE)
    items = [
        item_yaml("numeric", "M1-NU-002", "final"),
        item_yaml("ordering", "M1-OR-002", "final"),
    ]
    folder.write(RESERVE, "".join(items))
    return folder


def test_a_module_with_a_reserve_needs_no_lessons(ending: CurriculumFolder) -> None:
    curriculum = load_curriculum(ending.document())
    quiz = curriculum.module_by_id["FINAL"].quiz
    assert quiz.reserve == Reserve(each=2, modules=("M1",), prefer=("numeric",))
    assert quiz.item_count == 2


def test_a_document_published_before_there_were_reserves_loads(folder: CurriculumFolder) -> None:
    document = folder.document()
    assert "reserve" not in document["modules"][0]["quiz"]
    assert load_curriculum(document).modules[0].quiz.reserve is None


@pytest.mark.parametrize("lessons", ["[]", "null"])
def test_lessons_are_missed_without_a_reserve(ending: CurriculumFolder, lessons: str) -> None:
    text = ending.text(FINAL)
    ending.write(FINAL, text[: text.index("  reserve:")].replace("[]\nquiz", f"{lessons}\nquiz"))
    assert ending.faults() == [f"{FINAL}:6: error: lessons: must be a list of names"]


def test_with_a_reserve_lessons_are_still_a_list(ending: CurriculumFolder) -> None:
    ending.edit(FINAL, "lessons: []", "lessons: none")
    assert ending.faults() == [f"{FINAL}:6: error: lessons: must be a list of names"]


def test_a_reserve_that_asks_for_too_much_or_the_unknown_is_a_fault(
    ending: CurriculumFolder,
) -> None:
    ending.edit(RESERVE, "pool: final", "status: retired\n  pool: final")
    ending.edit(FINAL, "[M1]", "\n      - M1\n      - M7\n      - M1")
    ending.edit(FINAL, "[numeric]", "[essay]")
    place = "quiz.reserve.modules"
    assert [fault.partition(": must be one of")[0] for fault in ending.faults()] == [
        f"{FINAL}:15: error: {place}[0]: asks for 2 final items of M1, here are 1",
        f"{FINAL}:16: error: {place}[1]: there is no module M7",
        f"{FINAL}:17: error: {place}[2]: M1 is listed twice",
        f"{FINAL}:18: error: quiz.reserve.prefer[0]",
    ]


@pytest.mark.parametrize("reserve", ["7", "{}", "{each: many, modules: M1}"])
def test_a_misshapen_reserve_is_a_fault(ending: CurriculumFolder, reserve: str) -> None:
    text = ending.text(FINAL)
    ending.write(FINAL, text[: text.index("  reserve:")] + f"  reserve: {reserve}\n")
    faults = ending.faults()
    assert faults and all(fault.startswith(f"{FINAL}:12: error: quiz.reserve") for fault in faults)


def test_a_reserve_that_thins_out_by_age_is_a_warning(ending: CurriculumFolder) -> None:
    ending.edit(RESERVE, "review_by: 2027-11-24", "review_by: 2026-11-23")
    checked = ending.check()
    assert checked.errors == ()
    assert str(checked.faults[0]) == (
        f"{FINAL}:14: warning: quiz.reserve.modules[0]: asks for 2 final items of M1, but only 1 "
        "are not past their review"
    )


def test_the_report_shows_what_a_reserve_has(ending: CurriculumFolder) -> None:
    curriculum = ending.check().curriculum
    assert curriculum is not None
    lines = [" ".join(line.split()) for line in report(curriculum).splitlines()]
    assert "FINAL The end 0 0 0 0 0 - - -" in lines
    start = lines.index("Reserve of FINAL: 2 items an attempt")
    assert lines[start + 1 : start + 3] == ["asked final preferred", "M1 2 2 1"]
    assert "final 2 2" in lines  # among the items by pool: M1 and all, no column for FINAL
