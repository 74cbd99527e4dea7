"""What a sound document loads into, and that its published form loads into the same."""

from __future__ import annotations

import copy
import json
import time
from datetime import date
from typing import Any

import pytest
from marshmallow import ValidationError

from lti_tool.curriculum import items
from lti_tool.curriculum.checking import canonical_json, digest
from lti_tool.curriculum.documents import Curriculum, Slot
from lti_tool.curriculum.faults import problems_of
from lti_tool.curriculum.schemas import load_curriculum
from tests.curriculum.builders import CHECKS, IDS, ITEMS, RUBRIC, CurriculumFolder, item_yaml


@pytest.fixture
def curriculum(folder: CurriculumFolder) -> Curriculum:
    return load_curriculum(folder.document())


def messages(document: dict[str, Any]) -> list[str]:
    with pytest.raises(ValidationError) as raised:
        load_curriculum(document)
    return [f"{problem.path}: {problem.message}" for problem in problems_of(raised.value.messages)]


def test_a_module_with_its_lesson_and_quiz(curriculum: Curriculum) -> None:
    module = curriculum.module_by_id["M1"]
    assert [objective.id for objective in module.objectives] == ["M1.O1"]
    assert module.quiz.attempts is None
    assert module.quiz.draw == (
        Slot(objective="M1.O1", type="single_choice", count=1),
        Slot(objective="M1.O1", type="numeric", count=1),
    )
    lesson = module.lesson("l1")
    assert lesson is not None
    assert lesson.html.startswith("<p>Slowly<sup>")
    assert curriculum.source_by_ref["R02"].date == "2023"


def test_a_lessons_sources_stand_in_the_order_of_their_numbers(curriculum: Curriculum) -> None:
    _, lesson = curriculum.lesson_by_id["M1.L1"]
    assert [source.ref for source in lesson.sources] == ["R02", "R01"]
    assert [source.as_of for source in lesson.sources] == ["2023", "2024-05-13"]


def test_what_every_item_has(curriculum: Curriculum) -> None:
    item = curriculum.item_by_id["M1-SC-001"]
    assert (item.difficulty, item.expected_p) == (1, 0.8)
    assert item.review_by == date(2027, 11, 24)
    assert item.feedback == items.ItemFeedback(remediate="M1.L1", general="Think again.")
    assert (item.interaction, item.text_alternative) == ("radio_group", "not_needed")
    assert (item.status, item.version, item.shuffle, item.max_points) == ("draft", 1, True, 1)


def test_each_type_becomes_its_class(curriculum: Curriculum) -> None:
    classes = {item.type: type(item).__name__ for item in curriculum.items}
    assert classes == {kind: kind.title().replace("_", "") for kind in IDS}


def test_own_fields_of_the_types(curriculum: Curriculum) -> None:
    by_id: dict[str, Any] = dict(curriculum.item_by_id)
    assert [option.credit for option in by_id["M1-SC-001"].options] == [1, 0, 0]
    assert [option.credit for option in by_id["M1-SJ-001"].options] == [1, 0.67, 0.33, 0]
    assert by_id["M1-SJ-001"].panel_note == "Provisional."
    assert by_id["M1-TF-001"].truth_feedback == {"true": "Not half.", "false": "Less than half."}
    assert by_id["M1-MA-001"].key == {"p1": "t1", "p2": "t2"}
    assert by_id["M1-NU-001"].stimulus.table.rows == (("Fit", "40%", "4"), ("Benefit", "60%", "2"))
    assert by_id["M1-NU-001"].parameters["vary"] == {"scores": {"min": 1, "max": 5}}
    assert by_id["M1-NU-001"].slips[1].credit == 0.5
    assert by_id["M1-ST-001"].accepted == ("mandate", "charter")
    assert by_id["M1-CS-001"].cards[2].category == "two"


def test_credit_in_the_place_of_correct(folder: CurriculumFolder) -> None:
    folder.edit(ITEMS, "correct: true", "credit: 1")
    folder.edit(ITEMS, "correct: false", "credit: 0.0")
    item = load_curriculum(folder.document()).item_by_id["M1-SC-001"]
    assert isinstance(item, items.SingleChoice)
    assert [option.correct for option in item.options] == [True, False, False]


