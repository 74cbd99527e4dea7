"""Reading Moodle XML (Moodle documentation, "Moodle XML format"): questions, and what was left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

from lti_tool.curriculum.exchange.questions import (
    Answer,
    Carried,
    ChoiceQuestion,
    EssayQuestion,
    Left,
    NumberAnswer,
    NumberQuestion,
    OrderQuestion,
    PairsQuestion,
    Question,
    Unreadable,
    WordsQuestion,
)
from lti_tool.curriculum.exchange.xml import read_xml
from lti_tool.curriculum.plain import has_pictures, plain_text


def read_moodle(data: bytes) -> Carried:
    """Raises `Unreadable` when the file is no Moodle XML."""
    root = read_xml(data)
    if root.tag != "quiz":
        raise Unreadable(f"The file begins with <{root.tag}>, a Moodle question bank with <quiz>.")
    questions: list[Question] = []
    left: list[Left] = []
    for number, node in enumerate(root.iter("question"), start=1):
        kind = node.get("type", "")
        if kind == "category":
            continue
        name = _said(node, "idnumber") or _text(node.find("name")) or f"question {number}"
        reader = _READERS.get(kind)
        if reader is None:
            left.append(Left(name, f"a question of type {kind or 'unknown'}"))
            continue
        try:
            questions.append(reader(node, _common(node, name)))
        except ValueError as fault:
            left.append(Left(name, f"cannot be read: {fault}"))
            continue
        if any(has_pictures(each.text or "") for each in node.iter("text")):
            left.append(Left(name, "its pictures; the words were carried"))
    return Carried(tuple(questions), tuple(left))


def _common(node: Element, name: str) -> dict[str, Any]:
    tags = [_text(tag) for tag in node.iter("tag")]
    return {
        "name": name,
        "text": _text(node.find("questiontext")),
        "explanation": _text(node.find("generalfeedback")),
        "points": _number(_said(node, "defaultgrade") or "1"),
        "shuffle": _said(node, "shuffleanswers") not in ("false", "0"),
        "labels": dict(tag.split("=", 1) for tag in tags if "=" in tag),
    }


def _said(node: Element, name: str) -> str:
    return (node.findtext(name) or "").strip()


def _text(node: Element | None) -> str:
    return "" if node is None else plain_text(node.findtext("text") or "")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{text[:40]!r} is no number") from None


def _credit(node: Element) -> float:
    return round(_number(node.get("fraction", "0")) / 100, 7)


def _answers(node: Element) -> tuple[Answer, ...]:
    return tuple(
        Answer(text=_text(each), credit=_credit(each), feedback=_text(each.find("feedback")))
        for each in node.findall("answer")
    )


def _choice(node: Element, common: dict[str, Any]) -> Question:
    multiple = _said(node, "single") in ("false", "0")
    return ChoiceQuestion(**common, answers=_answers(node), multiple=multiple)


def _truth(node: Element, common: dict[str, Any]) -> Question:
    answers = tuple(
        Answer(text=each.text.capitalize(), credit=each.credit, feedback=each.feedback)
        for each in _answers(node)
    )
    return ChoiceQuestion(**common, answers=answers)


def _pairs(node: Element, common: dict[str, Any]) -> Question:
    prompts, targets, pairs = [], [], []
    for part in node.findall("subquestion"):
        prompt, target = _text(part), _text(part.find("answer"))
        if target not in targets:
            targets.append(target)
        if prompt:
            prompts.append(prompt)
            pairs.append(targets.index(target))
    return PairsQuestion(
        **common, prompts=tuple(prompts), targets=tuple(targets), pairs=tuple(pairs)
    )


def _order(node: Element, common: dict[str, Any]) -> Question:
    ranked = sorted(node.findall("answer"), key=lambda each: _number(each.get("fraction", "0")))
    return OrderQuestion(**common, elements=tuple(_text(each) for each in ranked))


def _numbers(node: Element, common: dict[str, Any]) -> Question:
    answers = sorted(
        (
            NumberAnswer(
                value=_number(_text(each)),
                tolerance=_number(_said(each, "tolerance") or "0"),
                credit=_credit(each),
                feedback=_text(each.find("feedback")),
            )
            for each in node.findall("answer")
            if _text(each) != "*"
        ),
        key=lambda answer: -answer.credit,
    )
    if not answers:
        raise ValueError("it has no number")
    unit = node.findtext("units/unit/unit_name") or ""
    return NumberQuestion(**common, answers=tuple(answers), unit=unit)


def _words(node: Element, common: dict[str, Any]) -> Question:
    answers = tuple(each for each in _answers(node) if each.text != "*")
    return WordsQuestion(**common, answers=answers)


def _essay(node: Element, common: dict[str, Any]) -> Question:
    notes = _text(node.find("graderinfo"))
    return EssayQuestion(**common, criteria=tuple(part for part in notes.split("\n\n") if part))


_READERS: dict[str, Callable[[Element, dict[str, Any]], Question]] = {
    "multichoice": _choice,
    "truefalse": _truth,
    "matching": _pairs,
    "ordering": _order,
    "numerical": _numbers,
    "shortanswer": _words,
    "essay": _essay,
}
