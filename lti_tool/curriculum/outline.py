"""The records of a document as written, so that one with a fault can still be referred to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lti_tool.curriculum.faults import Path
from lti_tool.curriculum.reading import Kind

Record = dict[str, Any]


@dataclass
class Outline:
    """Every record of a document that is a mapping, with its path; `unread` as in `Reading`."""

    unread: set[Kind]
    modules: list[tuple[Path, Record]]
    items: list[tuple[Path, Record]]
    sources: list[tuple[Path, Record]]
    glossary: list[tuple[Path, Record]]
    traceability: list[tuple[Path, Record]]
    lessons: list[tuple[Path, Record, Record]] = field(default_factory=list)  # with its module
    lesson_modules: dict[str, str] = field(default_factory=dict)
    objective_modules: dict[str, str] = field(default_factory=dict)

    def knows_every(self, kind: Kind) -> bool:
        """Whether a name that is not found among records of that kind does not exist."""
        return kind not in self.unread


def outline_of(document: Record, unread: set[Kind]) -> Outline:
    outline = Outline(
        unread,
        modules=list(records_in(document, ("modules",))),
        items=list(records_in(document, ("items",))),
        sources=list(records_in(document, ("sources",))),
        glossary=list(records_in(document, ("glossary",))),
        traceability=list(records_in(document, ("traceability",))),
    )
    for path, module in outline.modules:
        name = text_in(module, "id")
        for lesson_path, lesson in records_in(module, ("lessons",)):
            outline.lessons.append((path + lesson_path, module, lesson))
            outline.lesson_modules[text_in(lesson, "id")] = name
        for _, objective in records_in(module, ("objectives",)):
            outline.objective_modules[text_in(objective, "id")] = name
    return outline


def records_in(parent: Any, at: Path) -> Iterator[tuple[Path, Record]]:
    """The mappings in the list that `parent` holds under the last key of `at`."""
    values = parent.get(at[-1]) if isinstance(parent, dict) else None
    for index, value in enumerate(values if isinstance(values, list) else []):
        if isinstance(value, dict):
            yield (*at, index), value


def text_in(record: Any, key: str) -> str:
    """A text of the record; "" for one that is missing or no text (the schemas report that)."""
    value = record.get(key) if isinstance(record, dict) else None
    return value.strip() if isinstance(value, str) else ""
