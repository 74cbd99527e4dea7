"""What a probe found."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Level(enum.StrEnum):
    """A warning may be as it should be; a failure is not."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True)
class Finding:
    """One line: what was found, and what cures it ("" where nothing is to be done)."""

    level: Level
    text: str
    cure: str = ""


def ok(text: str) -> Finding:
    return Finding(Level.OK, text)


def warning(text: str, cure: str) -> Finding:
    return Finding(Level.WARNING, text, cure)


def failure(text: str, cure: str) -> Finding:
    return Finding(Level.FAILURE, text, cure)


def count_of(number: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 key", "3 keys"."""
    return f"{number} {one if number == 1 else many or one + 's'}"
