"""The nine item types as frozen dataclasses, with every field that marking and pages need.

Shapes follow the item guide in `docs/authoring.md`. All texts are plain text unless named `*_html`.
Credits are fractions from 0 to 1; `max_points` turns a credit into points of the quiz.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, kw_only=True)
class SourceClaim:
    """What a source says, in our words; `as_of` is a date, a year or "n.d."; grade A, B or C.

    After the day `review_by` the fact is to be looked at again.
    """

    ref: str
    claim: str
    as_of: str
    grade: str
    review_by: date | None = None

    def is_stale(self, today: date) -> bool:
        return self.review_by is not None and self.review_by < today


@dataclass(frozen=True, kw_only=True)
class Table:
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Stimulus:
    """Material above the stem: a text, a table, or both."""

    text: str = ""
    table: Table | None = None


@dataclass(frozen=True, kw_only=True)
class ItemFeedback:
    """Feedback for the whole item; `remediate` is the id of the lesson to look at again."""

    remediate: str
    general: str = ""
    correct: str = ""
    other: str = ""


@dataclass(frozen=True, kw_only=True)
class Option:
    """One option of a choice type. `credit` is 1 or 0 except in situational judgement."""

    id: str
    text: str
    credit: float
    feedback: str
    misconception: str = ""

    @property
    def correct(self) -> bool:
        return self.credit == 1


@dataclass(frozen=True, kw_only=True)
class Item:
    """What every item has, whatever its type. `type` names the type as in the content files."""

    id: str
    type: str
    module: str
    lesson: str
    objective: str
    bloom: str
    difficulty: int
    expected_p: float
    pool: str
    stem: str
    feedback: ItemFeedback
    version: int = 1
    status: str = "draft"
    skill: str = "none"
    language: str = "en"
    sources: tuple[SourceClaim, ...] = ()
    review_by: date | None = None
    tags: tuple[str, ...] = ()
    stimulus: Stimulus | None = None
    max_points: float = 1
    shuffle: bool = True
    confidence_prompt: bool = True
    suggested_seconds: int = 60
    interaction: str = ""
    text_alternative: str = ""

    def is_stale(self, today: date) -> bool:
        """Whether its day of review is past: such an item leaves graded use."""
        return self.review_by is not None and self.review_by < today


@dataclass(frozen=True, kw_only=True)
class SingleChoice(Item):
    """One option of three or four. Response: {"choice": option id}."""

    options: tuple[Option, ...]


@dataclass(frozen=True, kw_only=True)
class MultipleResponse(Item):
    """Five to eight options. Response: {"choices": [option id, ...]}."""

    options: tuple[Option, ...]


@dataclass(frozen=True, kw_only=True)
class TrueFalseReason(Item):
    """A statement and the reason. Response: {"truth": "true" | "false", "reason": option id}."""

    statement: str
    truth: bool
    truth_feedback: dict[str, str]
    reasons: tuple[Option, ...]


@dataclass(frozen=True, kw_only=True)
class Prompt:
    id: str
    text: str
    feedback: str


@dataclass(frozen=True, kw_only=True)
class Target:
    id: str
    text: str
    feedback: str = ""


@dataclass(frozen=True, kw_only=True)
class Matching(Item):
    """Prompts to pair with targets. Response: {"pairs": {prompt id: target id}}."""

    prompts: tuple[Prompt, ...]
    targets: tuple[Target, ...]
    key: dict[str, str]
    targets_reusable: bool = False


@dataclass(frozen=True, kw_only=True)
class Element:
    """Elements of the same rank may stand in any order among themselves."""

    id: str
    rank: int
    text: str
    feedback: str


@dataclass(frozen=True, kw_only=True)
class Ordering(Item):
    """Elements to put in order. Response: {"order": [element id, ...]}, first element first."""

    elements: tuple[Element, ...]


@dataclass(frozen=True, kw_only=True)
class Slip:
    """A known miscalculation: its value, the credit it still earns, and what to say about it."""

    value: float
    tolerance: float
    credit: float
    cause: str
    feedback: str


@dataclass(frozen=True, kw_only=True)
class Variant:
    """A numeric item with other numbers: all in which they stand; "" or None: as in the item.

    `correct` is the item's feedback for a right answer.
    """

    parameters: dict[str, Any]
    answer: float
    solution: str
    slips: tuple[Slip, ...]
    stem: str = ""
    stimulus: Stimulus | None = None
    correct: str = ""


@dataclass(frozen=True, kw_only=True)
class Numeric(Item):
    """A number. Response: {"number": text as typed}; comma and point both mark decimals.

    `variants` are the same task with other numbers: the seed of an attempt picks one, or the item
    as it is written.
    """

    answer: float
    tolerance: float
    solution: str
    unit: str = ""
    decimals: int = 0
    formula: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    slips: tuple[Slip, ...] = ()
    variants: tuple[Variant, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NearMiss:
    text: str
    feedback: str


@dataclass(frozen=True, kw_only=True)
class Criterion:
    id: str
    points: float
    criterion: str
    feedback_missing: str


@dataclass(frozen=True, kw_only=True)
class ShortText(Item):
    """A term (`mode` "exact") or a short product (`mode` "rubric"). Response: {"text": text}.

    A rubric answer marked by its author adds {"criteria": [criterion id, ...]}.
    """

    mode: str
    accepted: tuple[str, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()
    rubric: tuple[Criterion, ...] = ()
    model_answer: str = ""
    max_words: int | None = None


@dataclass(frozen=True, kw_only=True)
class SituationalJudgement(Item):
    """Four acts, each with a credit. Response: {"choice": option id}."""

    scenario: str
    options: tuple[Option, ...]
    panel_raters: int = 0
    panel_note: str = ""


@dataclass(frozen=True, kw_only=True)
class Category:
    id: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Card:
    id: str
    text: str
    category: str
    feedback: str


@dataclass(frozen=True, kw_only=True)
class CardSort(Item):
    """Cards to sort into categories. Response: {"cards": {card id: category id}}."""

    categories: tuple[Category, ...]
    cards: tuple[Card, ...]


Response = dict[str, Any]
"""A learner's answer as stored, in the shape that the item's class states; {} is no answer."""
