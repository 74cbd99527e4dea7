"""Each kind of fault is reported with the file and the line on which its author finds it."""

from __future__ import annotations

import pytest

from tests.curriculum.builders import CHECKS, ITEMS, LESSON, MODULE, CurriculumFolder

# Each row: a file; the id of the item in it that is spoilt; the text that is replaced; its
# replacement; a text on the line of the fault ("" for the line of the change); the message.
SPOILT = [
    # ids and references
    (ITEMS, "M1-SC-001", "M1-SC-001", "M1-TF-009", "", "must be like M1-SC-001"),
    (ITEMS, "M1-SC-001", "M1-SC-001", "M2-SC-001", "", "must be like M1-SC-001"),
    (ITEMS, "M1-SC-001", "M1-SC-001", "M1-SC-1", "", "must be like M1-SC-001"),
    (ITEMS, "M1-MR-001", "M1-MR-001", "M1-SC-001", "", "M1-SC-001 is used twice"),
    (CHECKS, "", "id: M1.KC1", "id: M1-SC-002", "", "a knowledge check is named like M1.KC1"),
    (ITEMS, "M1-SC-001", "module: M1", "module: M9", "", "there is no module M9"),
    (ITEMS, "M1-SC-001", "lesson: M1.L1", "lesson: M1.L9", "", "there is no lesson M1.L9"),
    (ITEMS, "M1-SC-001", "objective: M1.O1", "objective: M1.O7", "", "there is no objective M1.O7"),
    (ITEMS, "M1-SC-001", "remediate: M1.L1", "remediate: M1.L5", "", "there is no lesson M1.L5"),
    (ITEMS, "M1-SC-001", "ref: R01", "ref: R09", "", "R09 is not in sources.yaml"),
    (ITEMS, "M1-SC-001", "type: single_choice", "type: quiz", "", "must be one of single_choice,"),
    (
        LESSON,
        "",
        "knowledge_check: M1.KC1",
        "knowledge_check: M1.KC7",
        "",
        "there is no item M1.KC7",
    ),
    (LESSON, "", "check: M1.KC1", "check: M1-SC-001", "", "is not of pool"),
    (
        LESSON,
        "",
        "objectives: [M1.O1]",
        "objectives: [M1.O3]",
        "",
        "M1.O3 is not an objective of M1",
    ),
    (LESSON, "", "id: M1.L1", "id: M2.L1", "", "must be like M1.L1"),
    (LESSON, "", "ref: R01", "ref: R08", "", "R08 is not in sources.yaml"),
    (LESSON, "", "ref: R01", "ref: R02", "slowly", "R02 is used twice"),
    ("sources.yaml", "", "ref: R02", "ref: R01", "", "R01 is used twice"),
    ("sources.yaml", "", "ref: R02", "ref: Two", "", "must be R or E and a number"),
    ("sources.yaml", "", "url: https:", "url: http:", "", "must begin with https://"),
    # shape
    (ITEMS, "M1-SC-001", "  bloom: apply\n", "", "M1-SC-001", "bloom: is missing"),
    (ITEMS, "M1-SC-001", "pool: graded", "pool: grade", "", "must be one of graded, final"),
    (ITEMS, "M1-SC-001", "level: 1", "level: 4", "", "must be a whole number from 1 to 3"),
    (
        ITEMS,
        "M1-SC-001",
        "feedback: So it is.",
        "feedback: ''",
        "",
        "[0].feedback: is empty",
    ),
    (ITEMS, "M1-SC-001", ", correct: true", "", "text: Begin,", "options[0].correct: is missing"),
    (ITEMS, "M1-SC-001", "correct: true", "correct: true, credit: 1", "", "not both"),
    (
        ITEMS,
        "M1-SC-001",
        "all_or_nothing",
        "plus_minus",
        "",
        "must be all_or_nothing",
    ),
    (ITEMS, "M1-MR-001", "method: plus_minus", "targets_reusable: true", "", "unknown field"),
    (ITEMS, "M1-SC-001", "stem: What", "stam: What", "", "stam: unknown field"),
    (MODULE, "", "pass_mark: 0.8", "pass_mark: 80", "", "must be a number from 0 to 1"),
    (MODULE, "", "numeric: 1", "number: 1", "", "quiz.draw.M1.O1.number: must be one of"),
    (LESSON, "", "minutes: 5", "minutes: five", "", "minutes: must be a whole number"),
    (LESSON, "", "minutes: 5", "html: <b>", "", "html: unknown field"),
    ("curriculum.yaml", "", "language: en", "language: 7", "", "must be a text: put it in quotes"),
    ("curriculum.yaml", "", "language: en", "items: []", "", "items: unknown field"),
    ("sources.yaml", "", "grade: B", "grade: D", "", "R02 grade: must be one of A, B, C"),
    # the types
    (ITEMS, "M1-SC-001", "correct: true", "correct: false", "options:", "here are 0"),
    (ITEMS, "M1-SC-001", "correct: false", "correct: true", "options:", "here are 2"),
    (ITEMS, "M1-SC-001", "id: b", "id: a", "", "options[1].id: a is used twice"),
    (ITEMS, "M1-MR-001", "correct: true", "correct: false", "options:", "here are 1"),
    (ITEMS, "M1-TF-001", "correct: true", "correct: false", "reasons:", "exactly one must be"),
    (ITEMS, "M1-TF-001", ", false: Less than half.", "", "truth_feedback:", "false: is missing"),
    (ITEMS, "M1-SJ-001", "credit: 0.67", "credit: 0.5", "", "must be 1, 0.67, 0.33 or 0"),
    (
        ITEMS,
        "M1-SJ-001",
        "credit: 1.0",
        "credit: 0.67",
        "options:",
        "one credit must be",
    ),
    (ITEMS, "M1-SJ-001", "scenario:", "status: live\n  scenario:", "panel:", "needs 5 raters"),
    (ITEMS, "M1-MA-001", "p2: t2}", "p3: t2}", "key:", "there is no prompt p3"),
    (ITEMS, "M1-MA-001", ", p2: t2", "", "id: p2", "p2 has no target"),
    (ITEMS, "M1-MA-001", "p2: t2}", "p2: t9}", "key:", "there is no target t9"),
    (ITEMS, "M1-MA-001", "p2: t2}", "p2: t1}", "id: t1", "t1 is used twice: say so"),
    (ITEMS, "M1-MA-001", ", feedback: Nothing here is noon.", "", "id: t3", "feedback is missing"),
    (ITEMS, "M1-OR-001", "rank: 1, ", "", "id: e1", "rank: is missing"),
    (ITEMS, "M1-OR-001", "rank: 1", "rank: 2", "elements:", "at least two ranks"),
    (ITEMS, "M1-CS-001", "category: two", "category: three", "", "there is no category three"),
    (ITEMS, "M1-ST-001", "text: strategy", "text: Charter", "", "Charter is accepted as well"),
    (ITEMS, "M1-ST-001", "  accepted: [mandate, charter]\n", "", "M1-ST-001", "accepted: is"),
    (ITEMS, "M1-ST-001", "mode: exact", "mode: rubric", "M1-ST-001", "model_answer: is missing"),
    (ITEMS, "M1-NU-001", "answer: 2.8", "answer: 2.9", "", "is 2.9, but the formula gives 2.8"),
    (ITEMS, "M1-NU-001", "w*s", "w*t", "", "uses t, which is not among the parameters"),
    (ITEMS, "M1-NU-001", "value: 3.0", "value: 2.809", "", "lies within tolerance of the answer"),
    (ITEMS, "M1-NU-001", "value: 280", "value: 3.2", "", "lies within tolerance of slips[0]"),
    (ITEMS, "M1-NU-001", "[Fit, 40%, 4]", "[Fit, 4]", "", "a row has 2 cells, the header 3"),
    (ITEMS, "M1-NU-001", "credit: 0.25", "credit: 1", "", "must be below 1"),
    # graded use and the blueprint
    (ITEMS, "M1-SC-001", "  review_by: 2027-11-24\n", "", "M1-SC", "review_by: is missing"),
    (ITEMS, "M1-SC-001", "max_points: 1", "max_points: 0", "", "must be more than 0"),
    (MODULE, "", "single_choice: 1", "single_choice: 2", "", "asks for 2 graded items, here are 1"),
    (MODULE, "", "M1.O1: {single", "M1.O2: {single", "", "is not an objective of this module"),
    (MODULE, "", "  draw:", "  spaced: 3\n  draw:", "  spaced:", "earlier modules, here are 0"),
    # the text of lessons
    (LESSON, "", "[R02] or", "[E99] or", "", "[E99] is not among the lesson's sources"),
    (LESSON, "", "## A way", "# A way", "", "a heading must be of level 2"),
    (LESSON, "", "::: summary", "::: note", ":::\n", "must end with a summary box"),
    (LESSON, "", "Slowly", "<b>Slowly", "", "raw HTML is refused"),
    # files
    ("curriculum.yaml", "", "[m1]", "[m1, m7]", "", "modules: there is no file m7/module.yaml"),
    ("curriculum.yaml", "", "[m1]", "[m1, m1]", "", "modules: m1 is listed twice"),
    ("curriculum.yaml", "", "[m1]", "[m1, ../m1]", "", "a name has letters, digits"),
    (MODULE, "", "[l1]", "[l1, l7]", "", "lessons: there is no file m1/l7.md"),
    (MODULE, "", "[l1]", "[l1, ../../secret]", "", "a name has letters, digits"),
    (MODULE, "", "purpose: To begin.", "number: 2", "", "number is given twice, first on line 2"),
]


@pytest.mark.parametrize(("file", "within", "old", "new", "marker", "message"), SPOILT)
def test_each_fault_has_its_place(
    folder: CurriculumFolder,
    file: str,
    within: str,
    old: str,
    new: str,
    marker: str,
    message: str,
) -> None:
    before = folder.text(file)
    first = before.index(within)
    folder.edit(file, old, new, within)
    where = folder.text(file).index(marker, first) if marker else before.index(old, first)
    line = folder.text(file).count("\n", 0, where) + 1
    place = f"{file}:{line}: error: "
    found = folder.faults()
    assert [fault for fault in found if fault.startswith(place) and message in fault], found
    assert folder.check().curriculum is None
