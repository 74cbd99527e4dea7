"""Numeric items: reading a number as people type it, and comparing it exactly."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from fractions import Fraction

from lti_tool.curriculum.items import Numeric, Response, Slip
from lti_tool.quiz.marking.marked import Remark, exact

NUMBER_LENGTH = 40
"""Characters of the longest text that is read as a number."""

PERCENT = ("%", "percent", "per cent")
_MINUS_SIGNS = str.maketrans({"−": "-", "–": "-", "’": "'"})


def _style(group: str, decimal: str) -> re.Pattern[str]:
    whole = rf"[0-9]+|[1-9][0-9]{{0,2}}(?:{re.escape(group)}[0-9]{{3}})+"
    return re.compile(rf"(?P<whole>{whole})?(?:{re.escape(decimal)}(?P<decimals>[0-9]*))?")


_STYLES = tuple(_style(group, decimal) for group in " ',." for decimal in ".," if group != decimal)
"""Every pair of thousands separator and decimal sign that a number may be written with."""


def read_number(text: str, unit: str = "") -> tuple[Fraction, ...]:
    """All values that the text can mean: none if it is no number, two for the likes of "1,364".

    Comma and point both mark decimals; spaces (of any width), apostrophes, commas and points
    group thousands; a trailing unit or per cent sign is dropped and never changes the value.
    """
    if len(text) > NUMBER_LENGTH:
        return ()
    plain = unicodedata.normalize("NFKC", text).translate(_MINUS_SIGNS).casefold().strip()
    body = _without_unit(plain, unit)
    sign = -1 if body.startswith("-") else 1
    body = body.removeprefix("-" if sign < 0 else "+").strip()
    matches = (style.fullmatch(body) for style in _STYLES)
    values = (sign * _value(match) for match in matches if match and re.search("[0-9]", body))
    return tuple(dict.fromkeys(values))


def _value(match: re.Match[str]) -> Fraction:
    whole = re.sub("[^0-9]", "", match["whole"] or "0")
    return Fraction(f"{whole}.{match['decimals'] or '0'}")


def _without_unit(text: str, unit: str) -> str:
    """The text without the item's unit (also in the singular) or a per cent sign at its end."""
    name = unicodedata.normalize("NFKC", unit).casefold().strip()
    for ending in (name, name.removesuffix("s"), *PERCENT):
        if ending and text.endswith(ending):
            return text.removesuffix(ending).rstrip()
    return text


def mark_number(item: Numeric, given: Response) -> tuple[Remark, ...]:
    """1 within the tolerance; a listed slip earns its stated credit; else 0.

    A text with two readings counts as the one that earns most.
    """
    text = given.get("number", "")
    values = read_number(text, item.unit)
    if is_right(item, values):
        return (_answer(item, chosen=True),)
    slip = find_slip(item, values)
    if slip is not None:
        return (_answer(item, chosen=False), _remark_on(item, slip))
    if text and not values:
        return (_answer(item, chosen=False), _unreadable(item))
    return (_answer(item, chosen=False),)


def _answer(item: Numeric, *, chosen: bool) -> Remark:
    credit = Fraction(1) if chosen else Fraction(0)
    return Remark(part="answer", chosen=chosen, keyed=True, credit=credit, possible=Fraction(1))


def is_right(item: Numeric, values: Sequence[Fraction]) -> bool:
    """Whether one of the values that a text can mean is the right number."""
    return any(abs(value - exact(item.answer)) <= exact(item.tolerance) for value in values)


def find_slip(item: Numeric, values: Sequence[Fraction]) -> Slip | None:
    """The slip that the number shows, the dearest one if there are several."""
    found = [slip for slip in item.slips if any(_is_slip(value, slip) for value in values)]
    return max(found, key=lambda slip: exact(slip.credit), default=None)


def _remark_on(item: Numeric, slip: Slip) -> Remark:
    return Remark(
        part=f"slip.{item.slips.index(slip) + 1}",
        chosen=True,
        keyed=False,
        credit=exact(slip.credit),
        possible=Fraction(1),
        feedback=slip.feedback,
    )


def _is_slip(value: Fraction, slip: Slip) -> bool:
    return abs(value - exact(slip.value)) <= exact(slip.tolerance)


def _unreadable(item: Numeric) -> Remark:
    example = f"{1234.5:.{item.decimals}f}" if item.decimals else "1234"
    return Remark(
        part="unreadable",
        chosen=True,
        keyed=False,
        credit=Fraction(0),
        possible=Fraction(1),
        feedback=(
            "This could not be read as a number. Type one number in digits, with a comma or a "
            f"point before the decimals, such as {example}."
        ),
    )
