"""Explanations of typed answers: a number, a term, or a short text with its rubric."""

from __future__ import annotations

from lti_tool.curriculum.items import Numeric, Response, ShortText
from lti_tool.quiz.explaining.lines import Line, Typed, remarks_by_part, verdict
from lti_tool.quiz.marking import Marked
from lti_tool.quiz.marking.marked import exact


def explain_number(item: Numeric, marked: Marked, given: Response, seed: str) -> Typed:
    text = given.get("number", "")
    return Typed(given=text, expected=number_in_words(item), hint=_hint(marked))


def explain_text(item: ShortText, marked: Marked, given: Response, seed: str) -> Typed:
    text = given.get("text", "")
    if item.mode == "rubric":
        return Typed(given=text, criteria=_criteria(item, marked))
    return Typed(given=text, expected=next(iter(item.accepted), ""), hint=_hint(marked))


def number_in_words(item: Numeric) -> str:
    """The answer with its decimals and unit, such as "4.00" or "1,364 thousand"."""
    text = f"{item.answer:,.{item.decimals}f}"
    if exact(item.answer) != exact(float(text.replace(",", ""))):
        text = f"{item.answer:,}"  # the item states fewer decimals than its answer has
    return f"{text} {item.unit}".strip()


def _hint(marked: Marked) -> str:
    """The feedback on a slip, a near miss or an unreadable number."""
    return next((each.feedback for each in marked.remarks if each.chosen and each.feedback), "")


def _criteria(item: ShortText, marked: Marked) -> tuple[Line, ...]:
    """What the text should do; met or not as soon as a person has marked it."""
    remarks = remarks_by_part(marked)
    if marked.state in ("needs_marking", "unanswered"):
        return tuple(Line(text=each.criterion, verdict="open") for each in item.rubric)
    lines = []
    for criterion in item.rubric:
        remark = remarks[criterion.id]
        met = verdict(remark) == "right"
        lines.append(
            Line(
                text=criterion.criterion,
                verdict="right" if met else "not_right",
                word="Met" if met else "Not met yet",
                feedback=remark.feedback,
            )
        )
    return tuple(lines)
