"""One report with every fault of a folder, each with file and line."""

from __future__ import annotations

import os
import time
from datetime import date
from pathlib import Path

import pytest

from lti_tool.curriculum.checking import check
from lti_tool.curriculum.documents import Curriculum
from tests.curriculum.builders import (
    CHECKS,
    IDS,
    ITEMS,
    LESSON,
    MODULE,
    RUBRIC,
    TODAY,
    CurriculumFolder,
    item_yaml,
)

CONTENT = Path(__file__).parents[2] / "lti_tool/curriculum/content/pm-to-pmo"
CONTENT_WRITTEN = date(2026, 11, 24)  # not today: this test must not fail when a review is due


def test_a_sound_folder_has_no_faults(folder: CurriculumFolder) -> None:
    checked = folder.check()
    assert checked.faults == ()
    assert isinstance(checked.curriculum, Curriculum)


def test_the_content_of_the_product_has_no_errors() -> None:
    checked = check(CONTENT, CONTENT_WRITTEN)
    assert [str(fault) for fault in checked.errors] == []
    assert checked.curriculum is not None


def test_ten_faults_in_five_files_come_in_one_report(folder: CurriculumFolder) -> None:
    folder.edit("curriculum.yaml", "language: en", "language: 7")
    folder.edit("sources.yaml", "grade: B", "grade: D")
    folder.edit("sources.yaml", "title: First source", "name: First source")
    folder.edit(MODULE, "pass_mark: 0.8", "pass_mark: 80")
    folder.edit(LESSON, "[R02] or", "[E99] or")
    folder.edit(LESSON, "minutes: 5", "minutes: five")
    folder.edit(ITEMS, "bloom: apply", "bloom: know", "M1-TF-001")
    folder.edit(ITEMS, "correct: true", "correct: false", "M1-MR-001")
    folder.edit(ITEMS, "remediate: M1.L1", "remediate: M1.L5", "M1-OR-001")
    assert folder.faults() == [
        "curriculum.yaml:4: error: language: must be a text: put it in quotes",
        f"{ITEMS}:{folder.line(ITEMS, 'options:', 'M1-MR-001')}: error: M1-MR-001 options: "
        "at least two must be correct and not all, here are 1",
        f"{ITEMS}:{folder.line(ITEMS, 'bloom: know')}: error: M1-TF-001 bloom: must be one of "
        "remember, understand, apply, analyse, evaluate, create",
        f"{ITEMS}:{folder.line(ITEMS, 'remediate: M1.L5')}: error: M1-OR-001 "
        "feedback.remediate: there is no lesson M1.L5",
        "m1/l1.md:4: error: minutes: must be a whole number",
        "m1/l1.md:12: error: [E99] is not among the lesson's sources",
        "m1/module.yaml:9: error: quiz.pass_mark: must be a number from 0 to 1",
        "sources.yaml:1: error: R01 title: is missing",
        "sources.yaml:2: error: R01 name: unknown field",
        "sources.yaml:8: error: R02 grade: must be one of A, B, C",
    ]


def test_a_faulty_record_can_still_be_referred_to(folder: CurriculumFolder) -> None:
    folder.edit(LESSON, "title: First steps\n", "")
    folder.edit(CHECKS, "  stem: What is to be done?\n", "")
    folder.edit(MODULE, "purpose: To begin.\n", "")
    messages = [fault.message for fault in folder.check().faults]
    assert messages == ["M1.KC1 stem: is missing", "title: is missing", "purpose: is missing"]


@pytest.mark.parametrize("file", ["curriculum.yaml", "sources.yaml", MODULE, LESSON, CHECKS])
def test_a_broken_file_brings_no_faults_elsewhere_and_hides_none(
    folder: CurriculumFolder, file: str
) -> None:
    folder.edit(ITEMS, "stem: What", "stam: What")
    folder.write(file, "---\n" + folder.text(file).removeprefix("---\n") + "\nx: [")
    if file == LESSON:
        folder.edit(file, "title:", "title: [")
    found = folder.faults()
    assert [fault for fault in found if fault.startswith(file) and "is not YAML" in fault]
    assert len([fault for fault in found if fault.startswith(file)]) == 1
    assert [fault for fault in found if not fault.startswith(file)] == [
        "m1/items-graded.yaml:1: error: M1-SC-001 stem: is missing",
        "m1/items-graded.yaml:12: error: M1-SC-001 stam: unknown field",
    ]


