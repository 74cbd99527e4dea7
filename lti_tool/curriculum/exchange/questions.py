"""Questions as all systems understand them: the common ground between our items and the formats.

All texts are plain, with line breaks; credits are fractions from 0 to 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Question:
    """What every question has.

    `labels` say where it belongs (module, lesson, objective and so on); `lost` names, in words,
    what the original has and this question has not.
    """

    name: str
    text: str
    explanation: str = ""
    points: float = 1
    shuffle: bool = True
    labels: Mapping[str, str] = field(default_factory=dict)
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer that a learner may choose or type."""

    text: str
    credit: float
    feedback: str = ""


@dataclass(frozen=True, kw_only=True)
class ChoiceQuestion(Question):
    """One answer of several, or with `multiple` any number; a wrong pick may cost credit."""

    answers: tuple[Answer, ...]
    multiple: bool = False


@dataclass(frozen=True, kw_only=True)
class PairsQuestion(Question):
    """Prompts to pair with targets: `pairs` has the index of the right target of each prompt."""

    prompts: tuple[str, ...]
    targets: tuple[str, ...]
    pairs: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class OrderQuestion(Question):
    """Elements in their right order."""

    elements: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class NumberAnswer:
    """A value that counts within `tolerance` on either side."""

    value: float
    tolerance: float
    credit: float
    feedback: str = ""


@dataclass(frozen=True, kw_only=True)
class NumberQuestion(Question):
    """A number; the first answer is the right one, others are slips with their credit."""

    answers: tuple[NumberAnswer, ...]
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class WordsQuestion(Question):
    """A term to type; answers with credit 0 are near misses that deserve a word."""

    answers: tuple[Answer, ...]


@dataclass(frozen=True, kw_only=True)
class EssayQuestion(Question):
    """A text that a person marks by `criteria`."""

    model_answer: str = ""
    criteria: tuple[str, ...] = ()


@dataclass(frozen=True)
class Left:
    """Something that could not be carried over: where it stood, and what it was."""

    name: str
    what: str


@dataclass(frozen=True)
class Carried:
    """What came of reading a foreign file."""

    questions: tuple[Question, ...]
    left: tuple[Left, ...]


class Unreadable(Exception):
    """The file is not of the format; the text is one line for the author."""
