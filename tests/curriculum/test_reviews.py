"""Facts and items that age: before their day, on it, and after it."""

from __future__ import annotations

from datetime import date, timedelta

from lti_tool.curriculum.reviews import reviews_due
from tests.curriculum.builders import ITEMS, LESSON, MODULE, TODAY, CurriculumFolder, item_yaml

FACT = "{ref: R02, claim: Begin slowly., as_of: 2023, grade: B"


def test_a_fact_is_stale_after_its_day(folder: CurriculumFolder) -> None:
    folder.edit(LESSON, FACT, f"{FACT}, review_by: {TODAY}")
    curriculum = folder.check().curriculum
    assert curriculum is not None
    lesson = curriculum.modules[0].lessons[0]
    assert lesson.stale_claims(TODAY) == ()
    assert [claim.ref for claim in lesson.stale_claims(TODAY + timedelta(1))] == ["R02"]


def test_a_stale_item_is_a_warning_and_no_hindrance(folder: CurriculumFolder) -> None:
    folder.edit(ITEMS, "review_by: 2027-11-24", "review_by: 2026-11-23", "M1-SC-001")
    checked = folder.check()
    assert checked.curriculum is not None
    assert [str(fault) for fault in checked.faults] == [
        f"{ITEMS}:{folder.line(ITEMS, 'review_by: 2026')}: warning: M1-SC-001 review_by: "
        "2026-11-23 is past: the item is not drawn until it is reviewed",
        f"{MODULE}:{folder.line(MODULE, 'single_choice')}: warning: "
        "quiz.draw.M1.O1.single_choice: asks for 1 items, but only 0 are not past their review",
    ]


def test_a_second_item_fills_the_place_of_a_stale_one(folder: CurriculumFolder) -> None:
    folder.edit(ITEMS, "review_by: 2027-11-24", "review_by: 2026-11-23", "M1-SC-001")
    folder.write("m1/items-more.yaml", item_yaml("single_choice", "M1-SC-002"))
    assert len(folder.faults()) == 1


def test_what_is_due_comes_in_the_order_of_its_days(folder: CurriculumFolder) -> None:
    folder.edit(LESSON, FACT, f"{FACT}, review_by: 2027-01-23")
    folder.edit(ITEMS, "review_by: 2027-11-24", "review_by: 2026-11-23", "M1-SC-001")
    folder.edit(ITEMS, "review_by: 2027-11-24", "review_by: 2027-01-24", "M1-MR-001")
    checked = folder.check()
    assert checked.curriculum is not None
    due = reviews_due(checked.curriculum, TODAY)
    assert [(each.name, each.review_by, each.is_past(TODAY)) for each in due] == [
        ("M1-SC-001", date(2026, 11, 23), True),
        ("M1.L1 R02", date(2027, 1, 23), False),
    ]
    places = [checked.places.find(each.path) for each in due]
    assert [(place.file, place.line) for place in places] == [
        (ITEMS, folder.line(ITEMS, "review_by: 2026")),
        (LESSON, folder.line(LESSON, "2027-01-23")),
    ]
