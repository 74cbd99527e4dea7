"""How an item is asked: every text, field and order of its page, so that templates only print.

All types come down to fields with a label and choices; a type's template arranges them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from lti_tool.curriculum.items import (
    Card,
    CardSort,
    Item,
    Matching,
    MultipleResponse,
    Numeric,
    Option,
    Ordering,
    Response,
    ShortText,
    SingleChoice,
    SituationalJudgement,
    TrueFalseReason,
)
from lti_tool.quiz.cleaning import TEXT_LIMIT, clean
from lti_tool.quiz.draw import element_order, option_order
from lti_tool.quiz.responses import CONFIDENCES, field_name


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One radio button, check box or entry of a select; `id` is that of its HTML element."""

    value: str
    text: str
    id: str
    selected: bool


@dataclass(frozen=True, kw_only=True)
class Field:
    """One form field; `value` is the text of a text field, `id` that of its HTML element."""

    name: str
    id: str
    label: str
    choices: tuple[Choice, ...] = ()
    value: str = ""


@dataclass(frozen=True, kw_only=True)
class Presentation:
    """An item ready to be asked, with what the learner has answered so far.

    `instruction` says how to answer; `template` is the type's own template; `fields` come in the
    order in which they are shown. `confidence` is None where the item does not ask for it.
    `figure_columns` are the columns of the stimulus's table, from 0, that hold figures only.
    """

    item: Item
    id: str
    template: str
    instruction: str
    fields: tuple[Field, ...]
    confidence: Field | None
    figure_columns: tuple[int, ...] = ()
    text_limit: int = TEXT_LIMIT


def present(
    item: Item, seed: str, response: object = None, confidence: str | None = None
) -> Presentation:
    """The item as the attempt with this seed shows it; `response` is the answer saved so far."""
    given = clean(item, response)
    return Presentation(
        item=item,
        id=_element_id(item.id),
        template=f"quiz/items/{item.type}.html",
        instruction=_instruction(item),
        fields=_FIELDS[type(item)](item, seed, given),
        confidence=_confidence(item, confidence),
        figure_columns=_figure_columns(item),
    )


def present_self_marking(item: ShortText, response: object = None) -> Field:
    """Check boxes with which the author of a rubric answer says which criteria it meets."""
    met = clean(item, response).get("criteria", [])
    choices = [(criterion.id, criterion.criterion) for criterion in item.rubric]
    return _field(item, ("criteria",), "Which of these does your text meet?", choices, met)