def test_what_cannot_be_read_is_a_fault(folder: CurriculumFolder) -> None:
    folder.write("sources.yaml", b"- ref: R01\n  title: \xff\xfe\n")
    folder.write(CHECKS, b"- a\n- \x07\n")
    folder.write(LESSON, "No head at all")
    folder.write("m1/items-large.yaml", "- x\n" * 300_000)
    folder.write("m1/items-map.yaml", "id: M1-SC-001\n")
    folder.write("m1/items-words.yaml", "- one\n- [2]\n")
    folder.write("m1/items-empty.yaml", "")
    assert [fault for fault in folder.faults() if "asks for" not in fault] == [
        "m1/items-checks.yaml:2: error: the control character U+0007 is refused",
        "m1/items-empty.yaml:1: error: must be a list",
        "m1/items-large.yaml:1: error: is larger than 1 MiB: split the file",
        "m1/items-map.yaml:1: error: must be a list",
        "m1/items-words.yaml:1: error: item 10: an item must hold fields: id, type, stem and so on",
        "m1/items-words.yaml:2: error: item 11: an item must hold fields: id, type, stem and so on",
        "m1/l1.md:1: error: must begin with a head: fields between two lines ---",
        "sources.yaml:2: error: is not a UTF-8 text: save the file as UTF-8",
    ]


def test_missing_folders_and_files(folder: CurriculumFolder, tmp_path: Path) -> None:
    missing = check(tmp_path / "nowhere", TODAY)
    assert [str(fault) for fault in missing.faults] == [
        f"curriculum.yaml:1: error: there is no folder {tmp_path / 'nowhere'}"
    ]
    (tmp_path / "empty").mkdir()
    assert [str(fault) for fault in check(tmp_path / "empty", TODAY).faults] == [
        "curriculum.yaml:1: error: there is no such file",
        "sources.yaml:1: error: there is no such file",
    ]
    (folder.root / "curriculum.yaml").unlink()
    assert folder.faults() == ["curriculum.yaml:1: error: there is no such file"]


def test_links_out_of_the_folder_are_not_followed(folder: CurriculumFolder, tmp_path: Path) -> None:
    outside = CurriculumFolder(tmp_path / "outside")
    (folder.root / "m2").symlink_to(outside.root / "m1")
    (folder.root / "m1/l2.md").symlink_to(outside.root / LESSON)
    (folder.root / "m1/items-out.yaml").symlink_to(outside.root / ITEMS)
    (folder.root / "m1/l3.md").symlink_to(folder.root / "m1/l3.md")
    os.mkfifo(folder.root / "m1/l4.md")
    folder.edit("curriculum.yaml", "[m1]", "[m1, m2]")
    folder.edit(MODULE, "[l1]", "[l1, l2, l3, l4]")
    assert folder.faults() == [
        "curriculum.yaml:6: error: modules: there is no file m2/module.yaml",
        "m1/items-out.yaml:1: error: there is no such file",
        "m1/module.yaml:7: error: lessons: there is no file m1/l2.md",
        "m1/module.yaml:7: error: lessons: there is no file m1/l3.md",
        "m1/module.yaml:7: error: lessons: there is no file m1/l4.md",
    ]


def test_warnings_do_not_block(folder: CurriculumFolder) -> None:
    for file in (CHECKS, ITEMS):
        folder.edit(file, "text: Begin,", "text: Begin at once and without delay,")
    folder.edit(ITEMS, '  formula: "sum(w*s for w, s in zip(weights, scores))"\n', "")
    folder.write("m1/items-checks-2.yaml", item_yaml("ordering", "M1.KC2", "knowledge_check"))
    folder.write("m1/l9.md", "forgotten")
    folder.write("m1/notes.yml", "forgotten")
    folder.write("m8/module.yaml", "forgotten")
    folder.edit(ITEMS, "    - {id: t3, text: Noon, feedback: Nothing here is noon.}\n", "")
    checked = folder.check()
    assert checked.errors == ()
    assert checked.curriculum is not None
    assert [str(fault) for fault in checked.faults] == [
        "m1/items-checks-2.yaml:1: warning: M1.KC2 id: closes no lesson",
        f"{ITEMS}:{folder.line(ITEMS, 'targets:')}: warning: M1-MA-001 targets: give more "
        "targets than prompts, or the last pair gives itself away",
        f"{ITEMS}:{folder.line(ITEMS, 'answer:')}: warning: M1-NU-001 answer: is recomputed by "
        "nobody: give a formula",
        "m1/l9.md:1: warning: is not listed under lessons of its module",
        "m1/module.yaml:1: warning: id: the key is the longest option in 2 of 4 items, by chance "
        "it would be in 1: M1.KC1, M1-SC-001",
        "m1/notes.yml:1: warning: is not read: item files are named items-*.yaml",
        "m8/module.yaml:1: warning: is not listed under modules",
    ]


