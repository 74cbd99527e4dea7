"""GIFT, Moodle's plain text form: writing questions (Moodle documentation, "GIFT format")."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from lti_tool.curriculum.exchange.questions import (
    Answer,
    ChoiceQuestion,
    EssayQuestion,
    Left,
    NumberQuestion,
    PairsQuestion,
    Question,
    WordsQuestion,
)

SPECIAL = str.maketrans({sign: f"\\{sign}" for sign in "\\~=#{}:"} | {"\n": "\\n"})


def write_gift(questions: Iterable[Question]) -> tuple[bytes, list[Left]]:
    """The file, and what GIFT has no form for."""
    blocks, left = [], []
    for question in questions:
        write = _KINDS.get(type(question))
        if write is None:
            left.append(Left(question.name, "orders, for which GIFT has no form"))
        else:
            blocks.append(_block(question, write(question)))
    return "\n\n".join(blocks).encode() + b"\n", left


def _block(question: Question, answers: list[str]) -> str:
    if question.explanation:
        answers = [*answers, f"####{_escape(question.explanation)}"]
    tags = " ".join(f"[tag:{name}={value}]" for name, value in question.labels.items())
    lines = [f"// [id:{question.name}] {tags}", f"::{_escape(question.name)}::"]
    return "\n".join([*lines, _escape(question.text) + " {", *answers, "}"])


def _escape(text: str) -> str:
    return text.translate(SPECIAL)


def _with_feedback(line: str, feedback: str) -> str:
    return f"{line} #{_escape(feedback)}" if feedback else line


def _percent(credit: float) -> str:
    return f"%{round(credit * 100, 5):.9g}%"


def _choice(question: ChoiceQuestion) -> list[str]:
    return [_option(answer, multiple=question.multiple) for answer in question.answers]


def _option(answer: Answer, *, multiple: bool) -> str:
    if multiple:
        mark = f"~{_percent(answer.credit)}"
    elif answer.credit == 1:
        mark = "="
    else:
        mark = f"~{_percent(answer.credit)}" if answer.credit else "~"
    return _with_feedback(mark + _escape(answer.text), answer.feedback)


def _pairs(question: PairsQuestion) -> list[str]:
    lines = [
        f"={_escape(prompt)} -> {_escape(question.targets[target])}"
        for prompt, target in zip(question.prompts, question.pairs, strict=True)
    ]
    spare = [text for index, text in enumerate(question.targets) if index not in question.pairs]
    return lines + [f"= -> {_escape(text)}" for text in spare]


def _number(question: NumberQuestion) -> list[str]:
    lines = ["#"]
    for answer in question.answers:
        mark = "=" if answer.credit == 1 else f"={_percent(answer.credit)}"
        lines.append(
            _with_feedback(f"{mark}{answer.value:g}:{answer.tolerance:g}", answer.feedback)
        )
    return lines


def _words(question: WordsQuestion) -> list[str]:
    return [
        _with_feedback(
            "=" + ("" if answer.credit == 1 else _percent(answer.credit)) + _escape(answer.text),
            answer.feedback,
        )
        for answer in question.answers
    ]


def _essay(question: EssayQuestion) -> list[str]:
    return []


_KINDS: dict[type[Question], Callable[[Any], list[str]]] = {
    ChoiceQuestion: _choice,
    PairsQuestion: _pairs,
    NumberQuestion: _number,
    WordsQuestion: _words,
    EssayQuestion: _essay,
}
"""Every kind but `OrderQuestion`."""
