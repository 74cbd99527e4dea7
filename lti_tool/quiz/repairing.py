"""Repairing an item in a course: who gains or loses, applying it, and undoing it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import select

from lti_tool.curriculum.items import Item, Response
from lti_tool.curriculum.models import Placement
from lti_tool.db import db, utcnow
from lti_tool.errors import Invalid, NotFound
from lti_tool.events import ItemRepaired, publish
from lti_tool.quiz.attempts import decimal, items_of
from lti_tool.quiz.judging import Repair, RepairKind, Repairs, applying_to, score, with_criteria
from lti_tool.quiz.manual_marks import holds
from lti_tool.quiz.models import (
    Answer,
    Attempt,
    AttemptStatus,
    ItemRepair,
    ManualMark,
    RepairExemption,
)
from lti_tool.quiz.rekeying import can_be_key
from lti_tool.quiz.remarking import remark
from lti_tool.quiz.repairs import repairs_of

BATCH = 500
WITH_ANSWER = (RepairKind.ACCEPT, RepairKind.CORRECT)


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A repair that an instructor considers.

    `never_lower`: it does not apply to the attempts that would lose points.
    """

    item_id: str
    repair: Repair
    never_lower: bool
    reason: str
    note: str


@dataclass(frozen=True)
class Effect:
    """A handed-in attempt whose score a repair changes; points."""

    attempt: Attempt
    score_given: Decimal
    score_maximum: Decimal


def check_proposal(item: Item, proposal: Proposal) -> None:
    """Raises `Invalid` when the repair says nothing, or its answer could be no key."""
    faults = {}
    if proposal.repair.kind in WITH_ANSWER and not can_be_key(item, proposal.repair.response):
        faults["answer"] = ["Give a whole answer: it becomes a right one."]
    if not proposal.reason:
        faults["reason"] = ["Say why, for whoever asks later."]
    if faults:
        raise Invalid(fields=faults)


def effects_of(context_id: int, proposal: Proposal) -> list[Effect]:
    """The attempts whose score the repair would change, previews included; saves nothing."""
    effects = _effects(context_id, proposal.item_id, _with(context_id, proposal))
    return [each for each in effects if not (proposal.never_lower and _loses(each))]


def apply(context_id: int, proposal: Proposal, *, by_user_id: int) -> ItemRepair:
    """Repair the item; attempts are marked anew, and grades follow by themselves.

    Called within a unit of work. Publishes `ItemRepaired`, and `AttemptRemarked` for each attempt
    whose score changes.
    """
    repairs = _with(context_id, proposal)
    effects = list(_effects(context_id, proposal.item_id, repairs))
    spared = [each.attempt.id for each in effects if proposal.never_lower and _loses(each)]
    row = ItemRepair(
        context_id=context_id,
        item_id=proposal.item_id,
        kind=proposal.repair.kind,
        response=proposal.repair.response,
        never_lower=proposal.never_lower,
        reason=proposal.reason,
        note=proposal.note,
        by_user_id=by_user_id,
    )
    row.exemptions = [RepairExemption(attempt_id=each) for each in spared]
    db.session.add(row)
    db.session.flush()
    _publish(row, by_user_id, undone=False)
    for effect in effects:
        if effect.attempt.id in spared:
            continue
        remark(effect.attempt, context_id, repairs, reason=f"item {proposal.item_id} repaired")
    return row


def undo(context_id: int, repair_id: int, *, by_user_id: int) -> ItemRepair:
    """Take a repair back; what others decided since stays. Called within a unit of work.

    Raises `NotFound` when no such repair is in force.
    """
    row = db.session.get(ItemRepair, repair_id)
    if row is None or row.context_id != context_id or row.undone_at is not None:
        raise NotFound("This repair is not in force")
    row.undone_at = utcnow()
    db.session.flush()
    repairs = repairs_of(context_id)
    _publish(row, by_user_id, undone=True)
    for effect in list(_effects(context_id, row.item_id, repairs)):
        remark(effect.attempt, context_id, repairs, reason=f"repair of item {row.item_id} undone")
    return row


def _with(context_id: int, proposal: Proposal) -> Repairs:
    repairs = dict(repairs_of(context_id))
    known = repairs.get(proposal.item_id, ())
    repairs[proposal.item_id] = [*known, proposal.repair]
    return repairs


def _effects(context_id: int, item_id: str, repairs: Repairs) -> Iterator[Effect]:
    attempts = _attempts_with(context_id, item_id)
    responses = _responses([attempt.id for attempt in attempts])
    for attempt in attempts:
        applying = applying_to(repairs, attempt.id)
        found = score(items_of(attempt), responses[attempt.id], applying)
        effect = Effect(attempt, decimal(found.given), decimal(found.maximum))
        before = (attempt.score_given, attempt.score_maximum, attempt.awaits_marking)
        if before != (effect.score_given, effect.score_maximum, found.awaits_marking):
            yield effect


def _loses(effect: Effect) -> bool:
    old = effect.attempt
    before = _share(old.score_given or Decimal(0), old.score_maximum or Decimal(0))
    return _share(effect.score_given, effect.score_maximum) < before


def _share(given: Decimal, maximum: Decimal) -> Fraction:
    return Fraction(given) / Fraction(maximum) if maximum else Fraction(0)


def _attempts_with(context_id: int, item_id: str) -> list[Attempt]:
    rows = db.session.scalars(
        select(Attempt)
        .join(Placement, Placement.id == Attempt.placement_id)
        .where(Placement.context_id == context_id, Attempt.status == AttemptStatus.SUBMITTED)
        .order_by(Attempt.id)
    )
    return [attempt for attempt in rows if item_id in attempt.item_ids]


def _responses(attempt_ids: Sequence[int]) -> Mapping[int, dict[str, Response]]:
    """What was answered in each attempt; a query for every few hundred of them."""
    found: dict[int, dict[str, Response]] = {each: {} for each in attempt_ids}
    for start in range(0, len(attempt_ids), BATCH):
        batch = attempt_ids[start : start + BATCH]
        rows = db.session.execute(
            select(Answer.attempt_id, Answer.item_id, Answer.response, ManualMark.criteria)
            .outerjoin(ManualMark, holds())
            .where(Answer.attempt_id.in_(batch))
        )
        for attempt_id, item_id, response, criteria in rows:
            found[attempt_id][item_id] = with_criteria(response, criteria)
    return found


def _publish(row: ItemRepair, by_user_id: int, *, undone: bool) -> None:
    publish(
        ItemRepaired(
            user_id=by_user_id,
            context_id=row.context_id,
            item_id=row.item_id,
            repair_id=row.id,
            kind=row.kind,
            response=dict(row.response),
            reason=row.reason,
            undone=undone,
        )
    )
