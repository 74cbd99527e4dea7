"""Short texts: a term that is compared, or a short product that people mark by a rubric."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from fractions import Fraction

from lti_tool.curriculum.items import Response, ShortText
from lti_tool.quiz.marking.marked import Remark, exact

ARTICLES = frozenset({"a", "an", "the"})
LETTERS_FOR_TOLERANCE = 5
"""Shorter terms must be spelt exactly: one character off is often another word."""


def mark_text(item: ShortText, given: Response) -> tuple[Remark, ...]:
    return _mark_rubric(item, given) if item.mode == "rubric" else _mark_exact(item, given)


def _mark_rubric(item: ShortText, given: Response) -> tuple[Remark, ...]:
    """Points of the criteria that a person found met / all points; no criteria, no marking yet."""
    most = sum((exact(criterion.points) for criterion in item.rubric), Fraction(0))
    met = given.get("criteria", [])
    remarks = []
    for criterion in item.rubric:
        share = exact(criterion.points) / most if most else Fraction(0)
        is_missing = "criteria" in given and criterion.id not in met
        remarks.append(
            Remark(
                part=criterion.id,
                chosen=criterion.id in met,
                keyed=True,
                credit=share if criterion.id in met else Fraction(0),
                possible=share,
                feedback=criterion.feedback_missing if is_missing else "",
            )
        )
    return tuple(remarks)


def _mark_exact(item: ShortText, given: Response) -> tuple[Remark, ...]:
    """1 or 0 after normalising. Exact matches decide before matches that need the tolerance."""
    answer = normalise(given.get("text", ""))
    for matches in (_same, within_one_edit):
        if _named(answer, item.accepted, matches):
            return (_accepted(chosen=True),)
        near = _named(answer, [miss.text for miss in item.near_misses], matches)
        if near:
            return (_accepted(chosen=False), _near_miss(item, near))
    return (_accepted(chosen=False),)


def _same(answer: str, term: str) -> bool:
    return answer == term


def _named(
    answer: str, terms: tuple[str, ...] | list[str], matches: Callable[[str, str], bool]
) -> int:
    """The number of the first term that the answer matches, from 1; 0 if there is none."""
    for number, term in enumerate(terms, 1):
        if answer and matches(answer, normalise(term)):
            return number
    return 0


def _accepted(*, chosen: bool) -> Remark:
    credit = Fraction(1) if chosen else Fraction(0)
    return Remark(part="accepted", chosen=chosen, keyed=True, credit=credit, possible=Fraction(1))


def _near_miss(item: ShortText, number: int) -> Remark:
    return Remark(
        part=f"near_miss.{number}",
        chosen=True,
        keyed=False,
        credit=Fraction(0),
        possible=Fraction(0),
        feedback=item.near_misses[number - 1].feedback,
    )


def normalise(text: str) -> str:
    """The text in small letters, without punctuation and articles, with single spaces.

    Punctuation parts words ("service-catalogue"), an apostrophe joins them ("PMO's").
    """
    folded = unicodedata.normalize("NFKC", text).casefold().replace("'", "").replace("’", "")
    spaced = "".join(
        " " if unicodedata.category(character).startswith("P") else character
        for character in folded
    )
    words = spaced.split()
    return " ".join([word for word in words if word not in ARTICLES] or words)


def within_one_edit(answer: str, term: str) -> bool:
    """Whether one character added, left out or replaced makes the answer a term of 5+ letters."""
    if sum(character.isalpha() for character in term) < LETTERS_FOR_TOLERANCE:
        return False
    shorter, longer = sorted((answer, term), key=len)
    if len(longer) - len(shorter) > 1:
        return False
    start = _common_prefix(shorter, longer)
    skip = 1 if len(shorter) == len(longer) else 0
    return shorter[start + skip :] == longer[start + 1 :]


def _common_prefix(one: str, other: str) -> int:
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        length += 1
    return length
