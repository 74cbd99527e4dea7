"""Explanations of the types with options: chosen and right ones first, the rest on demand."""

from __future__ import annotations

from collections.abc import Iterable

from lti_tool.curriculum.items import (
    MultipleResponse,
    Option,
    Response,
    SingleChoice,
    SituationalJudgement,
    TrueFalseReason,
)
from lti_tool.quiz.explaining.lines import Group, Line, Words, remarks_by_part, rounded, verdict
from lti_tool.quiz.marking import Marked, Remark
from lti_tool.quiz.marking.marked import exact
from lti_tool.quiz.presenting import shown_options

_CHOICE_WORDS: Words = {
    "right": "Your choice, right",
    "partly": "Your choice, partly right",
    "not_right": "Your choice, not right",
    "missed": "The right answer",
    "open": "",
}
_SELECTION_WORDS: Words = {
    **_CHOICE_WORDS,
    "right": "Selected, right",
    "not_right": "Selected, not right",
    "missed": "Right, but not selected",
}
_JUDGEMENT_WORDS: Words = {
    **_CHOICE_WORDS,
    "right": "Your choice, the best response",
    "missed": "The best response",
}
_REASON_OF_OTHER_JUDGEMENT: Words = {
    **_CHOICE_WORDS,
    "not_right": "Your choice, the right reason, but for the other judgement",
}


def explain_choice(
    item: SingleChoice, marked: Marked, given: Response, seed: str
) -> tuple[Group, ...]:
    options = shown_options(item, item.options, seed)
    lines = _option_lines(options, remarks_by_part(marked), _CHOICE_WORDS)
    return (_group(lines, others_title="Why not the other answers?"),)


def explain_choices(
    item: MultipleResponse, marked: Marked, given: Response, seed: str
) -> tuple[Group, ...]:
    options = shown_options(item, item.options, seed)
    lines = _option_lines(options, remarks_by_part(marked), _SELECTION_WORDS)
    return (_group(lines, others_title="Why not the others?"),)


def explain_judgement(
    item: SituationalJudgement, marked: Marked, given: Response, seed: str
) -> tuple[Group, ...]:
    """As single choice; every response says what it earns, because several earn something."""
    options = shown_options(item, item.options, seed)
    worth = {option.id: f"Earns {rounded(exact(option.credit))} of 1" for option in options}
    lines = _option_lines(options, remarks_by_part(marked), _JUDGEMENT_WORDS, worth)
    return (_group(lines, others_title="What about the other responses?"),)


def explain_truth(
    item: TrueFalseReason, marked: Marked, given: Response, seed: str
) -> tuple[Group, ...]:
    truths = remarks_by_part(marked, "truth.")
    judgement = [
        _line(text, truths[key], _CHOICE_WORDS)
        for key, text in (("true", "True"), ("false", "False"))
    ]
    remarks = remarks_by_part(marked, "reason.")
    is_for_other = any(each.chosen and each.keyed and not each.credit for each in remarks.values())
    words = _REASON_OF_OTHER_JUDGEMENT if is_for_other else _CHOICE_WORDS
    reasons = _option_lines(shown_options(item, item.reasons, seed), remarks, words)
    return (
        _group(judgement, title="The statement is …", others_title="Why not the other?"),
        _group(reasons, title="… because", others_title="Why not the other reasons?"),
    )


def _line(text: str, remark: Remark, words: Words, worth: str = "") -> Line:
    found = verdict(remark)
    return Line(text=text, verdict=found, word=words[found], note=worth, feedback=remark.feedback)


def _option_lines(
    options: Iterable[Option],
    remarks: dict[str, Remark],
    words: Words,
    worth: dict[str, str] | None = None,
) -> list[Line]:
    worths = worth or {}
    return [
        _line(option.text, remarks[option.id], words, worths.get(option.id, ""))
        for option in options
    ]


def _group(lines: list[Line], *, title: str = "", others_title: str) -> Group:
    """Chosen lines first, then what would have been right, then the others."""
    chosen = [line for line in lines if line.verdict not in ("missed", "open")]
    missed = [line for line in lines if line.verdict == "missed"]
    others = [line for line in lines if line.verdict == "open"]
    return Group(
        title=title, lines=(*chosen, *missed), others=tuple(others), others_title=others_title
    )
