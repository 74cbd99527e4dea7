"""Matching, card sort and ordering explained: a line a part, its given and its right answer."""

from __future__ import annotations

from lti_tool.curriculum.items import CardSort, Element, Matching, Ordering, Response
from lti_tool.quiz.explaining.lines import Group, Line, Verdict, remarks_by_part
from lti_tool.quiz.marking import Marked, Remark
from lti_tool.quiz.presenting import shown_cards


def explain_pairs(item: Matching, marked: Marked, given: Response, seed: str) -> tuple[Group, ...]:
    """A line a prompt; then the targets that no prompt needs, opened if the learner used one."""
    remarks = remarks_by_part(marked)
    text = {target.id: target.text for target in item.targets}
    pairs = [_pair_line(prompt.text, remarks[prompt.id], text) for prompt in item.prompts]
    unneeded = [remark for remark in marked.remarks if not remark.keyed and remark.feedback]
    group = Group(
        lines=tuple(pairs),
        others=tuple(
            Line(text=text[remark.part], verdict="open", feedback=remark.feedback)
            for remark in unneeded
        ),
        others_title="Answers that no line needs",
        is_open=any(remark.chosen for remark in unneeded),
    )
    return (group,)


def explain_cards(item: CardSort, marked: Marked, given: Response, seed: str) -> tuple[Group, ...]:
    remarks = remarks_by_part(marked)
    label = {category.id: category.label for category in item.categories}
    cards = shown_cards(item, seed)
    return (Group(lines=tuple(_pair_line(card.text, remarks[card.id], label) for card in cards)),)


def _pair_line(text: str, remark: Remark, answers: dict[str, str]) -> Line:
    verdict, word = _pair_verdict(remark)
    return Line(
        text=text,
        verdict=verdict,
        word=word,
        given=answers.get(remark.given, ""),
        expected=answers[remark.expected],
        feedback=remark.feedback,
    )


def _pair_verdict(remark: Remark) -> tuple[Verdict, str]:
    if not remark.chosen:
        return "unanswered", "No answer"
    if remark.given == remark.expected:
        return "right", "Right"
    return "not_right", "Not right"


def explain_order(item: Ordering, marked: Marked, given: Response, seed: str) -> tuple[Group, ...]:
    """The elements in their right order; each says where it was placed and how many it crosses."""
    remarks = remarks_by_part(marked)
    order = given.get("order", [])
    lines = []
    for element in sorted(item.elements, key=lambda each: each.rank):
        remark = remarks[element.id]
        verdict, word = _order_verdict(remark, _crossed(element, item, order))
        lines.append(
            Line(
                text=element.text,
                verdict=verdict,
                word=word,
                given=remark.given,
                expected=remark.expected.replace("-", "–"),
                feedback=remark.feedback,
            )
        )
    return (Group(lines=tuple(lines)),)


def _crossed(element: Element, item: Ordering, order: list[str | None]) -> int:
    """How many other elements stand on the wrong side of this one."""
    if element.id not in order:
        return 0
    place = order.index(element.id)
    return sum(
        (other.rank < element.rank) != (order.index(other.id) < place)
        for other in item.elements
        if other.id in order and other.rank != element.rank
    )


def _order_verdict(remark: Remark, crossed: int) -> tuple[Verdict, str]:
    """An element is not right when it is out of order with as many others as it is in order."""
    if not remark.chosen:
        return "unanswered", "Not placed"
    if not crossed:
        return "right", "In order"
    others = "1 other" if crossed == 1 else f"{crossed} others"
    return ("partly" if remark.credit > 0 else "not_right"), f"Out of order with {others}"
