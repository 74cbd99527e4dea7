"""The report on a curriculum for its editors: what there is, how it reads, what it covers. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from lti_tool.curriculum.documents import Curriculum, Lesson, Module, TraceRow
from lti_tool.curriculum.item_schemas import BLOOM_LEVELS, POOLS
from lti_tool.curriculum.item_type_schemas import ITEM_SCHEMAS
from lti_tool.curriculum.items import Item
from lti_tool.curriculum.keys import keys_of
from lti_tool.curriculum.readability import FORMULA, Readability, readability

FINAL_ITEMS = 2
"""Items of the final pool that an objective should have."""

_WIDEST = 60
_Row = Sequence[object]


def report(curriculum: Curriculum) -> str:
    """The report as text for a terminal, section by section."""
    sections = (
        _modules,
        _items,
        _objectives,
        _reserves,
        _keys,
        _lessons,
        _sources,
        _traceability,
    )
    heading = f"{curriculum.title} ({curriculum.id})"
    parts = ["\n".join(section(curriculum)) for section in sections]
    return "\n\n".join([heading, *filter(None, parts)]) + "\n"


def _table(title: str, header: _Row, rows: Iterable[_Row]) -> Iterator[str]:
    """Columns as wide as their longest cell; numbers flush right."""
    lines = [[_cell(cell) for cell in line] for line in (header, *rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    yield title
    for line in lines:
        cells = [
            cell.rjust(width) if _is_number(cell) else cell.ljust(width)
            for cell, width in zip(line, widths, strict=True)
        ]
        yield "  " + "  ".join(cells).rstrip()


def _cell(value: object) -> str:
    text = f"{value:.1f}" if isinstance(value, float) else str(value)
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"


def _is_number(cell: str) -> bool:
    return cell.replace(".", "", 1).isdigit()


def _module_items(curriculum: Curriculum, module: Module) -> list[Item]:
    return [item for item in curriculum.items if item.module == module.id]


def _with_items(curriculum: Curriculum) -> list[Module]:
    """The modules that have items of their own: one with a reserve draws those of others."""
    return [module for module in curriculum.modules if _module_items(curriculum, module)]


def _reading(lessons: Iterable[Lesson]) -> Readability:
    return sum((readability(lesson.html) for lesson in lessons), Readability())


def _reading_cells(curriculum: Curriculum, reading: Readability) -> _Row:
    english = curriculum.language.startswith("en")
    return (reading.words, reading.sentence_words, reading.grade if english else "-")


def _modules(curriculum: Curriculum) -> Iterator[str]:
    rows: list[_Row] = []
    totals: Counter[int] = Counter()
    for module in curriculum.modules:
        terms = [entry for entry in curriculum.glossary if entry.module == module.id]
        figures = sum(lesson.html.count("<figure") for lesson in module.lessons)
        reading: _Row = ("-", "-", "-")
        if module.lessons:
            reading = _reading_cells(curriculum, _reading(module.lessons))
        items = len(_module_items(curriculum, module))
        counts = (len(module.lessons), module.minutes, figures, len(terms), items)
        totals.update(dict(enumerate(counts)))
        rows.append((module.id, module.title, *counts, *reading))
    everything = _reading(lesson for module in curriculum.modules for lesson in module.lessons)
    sums = [totals[column] for column in range(5)]
    rows.append(("all", "", *sums, *_reading_cells(curriculum, everything)))
    header = ("", "module", "lessons", "minutes", "figures", "terms", "items", "words")
    yield from _table("Modules", (*header, "words/sentence", "grade"), rows)
    yield f"  grade = {FORMULA}"


def _items(curriculum: Curriculum) -> Iterator[str]:
    yield from _cross(curriculum, "Items by type", ITEM_SCHEMAS, lambda item: item.type)
    yield ""
    yield from _cross(curriculum, "Items by Bloom level", BLOOM_LEVELS, lambda item: item.bloom)
    yield ""
    yield from _cross(curriculum, "Items by difficulty", (1, 2, 3), lambda item: item.difficulty)
    yield ""
    yield from _cross(curriculum, "Items by pool", POOLS, lambda item: item.pool)


def _cross(
    curriculum: Curriculum, title: str, values: Iterable[object], value_of: Callable[[Item], object]
) -> Iterator[str]:
    counts = Counter((item.module, value_of(item)) for item in curriculum.items)
    modules = [module.id for module in _with_items(curriculum)]
    rows: list[_Row] = []
    for value in values:
        numbers = [counts[module, value] for module in modules]
        rows.append((value, *numbers, sum(numbers)))
    sums = [sum(counts[module, row[0]] for row in rows) for module in modules]
    rows.append(("all", *sums, sum(sums)))
    yield from _table(title, ("", *modules, "all"), rows)


def _objectives(curriculum: Curriculum) -> Iterator[str]:
    counts = Counter((item.objective, item.pool) for item in curriculum.items)
    rows = []
    for module in curriculum.modules:
        for objective in module.objectives:
            numbers = [counts[objective.id, pool] for pool in POOLS]
            lacking = FINAL_ITEMS - counts[objective.id, "final"]
            remark = f"{lacking} final to come" if lacking > 0 else ""
            rows.append((objective.id, objective.bloom, *numbers, remark))
    yield from _table("Objectives", ("", "bloom", *POOLS, ""), rows)


def _reserves(curriculum: Curriculum) -> Iterator[str]:
    """What each quiz with a reserve asks for, and what is there."""
    for module in curriculum.modules:
        reserve = module.quiz.reserve
        if reserve is None:
            continue
        rows = []
        for name in reserve.modules:
            types = Counter(
                item.type
                for item in curriculum.items
                if item.module == name and item.pool == "final" and item.status != "retired"
            )
            preferred = sum(types[kind] for kind in reserve.prefer)
            rows.append((name, reserve.each, types.total(), preferred))
        title = f"Reserve of {module.id}: {reserve.item_count} items an attempt"
        header = ("", "asked", "final", "preferred")
        yield from _table(title, header, rows)


def _keys(curriculum: Curriculum) -> Iterator[str]:
    rows = []
    groups = [(module.id, _module_items(curriculum, module)) for module in _with_items(curriculum)]
    for name, items in [*groups, ("all", list(curriculum.items))]:
        keys = keys_of(items)
        share = f"{len(keys.longest) / max(1, keys.count):.0%}"
        chance = f"{keys.expected / max(1, keys.count):.0%}"
        positions = [keys.positions[place] for place in range(1, 6)]
        rows.append((name, keys.count, len(keys.longest), share, chance, *positions))
    header = ("", "items", "longest", "share", "by chance", "1st", "2nd", "3rd", "4th", "5th")
    yield from _table("Keys: the longest option, and at which place", header, rows)


def _lessons(curriculum: Curriculum) -> Iterator[str]:
    rows = []
    for module in curriculum.modules:
        for lesson in module.lessons:
            reading = _reading_cells(curriculum, readability(lesson.html))
            rows.append((lesson.id, lesson.title, lesson.minutes, *reading))
    header = ("", "lesson", "minutes", "words", "words/sentence", "grade")
    yield from _table("Lessons", header, rows)


def _sources(curriculum: Curriculum) -> Iterator[str]:
    lessons = [lesson for module in curriculum.modules for lesson in module.lessons]
    terms = Counter(ref for entry in curriculum.glossary for ref in set(entry.sources))
    uses = (_uses(lessons), _uses(curriculum.items), terms)
    rows = [
        (each.ref, each.grade, each.date, *(counts[each.ref] for counts in uses))
        for each in curriculum.sources
    ]
    used = sum(any(row[3:]) for row in rows)
    header = ("", "grade", "date", "lessons", "items", "terms")
    yield from _table(f"Sources: {used} of {len(rows)} are used", header, rows)


def _uses(records: Iterable[Any]) -> Counter[str]:
    """How many lessons or items cite each source."""
    return Counter(ref for record in records for ref in {claim.ref for claim in record.sources})


def _traceability(curriculum: Curriculum) -> Iterator[str]:
    if not curriculum.traceability:
        yield "Traceability: there is no traceability.yaml"
        return
    rows = [
        (row.row, row.element, ", ".join(row.lessons), _tested(curriculum, row), row.note)
        for row in curriculum.traceability
    ]
    header = ("", "must be covered", "lessons", "items", "note")
    yield from _table(f"Traceability: {len(rows)} rows are covered", header, rows)


def _tested(curriculum: Curriculum, row: TraceRow) -> int:
    """How many items test the row."""
    named = set(row.items)
    return sum(
        item.id in named or (item.objective in row.objectives and item.pool == "graded")
        for item in curriculum.items
    )
