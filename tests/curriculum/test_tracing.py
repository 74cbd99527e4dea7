"""What the curriculum must cover: each row of traceability.yaml names content that is there."""

from __future__ import annotations

import pytest

from tests.curriculum.builders import TRACEABILITY, CurriculumFolder

FILE = "traceability.yaml"


@pytest.fixture
def traced(folder: CurriculumFolder) -> CurriculumFolder:
    folder.write(FILE, TRACEABILITY)
    return folder


def test_rows_that_are_covered(traced: CurriculumFolder) -> None:
    checked = traced.check()
    assert checked.faults == () and checked.curriculum is not None
    first, second = checked.curriculum.traceability
    assert (first.lessons, first.items, first.objectives) == (
        ("M1.L1",),
        ("M1-SC-001",),
        ("M1.O1",),
    )
    assert second.note == "In one lesson only."


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("row: T02", "row: T01", "T01 row: T01 is used twice"),
        ("lessons: [M1.L1]", "lessons: [M1.L9]", "T01 lessons[0]: there is no lesson M1.L9"),
        ("lessons: [M1.L1]", "lessons: [M7.L1]", "T01 lessons[0]: there is no lesson M7.L1"),
        ("lessons: [M1.L1]", "lessons: []", "T01 lessons: name at least one lesson"),
        ("  lessons: [M1.L1]\n", "", "T01 lessons: is missing"),
        ("M1-SC-001", "M1-SC-009", "T01 items[0]: there is no item M1-SC-009"),
        ("objective: M1.O1", "objective: M1.O9", "T01 items[1]: there is no graded item of M1.O9"),
        ("objective: M1.O1", "lesson: M1.L1", "T01 items[1]: must be an item's id or {objective:"),
        ("M1-SC-001", "7", "T01 items[0]: must be an item's id or {objective: id}"),
        ("element: How to begin", "title: Begin", "T01 element: is missing"),
        ("row: T02", "- row", "row 2: must hold fields"),
    ],
)
def test_faults_of_a_row(traced: CurriculumFolder, old: str, new: str, message: str) -> None:
    if new == "- row":
        traced.write(FILE, TRACEABILITY[: TRACEABILITY.index("- row: T02")] + "- row\n")
    else:
        traced.edit(FILE, old, new)
    checked = traced.check()
    assert checked.curriculum is None
    assert any(fault.file == FILE and message in fault.message for fault in checked.errors)


def test_references_are_not_judged_where_a_file_is_broken(traced: CurriculumFolder) -> None:
    traced.write("m1/items-graded.yaml", "- {")
    assert {fault.file for fault in traced.check().errors} == {"m1/items-graded.yaml"}


@pytest.mark.parametrize("content", ["rows: []", "", "[", "\x00"])
def test_a_file_that_is_there_must_be_a_list(traced: CurriculumFolder, content: str) -> None:
    traced.write(FILE, content)
    assert [fault.file for fault in traced.check().errors] == [FILE]
