"""What an answer is worth in a course that has repaired the question. Pure.

A repair never changes the question as it was asked, only what counts. Repairs apply in the order
in which they were made.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from lti_tool.curriculum.items import Item, Response, ShortText
from lti_tool.quiz.marking import Marked, mark
from lti_tool.quiz.marking.marked import exact
from lti_tool.quiz.rekeying import with_key


class RepairKind(enum.StrEnum):
    """`void`: counts for nobody; `credit`: full credit for everybody; `accept`: the response is
    right as well; `correct`: the response is right in place of the key."""

    VOID = "void"
    CREDIT = "credit"
    ACCEPT = "accept"
    CORRECT = "correct"


@dataclass(frozen=True)
class Repair:
    """One repair of one item; `response` is the answer that counts, {} where none is needed.

    It does not apply to the attempts whose ids are in `spared`.
    """

    kind: RepairKind
    response: Response
    spared: frozenset[int] = frozenset()


Repairs = Mapping[str, Sequence[Repair]]
"""The repairs that are in force in a course, by item id."""


def applying_to(repairs: Repairs, attempt_id: int) -> Repairs:
    """Those that apply to an attempt."""
    return {
        item_id: [each for each in made if attempt_id not in each.spared]
        for item_id, made in repairs.items()
    }


@dataclass(frozen=True)
class Judged:
    """A marked answer, the item with the key by which it was marked, and whether it counts."""

    item: Item
    marked: Marked
    counts: bool

    @property
    def points(self) -> Fraction:
        """The credit as points of the item, exact."""
        return self.marked.credit * exact(self.item.max_points)


@dataclass(frozen=True)
class Score:
    """Points earned and to be had, exact until the end, so that three thirds make a whole.

    `points` has those of each item that is marked and counts; `awaits_marking`: a person still has
    to mark the rest, which is left out of both sums until then.
    """

    given: Fraction
    maximum: Fraction
    points: Mapping[str, Fraction]
    awaits_marking: bool


def asks_a_person(item: Item) -> bool:
    """Whether only a person can say what an answer to the item is worth."""
    return isinstance(item, ShortText) and item.mode == "rubric"


def with_criteria(response: Response, criteria: Sequence[str] | None) -> Response:
    """The answer with what a person found met in it; None where nobody has marked it."""
    return response if criteria is None else {**response, "criteria": list(criteria)}


def judge(item: Item, response: object, repairs: Sequence[Repair] = ()) -> Judged:
    """Mark an answer as the course has decided; of several keys, the one that it fits best."""
    keyed = [item]
    for repair in repairs:
        if repair.kind == RepairKind.CORRECT:
            keyed = [with_key(item, repair.response)]
        elif repair.kind == RepairKind.ACCEPT:
            keyed.append(with_key(item, repair.response))
    marks = [(each, mark(each, response)) for each in keyed]
    item, marked = max(marks, key=lambda pair: pair[1].credit)
    kinds = {repair.kind for repair in repairs}
    if RepairKind.CREDIT in kinds:
        marked = replace(marked, credit=Fraction(1), state="right")
    return Judged(item, marked, RepairKind.VOID not in kinds)


def score(items: Sequence[Item], responses: Mapping[str, Response], repairs: Repairs) -> Score:
    """The score of an attempt."""
    given = maximum = Fraction(0)
    points: dict[str, Fraction] = {}
    awaits = False
    for item in items:
        judged = judge(item, responses.get(item.id, {}), repairs.get(item.id, ()))
        if not judged.counts:
            continue
        if judged.marked.state == "needs_marking":
            awaits = True
            continue
        points[item.id] = judged.points
        given += judged.points
        maximum += exact(item.max_points)
    return Score(given, maximum, points, awaits)
