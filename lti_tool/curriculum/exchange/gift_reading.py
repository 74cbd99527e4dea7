"""Reading GIFT (Moodle documentation, "GIFT format"): questions, and what was left."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from lti_tool.curriculum.exchange.questions import (
    Answer,
    Carried,
    ChoiceQuestion,
    EssayQuestion,
    Left,
    NumberAnswer,
    NumberQuestion,
    PairsQuestion,
    Question,
    Unreadable,
    WordsQuestion,
)
from lti_tool.curriculum.plain import plain_text

ESCAPED = re.compile(r"\\(.)", re.DOTALL)
NAME = re.compile(r"::(?P<name>(?:\\.|[^\\])*?)::", re.DOTALL)
LABEL = re.compile(r"\[(?P<kind>id|tag):(?P<value>[^\]]*)\]")
FORM = re.compile(r"^\[(html|moodle|plain|markdown)\]")
MARK = re.compile(r"(?<!\\)([=~])")
PERCENT = re.compile(r"^%(?P<percent>-?[0-9.]+)%")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE]-?[0-9]+)?")
TRUTHS = {"T": True, "TRUE": True, "F": False, "FALSE": False}
PART = {"\\": "\\", "n": "\n"}


class _NotCarried(Exception):
    """The question is of a kind that is not carried over; the text says which."""


@dataclass
class _Block:
    """The lines of one question with what its comments say."""

    lines: list[str] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)


def read_gift(data: bytes) -> Carried:
    """Raises `Unreadable` when the text is not UTF-8."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("The file is not a text in UTF-8.") from None
    questions, left = [], []
    for number, block in enumerate(_blocks(text), start=1):
        try:
            questions.append(_question("\n".join(block.lines), block.labels, number))
        except _NotCarried as reason:
            name = block.labels.get("id", "") or f"question {number}"
            left.append(Left(name, str(reason)))
    return Carried(tuple(questions), tuple(left))


def _blocks(text: str) -> list[_Block]:
    """Questions stand apart by empty lines, which may also stand within braces."""
    blocks, block, depth = [], _Block(), 0
    for line in text.splitlines():
        if not depth and line.lstrip().startswith("//"):
            block.labels.update(_labels(line))
        elif not depth and line.startswith("$CATEGORY:"):
            continue
        elif line.strip() or depth:
            bare = re.sub(r"\\.", "", line)
            depth = max(depth + bare.count("{") - bare.count("}"), 0)
            block.lines.append(line)
        elif block.lines:
            blocks.append(block)
            block = _Block()
    return [*blocks, block] if block.lines else blocks


def _labels(line: str) -> dict[str, str]:
    labels = {}
    for match in LABEL.finditer(line):
        name, separator, value = match["value"].partition("=")
        if match["kind"] == "id":
            labels["id"] = match["value"]
        elif separator:
            labels[name] = value
    return labels


def _question(block: str, labels: dict[str, str], number: int) -> Question:
    labels = dict(labels)
    match = NAME.search(block)
    name = labels.pop("id", "") or (_plain(match["name"]) if match else f"question {number}")
    body = block[match.end() :] if match else block
    found = re.search(r"(?<!\\)\{(?P<answers>.*)(?<!\\)\}(?P<rest>.*)", body, re.DOTALL)
    if found is None:
        raise _NotCarried("a text without a question")
    answers, _, explanation = found["answers"].partition("####")
    rest = found["rest"].strip()
    lead = body[: found.start()].strip()
    common = {
        "name": name,
        "text": _plain(f"{lead} _____ {rest}" if rest else lead),
        "explanation": _plain(explanation),
        "labels": labels,
    }
    return _of_kind(answers.strip(), common)


def _of_kind(answers: str, common: dict[str, Any]) -> Question:
    if not answers:
        return EssayQuestion(**common)
    if answers.startswith("#"):
        return NumberQuestion(**common, answers=_numbers(answers[1:].strip()))
    truth, *feedback = re.split(r"(?<!\\)#", answers)
    if truth.strip().upper() in TRUTHS:
        return _truth(TRUTHS[truth.strip().upper()], feedback, common)
    parts = MARK.split(answers)[1:]
    marked = list(zip(parts[::2], parts[1::2], strict=True))
    if not marked:
        raise _NotCarried("answers that cannot be read")
    if all(mark == "=" and "->" in text for mark, text in marked):
        return _pairs([text for _, text in marked], common)
    if all(mark == "=" for mark, _ in marked):
        return WordsQuestion(**common, answers=tuple(_answer(text, 1) for _, text in marked))
    options = tuple(_answer(text, 1 if mark == "=" else 0) for mark, text in marked)
    return ChoiceQuestion(
        **common, answers=options, multiple=all(mark == "~" for mark, _ in marked)
    )


def _truth(key: bool, feedback: list[str], common: dict[str, Any]) -> Question:
    """In GIFT the first feedback is for the wrong answer, the second for the right one."""
    wrong, right = [_plain(text) for text in (*feedback, "", "")][:2]
    answers = tuple(
        Answer(text=text, credit=float(value is key), feedback=right if value is key else wrong)
        for text, value in (("True", True), ("False", False))
    )
    return ChoiceQuestion(**common, answers=answers)


def _answer(text: str, credit: float) -> Answer:
    match = PERCENT.match(text.strip())
    if match:
        credit, text = float(match["percent"]) / 100, text.strip()[match.end() :]
    answer, _, feedback = _split(text)
    return Answer(text=_plain(answer), credit=credit, feedback=_plain(feedback))


def _split(text: str) -> tuple[str, str, str]:
    parts = re.split(r"(?<!\\)#", text, maxsplit=1)
    return parts[0], "#", parts[1] if len(parts) > 1 else ""


def _pairs(texts: list[str], common: dict[str, Any]) -> Question:
    prompts, pairs, targets = [], [], []
    for text in texts:
        prompt, _, target = _split(text)[0].partition("->")
        wanted = _plain(target)
        if wanted not in targets:
            targets.append(wanted)
        if prompt.strip():
            prompts.append(_plain(prompt))
            pairs.append(targets.index(wanted))
    return PairsQuestion(
        **common, prompts=tuple(prompts), targets=tuple(targets), pairs=tuple(pairs)
    )


def _numbers(text: str) -> tuple[NumberAnswer, ...]:
    parts = [part for part in MARK.split(text) if part.strip() not in ("", "=", "~")]
    answers = tuple(_number(part.strip()) for part in parts)
    if not answers:
        raise _NotCarried("a number question without a number")
    return answers


def _number(text: str) -> NumberAnswer:
    credit = 1.0
    match = PERCENT.match(text)
    if match:
        credit, text = float(match["percent"]) / 100, text[match.end() :]
    value, _, feedback = _split(text)
    low, is_range, high = value.partition("..")
    if is_range:
        bounds = [_float(low), _float(high)]
        middle, tolerance = sum(bounds) / 2, abs(bounds[1] - bounds[0]) / 2
    else:
        number, _, margin = value.partition(":")
        middle, tolerance = _float(number), _float(margin or "0")
    return NumberAnswer(value=middle, tolerance=tolerance, credit=credit, feedback=_plain(feedback))


def _float(text: str) -> float:
    if not NUMBER.fullmatch(text.strip()):
        raise _NotCarried(f"{text.strip()[:40]!r} is no number")
    return float(text)


def _plain(text: str) -> str:
    """Without escapes, without the name of its form, and without markup."""
    shown = FORM.sub("", text.strip())
    plain = ESCAPED.sub(lambda match: PART.get(match[1], match[1]), shown)
    return plain_text(plain) if text.strip().startswith("[html]") else plain.strip()
