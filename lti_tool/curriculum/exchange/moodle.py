"""Moodle XML: writing questions (Moodle documentation, "Moodle XML format")."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from lti_tool.curriculum.exchange.questions import (
    ChoiceQuestion,
    EssayQuestion,
    Left,
    NumberQuestion,
    OrderQuestion,
    PairsQuestion,
    Question,
    WordsQuestion,
)
from lti_tool.curriculum.plain import markup

KINDS: dict[type[Question], str] = {
    ChoiceQuestion: "multichoice",
    PairsQuestion: "matching",
    OrderQuestion: "ordering",
    NumberQuestion: "numerical",
    WordsQuestion: "shortanswer",
    EssayQuestion: "essay",
}
FRACTIONS = (
    100, 90, 83.33333, 80, 75, 70, 66.66667, 60, 50, 40, 33.33333, 30, 25, 20, 16.66667,
    14.28571, 12.5, 11.11111, 10, 5, 0,
)  # fmt: skip
"""The only percentages that Moodle takes for an answer, each also below zero."""


def write_moodle(questions: Iterable[Question]) -> tuple[bytes, list[Left]]:
    """The file, and what Moodle has no form for."""
    quiz, left = Element("quiz"), []
    for question in questions:
        quiz.append(_question(question))
        if any(_fraction(credit) != round(credit * 100, 5) for credit in _credits(question)):
            left.append(Left(question.name, "a credit was rounded to one that Moodle takes"))
    indent(quiz)
    return tostring(quiz, encoding="utf-8", xml_declaration=True) + b"\n", left


def _credits(question: Question) -> list[float]:
    if isinstance(question, ChoiceQuestion | NumberQuestion | WordsQuestion):
        return [answer.credit for answer in question.answers]
    return []


def _fraction(credit: float) -> float:
    nearest = min(FRACTIONS, key=lambda each: abs(each - abs(credit) * 100))
    return -nearest if credit < 0 else nearest


def _question(question: Question) -> Element:
    node = Element("question", type=KINDS[type(question)])
    _text(SubElement(node, "name"), question.name)
    _text(SubElement(node, "questiontext", format="html"), markup(question.text))
    _text(SubElement(node, "generalfeedback", format="html"), markup(question.explanation))
    _leaf(node, "defaultgrade", f"{question.points:g}")
    _leaf(node, "penalty", "0")
    _leaf(node, "hidden", "0")
    _leaf(node, "idnumber", question.name)
    _WRITERS[type(question)](node, question)
    tags = SubElement(node, "tags")
    for name, value in question.labels.items():
        _text(SubElement(tags, "tag"), f"{name}={value}")
    return node


def _text(node: Element, text: str) -> None:
    SubElement(node, "text").text = text


def _leaf(node: Element, name: str, text: str) -> None:
    SubElement(node, name).text = text


def _answer(
    node: Element, text: str, fraction: float, feedback: str, *, plain: bool = False
) -> Element:
    form = "moodle_auto_format" if plain else "html"
    answer = SubElement(node, "answer", fraction=f"{fraction:.9g}", format=form)
    _text(answer, text if plain else markup(text))
    _text(SubElement(answer, "feedback", format="html"), markup(feedback))
    return answer


def _choice(node: Element, question: ChoiceQuestion) -> None:
    _leaf(node, "single", str(not question.multiple).lower())
    _leaf(node, "shuffleanswers", str(question.shuffle).lower())
    _leaf(node, "answernumbering", "none")
    for answer in question.answers:
        _answer(node, answer.text, _fraction(answer.credit), answer.feedback)


def _pairs(node: Element, question: PairsQuestion) -> None:
    _leaf(node, "shuffleanswers", str(question.shuffle).lower())
    spare = [text for index, text in enumerate(question.targets) if index not in question.pairs]
    pairs = [
        (prompt, question.targets[target])
        for prompt, target in zip(question.prompts, question.pairs, strict=True)
    ]
    for prompt, target in (*pairs, *(("", text) for text in spare)):
        part = SubElement(node, "subquestion", format="html")
        _text(part, markup(prompt))
        _text(SubElement(part, "answer"), target)


def _order(node: Element, question: OrderQuestion) -> None:
    """The fraction of an element is its place; graded by pairs in their right order."""
    _leaf(node, "layouttype", "VERTICAL")
    _leaf(node, "selecttype", "ALL")
    _leaf(node, "selectcount", str(len(question.elements)))
    _leaf(node, "gradingtype", "RELATIVE_ALL_PREVIOUS_AND_NEXT")
    _leaf(node, "showgrading", "SHOW")
    for place, text in enumerate(question.elements, start=1):
        answer = SubElement(node, "answer", fraction=str(place), format="html")
        _text(answer, markup(text))


def _number(node: Element, question: NumberQuestion) -> None:
    for answer in question.answers:
        value, fraction = f"{answer.value:.12g}", _fraction(answer.credit)
        written = _answer(node, value, fraction, answer.feedback, plain=True)
        _leaf(written, "tolerance", f"{answer.tolerance:.12g}")
    if question.unit:
        unit = SubElement(SubElement(node, "units"), "unit")
        _leaf(unit, "multiplier", "1")
        _leaf(unit, "unit_name", question.unit)
        _leaf(node, "unitgradingtype", "0")
        _leaf(node, "showunits", "3")


def _words(node: Element, question: WordsQuestion) -> None:
    _leaf(node, "usecase", "0")
    for answer in question.answers:
        _answer(node, answer.text, _fraction(answer.credit), answer.feedback, plain=True)


def _essay(node: Element, question: EssayQuestion) -> None:
    _leaf(node, "responseformat", "plain")
    _leaf(node, "responserequired", "1")
    _leaf(node, "responsefieldlines", "10")
    _leaf(node, "attachments", "0")
    notes = [*question.criteria, *([question.model_answer] if question.model_answer else [])]
    _text(SubElement(node, "graderinfo", format="html"), markup("\n\n".join(notes)))


_WRITERS: dict[type[Question], Callable[[Element, Any], None]] = {
    ChoiceQuestion: _choice,
    PairsQuestion: _pairs,
    OrderQuestion: _order,
    NumberQuestion: _number,
    WordsQuestion: _words,
    EssayQuestion: _essay,
}
