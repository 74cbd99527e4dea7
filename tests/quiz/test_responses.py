"""From the rendered form to the answer and its mark; what is not the item's is dropped."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from lti_tool.curriculum.items import Item, Response
from lti_tool.quiz.marking import mark
from lti_tool.quiz.presenting import present, present_self_marking
from lti_tool.quiz.responses import (
    ResponseRefused,
    is_answered,
    is_complete,
    read_confidence,
    read_response,
    read_self_marking,
)
from tests.quiz.builders import (
    card_sort,
    matching,
    multiple_response,
    numeric,
    ordering,
    rubric,
    single_choice,
    term,
    true_false_reason,
)
from tests.quiz.forms import Page, render
from tests.quiz.samples import KEYED, one_of_each

EACH = pytest.mark.parametrize("item", one_of_each(), ids=lambda item: item.id)


def asked(item: Item, response: Response | None = None) -> Page:
    return Page(render("ask.html", asked=present(item, "seed", response), disabled=False))


def entries(item: Item, response: Response) -> Iterator[tuple[str, str]]:
    """The form fields that a learner with this answer would fill."""
    for key, value in response.items():
        if isinstance(value, dict):
            yield from (
                (f"{item.id}.{key.removesuffix('s')}.{part}", to) for part, to in value.items()
            )
        elif key == "order":
            yield from ((f"{item.id}.position.{each}", str(n)) for n, each in enumerate(value, 1))
        elif isinstance(value, list):
            yield from ((f"{item.id}.{key}", each) for each in value)
        else:
            yield f"{item.id}.{key}", value


def keyed_form(item: Item) -> MultiDict[str, str]:
    answer = {key: value for key, value in KEYED[item.id].items() if key != "criteria"}
    return MultiDict(entries(item, answer))


@EACH
def test_keyed_answer_goes_through_the_form(item: Item) -> None:
    """Every field of the keyed answer exists on the blank page, and is read back as the answer."""
    page = asked(item)
    offered = {(control.name, control.value) for control in page.controls}
    typed = {control.name for control in page.controls if control.kind in ("text", "textarea")}
    form = keyed_form(item)
    for name, value in form.items(multi=True):
        assert name in typed or (name, value) in offered
    marked = mark(item, read_response(item, form))
    assert marked.state == ("needs_marking" if item.id == "M5-ST-001" else "right")


@EACH
def test_a_saved_answer_stands_in_the_form_again(item: Item) -> None:
    answer = read_response(item, keyed_form(item))
    assert read_response(item, asked(item, answer).submit()) == answer


@EACH
def test_a_blank_form_is_no_answer(item: Item) -> None:
    assert read_response(item, asked(item).submit()) == {}
    assert read_response(item, MultiDict()) == {}


@EACH
def test_complete_and_answered(item: Item) -> None:
    assert is_complete(item, KEYED[item.id])
    assert is_answered(item, KEYED[item.id])
    assert not is_complete(item, {})
    assert not is_answered(item, {})


@pytest.mark.parametrize(
    ("item", "response"),
    [
        (true_false_reason(), {"truth": "true"}),
        (matching(), {"pairs": {"p1": "t1"}}),
        (ordering(), {"order": ["e1", None, "e2"]}),
        (card_sort(), {"cards": {"c1": "pm"}}),
    ],
    ids=lambda value: getattr(value, "id", ""),
)
def test_a_part_is_an_answer_but_not_complete(item: Item, response: Response) -> None:
    assert is_answered(item, response)
    assert not is_complete(item, response)
    assert read_response(item, asked(item, response).submit()) == response


@pytest.mark.parametrize(
    ("item", "fields", "response"),
    [
        (single_choice(), [("M1-SC-001.choice", "z")], {}),
        (single_choice(), [("M9-XX-001.choice", "a")], {}),
        (
            multiple_response(),
            [("M2-MR-001.choices", each) for each in ("c", "z", "a", "c")],
            {"choices": ["a", "c"]},
        ),
        (matching(), [("M1-MA-001.pair.p1", "t9"), ("M1-MA-001.pair.p9", "t1")], {}),
        (ordering(), [("M3-OR-001.position.e1", "0"), ("M3-OR-001.position.e2", "6")], {}),
        (term(), [("M8-ST-001.text", "a\0b\r\nc")], {"text": "ab\nc"}),
        (numeric(), [("M4-NU-001.number", " 4,00 ")], {"number": "4,00"}),
        (rubric(), [("M5-ST-001.text", "Hi"), ("M5-ST-001.criteria", "r1")], {"text": "Hi"}),
    ],
    ids=lambda value: getattr(value, "id", None),
)
def test_what_is_not_the_items_is_dropped(
    item: Item, fields: list[tuple[str, str]], response: Response
) -> None:
    assert read_response(item, MultiDict(fields)) == response


def test_two_elements_in_one_position_count_as_not_placed() -> None:
    form = MultiDict({f"M3-OR-001.position.e{n}": "1" for n in range(1, 5)})
    assert read_response(ordering(), form) == {}
    form["M3-OR-001.position.e5"] = "3"
    assert read_response(ordering(), form) == {"order": [None, None, "e5"]}


@pytest.mark.parametrize("item", [rubric(), term()], ids=["rubric", "term"])
def test_too_long_a_text_is_refused_in_words(item: Item) -> None:
    longest = MultiDict({f"{item.id}.text": "x" * 4000})
    assert is_answered(item, read_response(item, longest))
    with pytest.raises(ResponseRefused, match="4,001 characters; 4,000 can be kept") as caught:
        read_response(item, MultiDict({f"{item.id}.text": "x" * 4001}))
    assert caught.value.fields == {f"{item.id}.text": [caught.value.message]}


def test_an_author_marks_a_rubric_answer() -> None:
    item, answer = rubric(), {"text": "Please agree."}
    page = Page(
        render(
            "self_marking.html",
            marking_field=present_self_marking(item, {**answer, "criteria": ["r2"]}),
            disabled=False,
        )
    )
    assert read_self_marking(item, page.submit(), answer) == {**answer, "criteria": ["r2"]}
    assert read_self_marking(item, MultiDict(), answer) == {**answer, "criteria": []}


@pytest.mark.parametrize(
    ("value", "mark"), [("sure", "sure"), ("guess", "guess"), ("certain", None), ("", None)]
)
def test_confidence(value: str, mark: str | None) -> None:
    assert read_confidence(single_choice(), MultiDict({"M1-SC-001.confidence": value})) == mark


NAMES = sorted({control.name for item in one_of_each() for control in asked(item).controls})


@given(
    item=st.sampled_from(one_of_each()),
    fields=st.lists(st.tuples(st.sampled_from(NAMES), st.text(max_size=30))),
)
def test_any_form_gives_an_answer_that_can_be_marked(
    item: Item, fields: list[tuple[str, str]]
) -> None:
    response = read_response(item, MultiDict(fields))
    assert is_answered(item, response) == bool(response)
    assert 0 <= mark(item, response).credit <= 1