def test_rules_of_graded_use_leave_practice_alone(folder: CurriculumFolder) -> None:
    practice = item_yaml("single_choice", "M1-SC-002", "practice")
    folder.write("m1/items-practice.yaml", practice.replace("2027-11-24", "2020-01-01"))
    retired = item_yaml("single_choice", "M1-SC-003").replace("2027-11-24", "2020-01-01")
    folder.write("m1/items-old.yaml", retired + "  status: retired\n")
    assert folder.faults() == []
    folder.edit(MODULE, "single_choice: 1", "single_choice: 2")
    assert "here are 1" in folder.faults()[0]


def test_counts_of_options(folder: CurriculumFolder) -> None:
    more = "    - {{id: {}, text: More, correct: false, feedback: No.}}\n"
    folder.write(CHECKS, folder.text(CHECKS) + more.format("x") + more.format("y"))
    folder.edit(ITEMS, "    - {id: e, text: Five, correct: false, feedback: No.}\n", "")
    assert [fault.message for fault in folder.check().faults] == [
        "M1.KC1 options: must be 3 to 4, here are 5",
        "M1-MR-001 options: must be 5 to 8, here are 4",
    ]


def test_a_rubric_is_sound_too(folder: CurriculumFolder) -> None:
    folder.write("m1/items-more.yaml", item_yaml("short_text", "M1-ST-002", body=RUBRIC))
    assert folder.faults() == []
    folder.edit("m1/items-more.yaml", "method: rubric", "method: exact")
    folder.edit("m1/items-more.yaml", "points: 1", "points: 0")
    assert [fault.message for fault in folder.check().faults] == [
        "M1-ST-002 scoring.method: must be rubric"
    ]
    folder.edit("m1/items-more.yaml", "method: exact", "method: rubric")
    assert [fault.message for fault in folder.check().faults] == [
        "M1-ST-002 rubric: needs criteria with points in mode rubric"
    ]


def test_items_stand_in_the_folder_of_their_module(folder: CurriculumFolder) -> None:
    for file in ("module.yaml", "l1.md", "items-checks.yaml", "items-graded.yaml"):
        text = folder.text(f"m1/{file}").replace("M1", "M2").replace("number: 1", "number: 2")
        folder.write(f"m2/{file}", text)
    folder.edit("curriculum.yaml", "[m1]", "[m1, m2]")
    folder.edit("m2/module.yaml", "  draw:", "  spaced: 9\n  draw:")
    assert folder.faults() == []
    folder.write("m2/items-lost.yaml", item_yaml("ordering", "M1-OR-002"))
    folder.edit("m2/items-graded.yaml", "objective: M2.O1", "objective: M1.O1")
    assert folder.faults() == [
        "m2/items-graded.yaml:5: error: M2-SC-001 objective: M1.O1 belongs to M1, the item to M2",
        "m2/items-lost.yaml:3: error: M1-OR-002 module: M1 has the folder m1, the item stands "
        "elsewhere",
        "m2/module.yaml:14: error: quiz.draw.M2.O1.single_choice: asks for 1 graded items, here "
        "are 0",
    ]


def test_500_items_are_checked_in_seconds(folder: CurriculumFolder) -> None:
    for number in range(2, 57):
        names = {kind: name.replace("001", f"{number:03}") for kind, name in IDS.items()}
        text = "".join(item_yaml(kind, name) for kind, name in names.items())
        folder.write(f"m1/items-{number}.yaml", text)
    start = time.perf_counter()
    assert len(folder.check().document["items"]) > 500
    assert time.perf_counter() - start < 5
