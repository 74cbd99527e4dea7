"""The questions of a placement with their figures: read in three queries, counted here.

Counted are attempts of learners that were handed in. First attempts and later ones are kept apart,
for who tries again has seen explanations. Answers to different wordings of a question are kept
apart too: versions of the curriculum that ask and mark it alike count as one. A question that the
course has repaired counts as repaired, with its new key.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, select, type_coerce

from lti_tool.analytics.chosen import parts_chosen
from lti_tool.analytics.item_findings import Finding, attention, findings
from lti_tool.analytics.item_statistics import ItemStatistics, Observation, Part, analyse
from lti_tool.analytics.numbers_given import outcome_of
from lti_tool.curriculum import catalogue
from lti_tool.curriculum.items import Item, Numeric
from lti_tool.curriculum.models import Placement
from lti_tool.curriculum.varying import varied
from lti_tool.db import db
from lti_tool.quiz.judging import Repairs, judge
from lti_tool.quiz.models import Answer, Attempt, AttemptStatus
from lti_tool.quiz.repairs import repairs_of

FIRST, LATER = "first", "later"
UNSEEN = {
    *("feedback", "feedback_missing", "truth_feedback", "sources", "review_by", "status"),
    *("version", "expected_p", "difficulty", "tags", "skill", "bloom", "misconception", "cause"),
    *("panel_raters", "panel_note", "solution", "model_answer", "objective", "lesson", "pool"),
}
"""What may change in a question without its being asked or marked otherwise."""


@dataclass(frozen=True)
class AnalysedItem:
    """A question as it was asked in `version_ids`, with its figures and what to look at.

    `item` has the key that counts in the course; `is_repaired` says that it may be another one than
    its authors'.
    """

    item: Item
    version_ids: tuple[int, ...]
    statistics: ItemStatistics
    findings: tuple[Finding, ...]
    is_repaired: bool = False

    @property
    def subject(self) -> str:
        """The words by which one question is told from another: many share a stem."""
        texts = [getattr(self.item, name, "") for name in ("scenario", "statement", "stem")]
        return next(text for text in texts if text)

    @property
    def attention(self) -> int:
        return attention(self.findings)


@dataclass
class _Wording:
    """A question as some versions of the curriculum ask it, and all meetings with it."""

    item: Item
    version_ids: list[int]
    seen: list[Observation] = field(default_factory=list)


@dataclass(frozen=True)
class _Given:
    """A stored answer; `points` is None while it waits to be marked."""

    response: Mapping[str, Any]
    confidence: str | None
    points: float | None


def analysed_items(
    placement: Placement, which: str, learners: Select[int] | None = None
) -> list[AnalysedItem]:
    """Every question that learners met, the ones that need attention first.

    `which` is "first" for first attempts, "later" for all others; `learners` finds the ids of those
    whose attempts count, None: everybody's. Three queries, whatever their number.
    """
    repairs = repairs_of(placement.context_id)
    analysed = []
    for wording in _wordings(placement.id, which, repairs, learners):
        rules = repairs.get(wording.item.id, ())
        item = judge(wording.item, {}, rules).item
        statistics = analyse(wording.seen)
        versions = tuple(wording.version_ids)
        found = findings(item, statistics)
        analysed.append(AnalysedItem(item, versions, statistics, found, bool(rules)))
    return sorted(analysed, key=_by_attention)


def _by_attention(each: AnalysedItem) -> tuple[int, bool, float, str]:
    """Grave findings first; then those with answers enough, the hardest of them first."""
    facility = each.statistics.facility
    hard = facility.value if facility else 1.0
    return each.attention, not each.statistics.is_enough, hard, each.item.id


def analysed_item(
    placement: Placement, item_id: str, which: str, learners: Select[int] | None = None
) -> list[AnalysedItem]:
    """The wordings of one question, the newest first; [] where no learner has met it."""
    analysed = analysed_items(placement, which, learners)
    found = [each for each in analysed if each.item.id == item_id]
    return sorted(found, key=lambda each: -max(each.version_ids))


def _wordings(
    placement_id: int, which: str, repairs: Repairs, learners: Select[int] | None
) -> list[_Wording]:
    attempts = _attempts(placement_id, which, learners)
    answers = _answers(placement_id, which)
    known: dict[tuple[int, str], _Wording] = {}
    for attempt_id, version_id, item_ids, seed in attempts:
        items = catalogue.curriculum(version_id).item_by_id
        drawn = [items[item_id] for item_id in item_ids]
        given = answers.get(attempt_id, {})
        for item, observation in _observations(drawn, seed, given, repairs):
            key = (version_id, item.id)
            if key not in known:
                known[key] = _wording_of(item, version_id, known)
            known[key].seen.append(observation)
    return list({id(wording): wording for wording in known.values()}.values())


def _wording_of(item: Item, version_id: int, known: Mapping[Any, _Wording]) -> _Wording:
    """The wording that another version has already, or a new one."""
    for (_, item_id), wording in known.items():
        if item_id == item.id and is_same_question(wording.item, item):
            if version_id not in wording.version_ids:
                wording.version_ids.append(version_id)
            return wording
    return _Wording(item, [version_id])


def is_same_question(one: Item, other: Item) -> bool:
    """Whether both are asked and marked alike, whatever else their authors changed."""
    return one is other or _asked(asdict(one)) == _asked(asdict(other))


def _asked(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _asked(each) for name, each in value.items() if name not in UNSEEN}
    if isinstance(value, list | tuple):
        return [_asked(each) for each in value]
    return value


def _observations(
    drawn: Sequence[Item], seed: str, given: Mapping[str, _Given], repairs: Repairs
) -> Iterator[tuple[Item, Observation]]:
    """Each marked question of one attempt that counts, as all learners get it."""
    marked = [
        (item, found, points)
        for item in drawn
        if (points := _points(varied(item, seed), found := given.get(item.id), repairs)) is not None
    ]
    total = sum(points for _, _, points in marked)
    maximum = sum(item.max_points for item, _, _ in marked)
    for item, found, points in marked:
        others = maximum - item.max_points
        yield (
            item,
            Observation(
                credit=min(max(points / item.max_points, 0.0), 1.0),
                rest=(total - points) / others if others > 0 else None,
                chosen=_chosen(item, seed, found.response) if found else (),
                confidence=found.confidence if found else None,
            ),
        )


def _chosen(item: Item, seed: str, response: object) -> tuple[Part, ...]:
    asked = varied(item, seed)
    if isinstance(item, Numeric) and isinstance(asked, Numeric) and item.variants:
        return outcome_of(asked, response)
    return parts_chosen(item, response)


def _points(item: Item, found: _Given | None, repairs: Repairs) -> float | None:
    """Points earned, by an open question those that everybody gets; None: it does not count."""
    rules = repairs.get(item.id, ())
    if found is not None and not rules:
        return found.points
    judged = judge(item, found.response if found else {}, rules)
    if not judged.counts:
        return None
    return found.points if found else float(judged.points)


def _counted(placement_id: int, which: str) -> tuple[ColumnElement[bool], ...]:
    number = Attempt.number == 1 if which == FIRST else Attempt.number > 1
    return (
        Attempt.placement_id == placement_id,
        Attempt.status == AttemptStatus.SUBMITTED,
        Attempt.is_preview.is_(False),
        number,
    )


def _attempts(
    placement_id: int, which: str, learners: Select[int] | None
) -> Iterator[tuple[int, int, list[str], str]]:
    query = select(Attempt.id, Attempt.version_id, Attempt.item_ids, Attempt.seed)
    if learners is not None:
        query = query.where(Attempt.user_id.in_(learners))
    rows = db.session.execute(query.where(*_counted(placement_id, which)).order_by(Attempt.id))
    return ((row[0], row[1], row[2], row[3]) for row in rows.all())


def _answers(placement_id: int, which: str) -> dict[int, dict[str, _Given]]:
    rows = db.session.execute(
        select(
            Answer.attempt_id,
            Answer.item_id,
            Answer.response,
            Answer.confidence,
            type_coerce(Answer.points, Float),
        )
        .join(Attempt, Attempt.id == Answer.attempt_id)
        .where(*_counted(placement_id, which))
    )
    found: dict[int, dict[str, _Given]] = defaultdict(dict)
    for attempt_id, item_id, response, confidence, points in rows:
        found[attempt_id][item_id] = _Given(response, confidence, points)
    return found
