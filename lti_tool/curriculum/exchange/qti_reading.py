"""Reading QTI 3.0 and 2.x: items alone or in a content package.

The versions differ in their names: `qti-simple-choice` in 3.0 is `simpleChoice` in 2.x. Names are
brought into one form, so that one reader serves both.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree.ElementTree import Element, tostring

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
from lti_tool.curriculum.exchange.xml import LARGEST_BYTES, read_xml
from lti_tool.curriculum.plain import has_pictures, plain_text

MOST_FILES = 5000
SHUFFLED = {"text-entry-interaction": "true", "extended-text-interaction": "true"}
"""Where nothing can be shuffled, nothing is forbidden; elsewhere the default is to keep order."""
CAPITAL = re.compile(r"(?<=[a-z])([A-Z])")


class _NotCarried(Exception):
    """The item is of a kind that is not carried over; the text says which."""


def read_qti(data: bytes) -> Carried:
    """Raises `Unreadable` when the file is neither a package nor an item."""
    questions: list[Question] = []
    left: list[Left] = []
    for name, text in _files(data):
        root = _one_form(read_xml(text))
        if root.tag != "assessment-item":
            continue
        name = root.get("identifier") or name
        try:
            questions.append(_question(root, name))
        except (_NotCarried, ValueError) as reason:
            left.append(Left(name, str(reason)))
            continue
        if has_pictures(tostring(root, encoding="unicode")):
            left.append(Left(name, "its pictures; the words were carried"))
    if not questions and not left:
        raise Unreadable("There is no QTI item in the file.")
    return Carried(tuple(questions), tuple(left))


UNPACKED_BADLY = (
    zipfile.BadZipFile,  # no package, or damaged
    zlib.error,  # damaged within a file
    EOFError,  # cut off
    NotImplementedError,  # a way of packing that Python lacks
    RuntimeError,  # encrypted
    OSError,  # offsets that lead nowhere
    ValueError,  # the same, and names in no encoding
)
"""What `zipfile` raises for the packages of strangers."""


def _files(data: bytes) -> Iterator[tuple[str, bytes]]:
    if not data.startswith(b"PK"):
        yield "item", data
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = [each for each in package.infolist() if each.filename.endswith(".xml")]
            if len(entries) > MOST_FILES or sum(each.file_size for each in entries) > LARGEST_BYTES:
                raise Unreadable("The package is too large.")
            for entry in entries:
                yield entry.filename, package.read(entry)
    except UNPACKED_BADLY as error:
        raise Unreadable(f"The package cannot be opened: {error}.") from None


def _one_form(node: Element) -> Element:
    """The tree with the names of QTI 3.0, without namespace and prefix."""
    for each in node.iter():
        each.tag = _kebab(each.tag.rpartition("}")[2]).removeprefix("qti-")
        each.attrib = {_kebab(name): value for name, value in each.attrib.items()}
    return node


def _kebab(name: str) -> str:
    return CAPITAL.sub(r"-\1", name).lower()


def _question(root: Element, name: str) -> Question:
    body = root.find("item-body")
    if body is None:
        raise _NotCarried("an item without a body")
    found = [each for each in body.iter() if each.tag in _READERS]
    others = [each.tag for each in body.iter() if each.tag.endswith("-interaction")]
    if len(others) != 1 or not found:
        what = ", ".join(sorted(set(others))) or "no interaction"
        raise _NotCarried(f"an item with {what if len(others) < 2 else 'several interactions'}")
    interaction = found[0]
    declaration = next(
        (
            each
            for each in root.iter("response-declaration")
            if each.get("identifier") == interaction.get("response-identifier")
        ),
        None,
    )
    if declaration is None:
        raise _NotCarried("an item without its key")
    common = _common(root, body, interaction, name)
    return _READERS[interaction.tag](_Parts(root, declaration, interaction), common)


class _Parts:
    """What the readers of the kinds look into."""

    def __init__(self, root: Element, declaration: Element, interaction: Element) -> None:
        self.root, self.declaration, self.interaction = root, declaration, interaction
        self.right = [_words(each) for each in declaration.findall("correct-response/value")]
        self.worth = {
            each.get("map-key", ""): float(each.get("mapped-value", "0"))
            for each in declaration.iter("map-entry")
        }
        if not self.right and not self.worth:
            self.right = []

    def choices(self, tag: str) -> dict[str, str]:
        """The words of each choice by its identifier."""
        return {each.get("identifier", ""): _words(each) for each in self.interaction.iter(tag)}

    def feedback(self, identifier: str) -> str:
        found = (
            each
            for each in self.root.iter("modal-feedback")
            if each.get("identifier") == identifier
        )
        return "\n\n".join(_words(each) for each in found)


def _common(root: Element, body: Element, interaction: Element, name: str) -> dict[str, Any]:
    label = root.get("label", "")
    most = root.find("outcome-declaration[@identifier='MAXSCORE']/default-value/value")
    explanation = [
        _words(each)
        for each in root.iter("modal-feedback")
        if each.get("identifier") in ("explanation", "general")
    ]
    return {
        "name": name,
        "text": _stem(body, interaction),
        "explanation": "\n\n".join(explanation),
        "points": float(_words(most)) if most is not None else 1.0,
        "shuffle": interaction.get("shuffle", SHUFFLED.get(interaction.tag)) == "true",
        "labels": dict(part.split("=", 1) for part in label.split() if "=" in part),
    }


def _stem(body: Element, interaction: Element) -> str:
    """All words of the body but the choices, the rubric and what a feedback block says."""
    prompt = _words(interaction.find("prompt"))
    if interaction.tag != "text-entry-interaction":
        for each in list(interaction):
            interaction.remove(each) if each.tag == "prompt" else None
    skipped = ("rubric-block", "feedback-block", "feedback-inline")
    parts = [
        _words(each)
        for each in body
        if each.tag not in skipped and each is not interaction and not _holds(each, interaction)
    ]
    around = [
        _words(each, without=interaction)
        for each in body
        if each is not interaction and _holds(each, interaction)
    ]
    return "\n\n".join(part for part in (*parts, *around, prompt) if part)


def _holds(node: Element, wanted: Element) -> bool:
    return any(each is wanted for each in node.iter())


def _words(node: Element | None, without: Element | None = None) -> str:
    if node is None:
        return ""
    text = tostring(node, encoding="unicode")
    if without is not None:
        text = text.replace(tostring(without, encoding="unicode").strip(), " ", 1)
    return plain_text(text)


def _choice(parts: _Parts, common: dict[str, Any]) -> Question:
    choices = parts.choices("simple-choice")
    multiple = parts.declaration.get("cardinality") == "multiple"
    share = 1 / len(parts.right) if multiple and parts.right else 1
    answers = tuple(
        Answer(
            text=text,
            credit=parts.worth.get(name, 0) if parts.worth else share * (name in parts.right),
            feedback=parts.feedback(name),
        )
        for name, text in choices.items()
    )
    return ChoiceQuestion(**common, answers=answers, multiple=multiple)


def _pairs(parts: _Parts, common: dict[str, Any]) -> Question:
    groups = [
        {each.get("identifier", ""): _words(each) for each in group}
        for group in parts.interaction.iter("simple-match-set")
    ]
    pairs = dict(pair.split()[:2] for pair in (parts.right or parts.worth))
    if len(groups) != 2 or set(pairs) != set(groups[0]):
        raise _NotCarried("a match in which not every prompt has one target")
    prompts, targets = groups
    order = list(targets)
    return PairsQuestion(
        **common,
        prompts=tuple(prompts.values()),
        targets=tuple(targets.values()),
        pairs=tuple(order.index(pairs[prompt]) for prompt in prompts),
    )


def _order(parts: _Parts, common: dict[str, Any]) -> Question:
    choices = parts.choices("simple-choice")
    if set(parts.right) != set(choices):
        raise _NotCarried("an order of only some of its elements")
    return OrderQuestion(**common, elements=tuple(choices[name] for name in parts.right))


def _entry(parts: _Parts, common: dict[str, Any]) -> Question:
    if parts.declaration.get("base-type") in ("float", "integer"):
        return NumberQuestion(**common, answers=_numbers(parts))
    worth = parts.worth or dict.fromkeys(parts.right, 1.0)
    answers = tuple(Answer(text=text, credit=credit) for text, credit in worth.items())
    return WordsQuestion(**common, answers=answers)


def _numbers(parts: _Parts) -> tuple[NumberAnswer, ...]:
    """The rules with their tolerance, where there are any; else the right value alone."""
    answers = [_rule(each) for each in parts.root.iter() if each.find("equal") is not None]
    if not answers:
        answers = [NumberAnswer(value=float(text), tolerance=0, credit=1) for text in parts.right]
    if not answers:
        raise _NotCarried("a number without its key")
    return tuple(answers)


def _rule(rule: Element) -> NumberAnswer:
    equal = rule.find("equal")
    credit = rule.find("set-outcome-value/base-value")
    margins = (equal.get("tolerance", "0") if equal is not None else "0").split()
    return NumberAnswer(
        value=float(_words(rule.find("equal/base-value"))),
        tolerance=float(margins[0]),
        credit=float(_words(credit)) if credit is not None else 1.0,
    )


def _essay(parts: _Parts, common: dict[str, Any]) -> Question:
    criteria = tuple(_words(each) for each in parts.root.iter("rubric-block"))
    return EssayQuestion(**common, model_answer="\n\n".join(parts.right), criteria=criteria)


_READERS: dict[str, Callable[[_Parts, dict[str, Any]], Question]] = {
    "choice-interaction": _choice,
    "match-interaction": _pairs,
    "order-interaction": _order,
    "text-entry-interaction": _entry,
    "extended-text-interaction": _essay,
}