def words(count: int, noun: str) -> str:
    """ "1 point", "2 points"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _figure_columns(item: Item) -> tuple[int, ...]:
    table = item.stimulus.table if item.stimulus else None
    if table is None:
        return ()
    columns = enumerate(zip(*table.rows, strict=False))
    return tuple(
        number
        for number, cells in columns
        if all(re.fullmatch(r"[-+−]?[0-9][0-9.,' ]*%?", cell) for cell in cells)
    )


def _element_id(name: str) -> str:
    return "item-" + re.sub("[^A-Za-z0-9]+", "-", name)


def _field(
    item: Item,
    parts: tuple[str, ...],
    label: str,
    choices: Iterable[tuple[str, str]] = (),
    selected: Iterable[str | None] = (),
    value: str = "",
) -> Field:
    name = field_name(item, *parts)
    chosen = set(selected)
    return Field(
        name=name,
        id=_element_id(name),
        label=label,
        choices=tuple(
            Choice(value=key, text=text, id=_element_id(f"{name}.{key}"), selected=key in chosen)
            for key, text in choices
        ),
        value=value,
    )


def _confidence(item: Item, mark: str | None) -> Field | None:
    if not item.confidence_prompt:
        return None
    return _field(
        item, ("confidence",), "How sure are you? (optional)", CONFIDENCES.items(), [mark]
    )


def shown_options(item: Item, options: Iterable[Option], seed: str) -> list[Option]:
    """The options or reasons in the order in which this seed shows them."""
    by_id = {option.id: option for option in options}
    return [by_id[each] for each in option_order(seed, item, by_id)]


def shown_cards(item: CardSort, seed: str) -> list[Card]:
    """The cards in the order in which this seed shows them."""
    by_id = {card.id: card for card in item.cards}
    return [by_id[each] for each in option_order(seed, item, by_id)]


def _option_choices(item: Item, options: Iterable[Option], seed: str) -> list[tuple[str, str]]:
    return [(option.id, option.text) for option in shown_options(item, options, seed)]


def _choice_fields(
    item: SingleChoice | SituationalJudgement, seed: str, given: Response
) -> tuple[Field, ...]:
    choices = _option_choices(item, item.options, seed)
    return (_field(item, ("choice",), item.stem, choices, [given.get("choice")]),)


def _choices_fields(item: MultipleResponse, seed: str, given: Response) -> tuple[Field, ...]:
    choices = _option_choices(item, item.options, seed)
    return (_field(item, ("choices",), item.stem, choices, given.get("choices", [])),)


def _truth_fields(item: TrueFalseReason, seed: str, given: Response) -> tuple[Field, ...]:
    truths = [("true", "True"), ("false", "False")]
    reasons = _option_choices(item, item.reasons, seed)
    return (
        _field(item, ("truth",), "The statement is …", truths, [given.get("truth")]),
        _field(item, ("reason",), "… because", reasons, [given.get("reason")]),
    )


def _pair_fields(item: Matching, seed: str, given: Response) -> tuple[Field, ...]:
    text = {target.id: target.text for target in item.targets}
    choices = [(each, text[each]) for each in option_order(seed, item, text)]
    pairs = given.get("pairs", {})
    return tuple(
        _field(item, ("pair", prompt.id), prompt.text, choices, [pairs.get(prompt.id)])
        for prompt in item.prompts
    )


def _order_fields(item: Ordering, seed: str, given: Response) -> tuple[Field, ...]:
    text = {element.id: element.text for element in item.elements}
    positions = [(str(number), str(number)) for number in range(1, len(text) + 1)]
    place = {each: str(number) for number, each in enumerate(given.get("order", []), 1)}
    return tuple(
        _field(item, ("position", each), text[each], positions, [place.get(each)])
        for each in element_order(seed, item)
    )


def _card_fields(item: CardSort, seed: str, given: Response) -> tuple[Field, ...]:
    categories = [(category.id, category.label) for category in item.categories]
    cards = given.get("cards", {})
    return tuple(
        _field(item, ("card", card.id), card.text, categories, [cards.get(card.id)])
        for card in shown_cards(item, seed)
    )


def _number_fields(item: Numeric, seed: str, given: Response) -> tuple[Field, ...]:
    return (_field(item, ("number",), "Your answer", value=given.get("number", "")),)


def _text_fields(item: ShortText, seed: str, given: Response) -> tuple[Field, ...]:
    return (_field(item, ("text",), "Your answer", value=given.get("text", "")),)


_FIELDS: dict[type[Item], Callable[[Any, str, Response], tuple[Field, ...]]] = {
    SingleChoice: _choice_fields,
    MultipleResponse: _choices_fields,
    TrueFalseReason: _truth_fields,
    Matching: _pair_fields,
    Ordering: _order_fields,
    Numeric: _number_fields,
    ShortText: _text_fields,
    SituationalJudgement: _choice_fields,
    CardSort: _card_fields,
}

_INSTRUCTIONS: dict[type[Item], str] = {
    SingleChoice: "Choose one answer.",
    MultipleResponse: "Each wrong selection cancels a right one.",
    TrueFalseReason: "The reason earns credit only together with the right judgement.",
    Ordering: "Give each step its own position; 1 comes first.",
    SituationalJudgement: "Choose the best response. Some others earn part of the credit.",
    CardSort: "Choose a category for each card. A wrong one costs a little, an open one nothing.",
}


def _instruction(item: Item) -> str:
    if isinstance(item, Matching):
        return _matching_instruction(item)
    if isinstance(item, Numeric):
        return _number_instruction(item)
    if isinstance(item, ShortText):
        return _text_instruction(item)
    return _INSTRUCTIONS[type(item)]


def _matching_instruction(item: Matching) -> str:
    if item.targets_reusable:
        return "Choose one answer for each line. An answer may be used more than once."
    return "Choose one answer for each line. No answer is needed twice."


def _number_instruction(item: Numeric) -> str:
    if item.decimals:
        return f"Give {words(item.decimals, 'decimal')}, after a comma or a point."
    return "Type the number in digits."


def _text_instruction(item: ShortText) -> str:
    if item.max_words:
        return f"At most {words(item.max_words, 'word')}."
    if item.mode == "exact":
        return "One slip of the keyboard and capital letters do not matter."
    return ""
