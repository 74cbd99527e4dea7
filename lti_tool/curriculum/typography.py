"""Typewriter quotes, apostrophes and dashes become those of a printed page: pure text functions."""

from __future__ import annotations

import re

_DASHES = (
    (re.compile(r"(?<!-)---(?!-)"), "—"),
    (re.compile(r"(?<!-)--(?!-)"), "–"),
    (re.compile(r"(?<!\.)\.\.\.(?!\.)"), "…"),
)
_TYPED = re.compile(r"['\"]|--|\.\.\.")  # most texts have none of these
_BEFORE_A_QUOTE = r"(?<![^\s(\[{{/–—{also}])"  # what an opening quote may follow, if anything
_AFTER_OPENING = r"(?=[^\s.,;:!?)\]}”’])"
_QUOTES = (
    (re.compile(r"(?<![\w'])'(?=\d0s\b)"), "’"),  # the '90s
    (re.compile(_BEFORE_A_QUOTE.format(also='“"') + "'" + _AFTER_OPENING), "‘"),
    (re.compile(r"(?<!\d)'|'(?!\d)"), "’"),  # 1'000 keeps its mark
    (re.compile(_BEFORE_A_QUOTE.format(also="‘") + '"' + _AFTER_OPENING), "“"),
    (re.compile('"'), "”"),
)


def dashes(text: str) -> str:
    """`--` and `---` as dashes, three points as an ellipsis."""
    for pattern, replacement in _DASHES:
        text = pattern.sub(replacement, text)
    return text


def typeset(text: str) -> str:
    """A text with curly quotes and apostrophes, dashes and ellipses; twice is the same as once.

    Only for texts that are read, never for what is compared with an answer or names something.
    """
    if not _TYPED.search(text):
        return text
    text = dashes(text)
    for pattern, replacement in _QUOTES:
        text = pattern.sub(replacement, text)
    return text
