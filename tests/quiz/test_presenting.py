"""How items are asked and marked answers shown: what the pages say, and to whom."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.curriculum.items import Item, Response, Stimulus, Table
from lti_tool.quiz.explaining import Group, Typed, credit_in_words, explain
from lti_tool.quiz.explaining.answers import number_in_words
from lti_tool.quiz.marking import mark
from lti_tool.quiz.presenting import Presentation, present
from tests.quiz.builders import (
    card_sort,
    elements,
    matching,
    multiple_response,
    numeric,
    ordering,
    rubric,
    single_choice,
    situational_judgement,
    term,
    true_false_reason,
)
from tests.quiz.forms import Page, render
from tests.quiz.samples import KEYED, one_of_each

EACH = pytest.mark.parametrize("item", one_of_each(), ids=lambda item: item.id)


def values(presentation: Presentation, number: int = 0) -> list[str]:
    return [choice.value for choice in presentation.fields[number].choices]


def ask(item: Item, *, disabled: bool = False) -> str:
    return render("ask.html", asked=present(item, "seed"), disabled=disabled)


def marked_page(item: Item, response: Response, **inputs: str) -> str:
    explained = explain(item, mark(item, response), response, "seed")
    return render("marked.html", explained=explained, **{"lesson_url": "", **inputs})


def text_of(html: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", html).split())


@EACH
def test_every_control_has_a_label_and_every_id_is_unique(item: Item) -> None:
    page = Page(ask(item))
    assert page.controls
    for control in page.controls:
        assert page.labels[control.id].strip()
    assert len(page.ids) == len(set(page.ids))
    assert set(page.described_by) <= set(page.ids)


@EACH
def test_the_question_is_the_legend_and_nothing_is_inline(item: Item) -> None:
    html = ask(item)
    assert f'<legend class="item-stem">{item.stem}' in html.replace("&#39;", "'")
    for _, attributes in Page(html).tags:
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]


@EACH
def test_a_finished_question_cannot_be_changed(item: Item) -> None:
    fieldsets = [found for tag, found in Page(ask(item, disabled=True)).tags if tag == "fieldset"]
    assert "disabled" in fieldsets[0]


@EACH
def test_authored_texts_are_escaped(item: Item) -> None:
    changed = type(item)(**{**vars(item), "stem": "<script>1</script>"})
    assert "<script>" not in ask(changed)
    assert "<script>" not in render("recall.html", asked=present(changed, "seed"))


@given(st.text(max_size=10), st.sampled_from(one_of_each()))
def test_a_seed_shows_an_item_always_in_the_same_way(seed: str, item: Item) -> None:
    assert present(item, seed) == present(item, seed)


@given(st.text(max_size=10))
def test_true_stays_before_false(seed: str) -> None:
    assert values(present(true_false_reason(), seed)) == ["true", "false"]


def test_without_shuffle_options_keep_their_order() -> None:
    assert values(present(single_choice(shuffle=False), "seed")) == ["a", "b", "c", "d"]


def test_matching_shuffles_targets_and_keeps_prompts() -> None:
    shown = [present(matching(), str(seed)) for seed in range(10)]
    assert len({tuple(values(each)) for each in shown}) > 1
    assert {tuple(field.name for field in each.fields) for each in shown} == {
        tuple(f"M1-MA-001.pair.p{number}" for number in range(1, 5))
    }


def test_confidence_is_asked_only_where_the_item_says_so() -> None:
    assert "How sure are you?" in ask(single_choice())
    assert "How sure are you?" not in ask(rubric())
    chosen = present(single_choice(), "seed", {}, "fairly").confidence
    assert chosen is not None
    assert [choice.value for choice in chosen.choices if choice.selected] == ["fairly"]


def test_figures_stand_flush_right_and_words_do_not() -> None:
    assert present(numeric(), "seed").figure_columns == (1, 2)
    words = Table(header=("A", "B"), rows=(("x", "1,200"), ("y", "none")))
    item = single_choice(stimulus=Stimulus(table=words))
    assert present(item, "seed").figure_columns == ()


def test_a_number_field_brings_up_digits_and_names_its_unit() -> None:
    html = ask(numeric(unit="days"))
    assert 'inputmode="decimal"' in html
    assert "days" in text_of(html)


@pytest.mark.parametrize(
    ("item", "response", "words"),
    [
        (situational_judgement(), {"choice": "b"}, "Partly right: 0.67 of 1 point"),
        (matching(max_points=2), {"pairs": {"p1": "t1"}}, "Partly right: 0.5 of 2 points"),
        (single_choice(), {"choice": "a"}, "Right: 1 of 1 point"),
        (single_choice(), {"choice": "b"}, "Not right: 0 of 1 point"),
        (single_choice(), {}, "No answer: 0 of 1 point"),
        (rubric(), {"text": "Hello"}, "Not marked yet"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_credit_in_words(item: Item, response: Response, words: str) -> None:
    assert credit_in_words(mark(item, response), item) == words
    assert words in text_of(marked_page(item, response))


@EACH
@pytest.mark.parametrize("is_keyed", [True, False])
def test_every_marked_page_has_unique_ids_and_icons_with_words(item: Item, is_keyed: bool) -> None:
    html = marked_page(item, KEYED[item.id] if is_keyed else {})
    page = Page(html)
    assert len(page.ids) == len(set(page.ids))
    icons = [found for tag, found in page.tags if tag == "svg"]
    assert icons and all(found["aria-hidden"] == "true" for found in icons)
    for line in re.findall(r'<span class="marked-verdict">.*?</span>', html, re.DOTALL):
        assert text_of(line)


def test_chosen_and_right_options_come_first_and_the_others_on_demand() -> None:
    item, response = single_choice(), {"choice": "b"}
    explained = explain(item, mark(item, response), response, "seed")
    assert isinstance(explained.body, tuple)
    group = explained.body[0]
    assert [line.word for line in group.lines] == ["Your choice, not right", "The right answer"]
    assert group.lines[0].feedback.startswith("About b")
    assert len(group.others) == 2
    assert text_of(marked_page(item, response)).index("Why not the other answers?") > 0


def test_multiple_response_says_what_was_missed() -> None:
    shown = text_of(marked_page(multiple_response(), {"choices": ["a", "e"]}))
    assert shown.count("Right, but not selected") == 3
    assert shown.count("Selected, not right") == 1


def test_the_right_reason_for_the_other_judgement_is_said_so() -> None:
    shown = text_of(marked_page(true_false_reason(), {"truth": "true", "reason": "a"}))
    assert "the right reason, but for the other judgement" in shown
    assert "Good PMOs look different" in shown


def test_judgement_says_what_every_response_earns() -> None:
    shown = text_of(marked_page(situational_judgement(), {"choice": "c"}))
    for worth in ("Earns 1 of 1", "Earns 0.67 of 1", "Earns 0.33 of 1", "Earns 0 of 1"):
        assert worth in shown


@pytest.mark.parametrize(
    ("item", "response", "reason"),
    [
        (
            multiple_response(),
            {"choices": ["a", "e"]},
            "1 of 4 right answers selected, and 1 wrong. Each wrong selection cancels a right one.",
        ),
        (multiple_response(), {"choices": ["a"]}, "1 of 4 right answers selected."),
        (matching(), {"pairs": {"p1": "t1", "p2": "t1"}}, "1 of 4 pairs right."),
        (card_sort(), {"cards": {"c1": "pm"}}, "1 of 9 cards right."),
        (
            card_sort(),
            {"cards": {"c1": "pm", "c2": "pmo"}},
            "1 of 9 cards right, and 1 wrong. "
            "Each wrong card takes off 1/2 of what a right one earns.",
        ),
        (ordering(), {"order": ["e1", "e2"]}, "1 of 10 pairs of steps in order."),
        (
            ordering(),
            {"order": ["e2", "e1", "e3", "e4", "e5"]},
            "9 of 10 pairs of steps in order, and 1 the wrong way round. "
            "Each of these cancels a right one.",
        ),
        (matching(), {}, ""),
        (single_choice(), {"choice": "a"}, ""),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_credit_is_shown_with_its_reason(item: Item, response: Response, reason: str) -> None:
    assert explain(item, mark(item, response), response, "seed").reason == reason
    assert reason in text_of(marked_page(item, response))


def test_matching_shows_yours_right_and_why_and_opens_an_unneeded_choice() -> None:
    html = marked_page(matching(), {"pairs": {"p1": "t5"}})
    shown = text_of(html)
    assert "Not right Problem-solving Strategic thinking Pair 1" in shown
    assert shown.count("No answer") == 3
    assert re.search(r"<details[^>]* open", html)
    assert not re.search(r"<details[^>]* open", marked_page(matching(), {"pairs": {"p1": "t1"}}))


def test_card_sort_names_the_categories() -> None:
    shown = text_of(marked_page(card_sort(), {"cards": {"c1": "pmo"}}))
    assert "Re-plans a project Not right Mainly the PMO leader Mainly the project manager" in shown


def test_ordering_lists_the_right_order_and_counts_what_is_crossed() -> None:
    response = {"order": ["e2", "e3", "e4", "e1"]}
    explained = explain(ordering(), mark(ordering(), response), response, "seed")
    assert isinstance(explained.body, tuple)
    (group,) = explained.body
    assert [line.word for line in group.lines] == [
        "Out of order with 3 others",
        *["Out of order with 1 other"] * 3,
        "Not placed",
    ]
    assert [line.given for line in group.lines] == ["4", "1", "2", "3", ""]


def test_places_of_equals_are_a_range() -> None:
    item = ordering(elements=elements(1, 2, 2))
    (group,) = bodies(item, {})
    assert [line.expected for line in group.lines] == ["1", "2–3", "2–3"]


def bodies(item: Item, response: Response) -> tuple[Group, ...]:
    body = explain(item, mark(item, response), response, "seed").body
    assert isinstance(body, tuple)
    return body


def typed(item: Item, response: Response) -> Typed:
    body = explain(item, mark(item, response), response, "seed").body
    assert isinstance(body, Typed)
    return body


def test_a_slip_a_near_miss_and_an_unreadable_number_are_explained() -> None:
    assert "plain mean" in typed(numeric(), {"number": "3.8"}).hint
    assert "business case" in typed(term(), {"text": "business case"}).hint
    assert "such as 1234.50" in typed(numeric(), {"number": "about four"}).hint
    assert typed(numeric(), {"number": "4"}).hint == ""


@pytest.mark.parametrize(
    ("answer", "decimals", "unit", "words"),
    [
        (4.0, 2, "", "4.00"),
        (1364, 0, "thousand", "1,364 thousand"),
        (2.25, 0, "days", "2.25 days"),
        (0.1, 1, "", "0.1"),
    ],
)
def test_a_number_in_words(answer: float, decimals: int, unit: str, words: str) -> None:
    assert number_in_words(numeric(answer=answer, decimals=decimals, unit=unit)) == words


def test_a_rubric_shows_what_is_met_and_its_model() -> None:
    shown = text_of(marked_page(rubric(), {"text": "Please.", "criteria": ["r1"]}))
    assert shown.count("Not met yet") == 3
    assert "Add 2." in shown
    assert "A model answer Please agree" in shown


def test_the_lesson_to_look_at_again() -> None:
    html = marked_page(single_choice(), {}, lesson_url="/l2", lesson_title="Side by side")
    assert 'href="/l2"' in html
    assert "Look again at: Side by side" in text_of(html)
    assert "Look again" not in marked_page(single_choice(), {})
