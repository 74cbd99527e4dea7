"""Which items an attempt gets, and in what order things are shown: pure, and decided by a seed.

The order is that of a SHA-256 over the seed and the id, so one seed gives one quiz on every
machine and under every version of Python; `random` promises neither.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from hashlib import sha256

from lti_tool.curriculum.documents import Curriculum, Module, Reserve, Slot
from lti_tool.curriculum.items import Item, Ordering


def draw(
    curriculum: Curriculum,
    module: Module,
    seed: str,
    seen: Collection[str] = (),
    *,
    today: date,
    without: Collection[str] = (),
    shuffled: bool = True,
) -> tuple[str, ...]:
    """The item ids of one graded attempt at the module, in the order in which they are asked.

    Without `shuffled` that is the order of the blueprint, earlier modules' items last.
    Items that the learner has `seen` come only when unseen ones run out. A pool that is too small
    gives what it has: the check of the curriculum reports it, the learner is not turned away.
    Items in `without` never come.
    """
    usable = _usable(curriculum, "graded", today, without)
    own = [item for item in usable if item.module == module.id]
    drawn: list[str] = []
    for slot in module.quiz.draw:
        drawn += _fill(slot, own, seed, seen, drawn)
    earlier = {each.id for each in curriculum.modules if each.number < module.number}
    spaced = [item for item in usable if item.module in earlier]
    drawn += _spread(spaced, module.quiz.spaced, seed, seen)
    if reserve := module.quiz.reserve:
        final = _usable(curriculum, "final", today, without)
        for name in reserve.modules:
            pool = [item for item in final if item.module == name]
            drawn += _from_reserve(reserve, pool, seed, seen)
    return _shuffled(f"{seed}/questions", drawn) if shuffled else tuple(drawn)


def option_order(seed: str, item: Item, ids: Iterable[str]) -> tuple[str, ...]:
    """The order in which options, reasons, targets or cards of an item are shown.

    Without a seed they stand as they were written.
    """
    if not item.shuffle or not seed:
        return tuple(ids)
    return _shuffled(f"{seed}/{item.id}", ids)


def element_order(seed: str, item: Ordering) -> tuple[str, ...]:
    """The order in which elements are shown: shuffled even without `shuffle`, and never right."""
    rank = {element.id: element.rank for element in item.elements}
    order = _shuffled(f"{seed}/{item.id}", rank)
    ranks = [rank[each] for each in order]
    if ranks == sorted(ranks):
        return order[1:] + order[:1]
    return order


def spread_over(
    pool: Collection[Item], count: int, each: int, seed: str, age: Mapping[str, datetime]
) -> list[str]:
    """`count` ids for practice, `each` of an objective at most, spread evenly over objectives.

    Within an objective those come first whose `age` (when they were last practised) lies furthest
    back.
    """
    by_objective: dict[str, list[str]] = {}
    for item in sorted(pool, key=lambda item: (age[item.id], _place(seed, item.id))):
        by_objective.setdefault(item.objective, []).append(item.id)
    order = sorted(by_objective, key=lambda objective: _place(seed, objective))
    turns = [by_objective[name][turn : turn + 1] for turn in range(each) for name in order]
    return [item_id for turn in turns for item_id in turn][:count]


def _usable(curriculum: Curriculum, pool: str, today: date, without: Collection[str]) -> list[Item]:
    """The items of a pool that may be drawn into an attempt that counts, on this day."""
    return [
        item
        for item in curriculum.items
        if item.pool == pool
        and item.status != "retired"
        and item.id not in without
        and not item.is_stale(today)
    ]


def _fill(
    slot: Slot, pool: list[Item], seed: str, seen: Collection[str], taken: list[str]
) -> list[str]:
    """The ids for one line of the blueprint, unseen items first."""
    fitting = [
        item.id
        for item in pool
        if item.objective == slot.objective and item.type == slot.type and item.id not in taken
    ]
    fitting.sort(key=lambda each: (each in seen, _place(seed, each)))
    return fitting[: slot.count]


def _from_reserve(
    reserve: Reserve, pool: list[Item], seed: str, seen: Collection[str]
) -> list[str]:
    """The ids that one module gives: one of a preferred type, even a seen one, then unseen first.

    A second one of a preferred type is spared while others are unseen: another attempt needs it.
    """
    own = sorted(pool, key=lambda item: (item.id in seen, _place(seed, item.id)))
    preferred = [item.id for item in own if item.type in reserve.prefer]
    first, spared = preferred[:1], preferred[1:2]
    rest = [item.id for item in own if item.id not in first]
    rest.sort(key=lambda each: (each in seen, each in spared))
    return (first + rest)[: reserve.each]


def _spread(pool: list[Item], count: int, seed: str, seen: Collection[str]) -> list[str]:
    """`count` ids: unseen items first, among these from modules that have given fewest so far."""
    left = list(pool)
    given: Counter[str] = Counter()
    chosen: list[str] = []
    while left and len(chosen) < count:
        item = min(
            left,
            key=lambda each: (
                each.id in seen,
                given[each.module],
                _place(seed, each.module),
                _place(seed, each.id),
            ),
        )
        left.remove(item)
        given[item.module] += 1
        chosen.append(item.id)
    return chosen


def _shuffled(seed: str, ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(ids, key=lambda each: _place(seed, each)))


def _place(seed: str, each: str) -> str:
    return sha256(f"{seed}/{each}".encode()).hexdigest()
