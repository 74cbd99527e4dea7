"""What an item holds beside what learners see of a right answer: notes for its editors. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lti_tool.curriculum.items import (
    Item,
    Matching,
    MultipleResponse,
    Numeric,
    Option,
    ShortText,
    SingleChoice,
    SituationalJudgement,
    SourceClaim,
    TrueFalseReason,
)

Note = tuple[str, str]


def notes(item: Item) -> list[Note]:
    """Labels and texts, in the order in which editors ask for them."""
    return [note for note in (*_of_type(item), *_feedback(item), *_record(item)) if note[1]]


def _of_type(item: Item) -> Iterator[Note]:
    if isinstance(item, SingleChoice | MultipleResponse):
        yield from _misconceptions(item.options)
    elif isinstance(item, TrueFalseReason):
        yield from _misconceptions(item.reasons)
    elif isinstance(item, SituationalJudgement):
        yield from _misconceptions(item.options)
        yield "Panel", f"{item.panel_raters} raters. {item.panel_note}".strip()
    elif isinstance(item, Matching):
        yield "Targets may be reused", "yes" if item.targets_reusable else "no"
    elif isinstance(item, Numeric):
        yield from _number(item)
    elif isinstance(item, ShortText):
        yield from _short_text(item)


def _misconceptions(options: Iterable[Option]) -> Iterator[Note]:
    for option in options:
        yield f"Misconception behind {option.id}", option.misconception


def _number(item: Numeric) -> Iterator[Note]:
    yield "Tolerance", f"{item.tolerance:g}"
    yield "Formula", item.formula
    for slip in item.slips:
        label = f"Slip {slip.value:g} (±{slip.tolerance:g}), {slip.credit:g} of 1"
        yield label, f"{slip.cause}. {slip.feedback}"


def _short_text(item: ShortText) -> Iterator[Note]:
    yield "Accepted", "; ".join(item.accepted)
    for near_miss in item.near_misses:
        yield f"Near miss: {near_miss.text}", near_miss.feedback
    for criterion in item.rubric:
        label = f"If missing ({criterion.points:g}): {criterion.criterion}"
        yield label, criterion.feedback_missing


def _feedback(item: Item) -> Iterator[Note]:
    yield "When right", item.feedback.correct
    yield "When not right", item.feedback.other


def _record(item: Item) -> Iterator[Note]:
    yield "Objective", f"{item.objective}, {item.bloom}"
    yield "Difficulty", f"{item.difficulty}, {item.expected_p:.0%} expected to be right"
    yield "Lesson", f"{item.lesson}; look again at {item.feedback.remediate}"
    yield "Skill", "" if item.skill == "none" else item.skill.replace("_", " ")
    yield "Status", f"{item.status}, version {item.version}"
    yield "Review by", str(item.review_by or "")
    yield "Tags", ", ".join(item.tags)
    for claim in item.sources:
        yield f"Source {claim.ref}", _claim(claim)


def _claim(claim: SourceClaim) -> str:
    return f"{claim.claim} (grade {claim.grade}, as of {claim.as_of})"