def test_a_rubric_and_a_text_above_the_stem(folder: CurriculumFolder) -> None:
    body = RUBRIC + "  stimulus: Testing is at 80%.\n"
    folder.write("m1/items-more.yaml", item_yaml("short_text", "M1-ST-002", body=body))
    item = load_curriculum(folder.document()).item_by_id["M1-ST-002"]
    assert isinstance(item, items.ShortText)
    assert item.stimulus == items.Stimulus(text="Testing is at 80%.")
    assert (item.mode, item.max_words, item.rubric[0].points) == ("rubric", 60, 1)


def test_the_published_form_loads_into_the_same(folder: CurriculumFolder) -> None:
    document = folder.check().document
    assert load_curriculum(document) == load_curriculum(json.loads(canonical_json(document)))
    assert load_curriculum(document) == folder.check().curriculum


def test_the_digest_follows_what_is_said_not_how_it_is_written(folder: CurriculumFolder) -> None:
    before = digest(folder.check().document)
    folder.edit(CHECKS, "  bloom: apply\n", "")
    folder.edit(CHECKS, "  pool:", "  bloom: 'apply'  # as before\n  pool:")
    assert digest(folder.check().document) == before
    folder.edit(CHECKS, "Think again", "Think twice")
    assert digest(folder.check().document) != before


def test_faults_name_what_to_write(folder: CurriculumFolder) -> None:
    document = folder.document()
    _, single, multiple, truth, matching, *_ = document["items"]
    single["options"][0]["feedback"] = " "
    single["type"] = "singel_choice"
    multiple.update(stem=12, color="red", review_by="24.11.2027", bloom="know")
    truth["truth"] = "false"
    matching["key"] = [1]
    document["modules"][0]["quiz"]["draw"]["M1.O1"]["essay"] = 1
    del document["modules"][0]["lessons"][0]["title"]
    assert sorted(messages(document)) == [
        "('items', 1, 'type'): must be one of single_choice, multiple_response, "
        "true_false_reason, matching, ordering, numeric, short_text, situational_judgement, "
        "card_sort",
        "('items', 2, 'bloom'): must be one of remember, understand, apply, analyse, evaluate, "
        "create",
        "('items', 2, 'color'): unknown field",
        "('items', 2, 'review_by'): must be a date such as 2027-11-24",
        "('items', 2, 'stem'): must be a text: put it in quotes",
        "('items', 3, 'truth'): must be true or false",
        "('items', 4, 'key'): must be names with values, such as {p1: t1}",
        "('modules', 0, 'lessons', 0, 'title'): is missing",
        "('modules', 0, 'quiz', 'draw', 'M1.O1', 'essay'): must be one of single_choice, "
        "multiple_response, true_false_reason, matching, ordering, numeric, short_text, "
        "situational_judgement, card_sort",
    ]


@pytest.mark.parametrize("first", [0, 3])
def test_any_value_in_any_place_gives_messages_only(folder: CurriculumFolder, first: int) -> None:
    sound = folder.document()
    strange: list[Any] = [None, True, 3, "x", [None], {"a": None}]
    for number, path in enumerate(_paths(sound), first):
        spoilt = copy.deepcopy(sound)
        target: Any = spoilt
        for step in path[:-1]:
            target = target[step]
        target[path[-1]] = strange[number % len(strange)]
        try:
            load_curriculum(spoilt)
        except ValidationError as error:
            assert all(problem.message for problem in problems_of(error.messages))


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [found for key, each in inner for found in [(*path, key), *_paths(each, (*path, key))]]


def test_500_items_load_in_a_blink(folder: CurriculumFolder) -> None:
    document = folder.document()
    document["items"] = (document["items"] * 60)[:500]
    text = canonical_json(document)
    start = time.process_time()
    load_curriculum(json.loads(text))
    assert time.process_time() - start < 0.6  # seconds of the processor: 0.2 alone
