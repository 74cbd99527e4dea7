"""Rules of `traceability.yaml`: what must be covered names content that is there."""

from __future__ import annotations

from collections.abc import Iterator

from lti_tool.curriculum.content_files import strings
from lti_tool.curriculum.faults import Path, Problem
from lti_tool.curriculum.outline import Outline, Record, text_in


def trace_problems(outline: Outline) -> Iterator[Problem]:
    """Every row has a name of its own, at least one lesson, and no reference into nothing."""
    seen: set[str] = set()
    for path, row in outline.traceability:
        name = text_in(row, "row")
        if name and name in seen:
            yield Problem((*path, "row"), f"{name} is used twice")
        seen.add(name)
        if row.get("lessons") == []:
            yield Problem((*path, "lessons"), "name at least one lesson")
        if outline.knows_every("lesson"):
            yield from _lessons(outline, path, row)
        if outline.knows_every("item"):
            yield from _items(outline, path, row)


def _lessons(outline: Outline, path: Path, row: Record) -> Iterator[Problem]:
    for index, lesson in strings(row.get("lessons")):
        if lesson.strip() not in outline.lesson_modules:
            yield Problem((*path, "lessons", index), f"there is no lesson {lesson}")


def _items(outline: Outline, path: Path, row: Record) -> Iterator[Problem]:
    ids = {text_in(item, "id") for _, item in outline.items}
    graded = {
        text_in(item, "objective")
        for _, item in outline.items
        if item.get("pool") == "graded" and item.get("status") != "retired"
    }
    entries = row.get("items")
    for index, entry in enumerate(entries if isinstance(entries, list) else []):
        if isinstance(entry, str) and entry.strip() not in ids:
            yield Problem((*path, "items", index), f"there is no item {entry}")
        objective = text_in(entry, "objective")
        if objective and objective not in graded:
            message = f"there is no graded item of {objective}"
            yield Problem((*path, "items", index), message)
