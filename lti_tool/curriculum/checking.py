"""Checks authored content: all faults of a curriculum folder in one report, with file and line."""

from __future__ import annotations

import hashlib
import json
import pathlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from marshmallow import ValidationError

from lti_tool.curriculum.documents import Curriculum
from lti_tool.curriculum.faults import Fault, Path, Places, Problem, dotted, problems_of
from lti_tool.curriculum.folder import read_folder
from lti_tool.curriculum.item_rules import item_problems
from lti_tool.curriculum.item_type_schemas import AnyItem
from lti_tool.curriculum.items import Item
from lti_tool.curriculum.keys import keys_of
from lti_tool.curriculum.links import link_problems
from lti_tool.curriculum.outline import outline_of
from lti_tool.curriculum.reading import Reading
from lti_tool.curriculum.reviews import thin_slots
from lti_tool.curriculum.schemas import load_curriculum
from lti_tool.curriculum.tracing import trace_problems

_ANY_ITEM = AnyItem()
_RECORD_NAMES = {
    "items": ("id", "item"),
    "sources": ("ref", "source"),
    "glossary": ("term", "term"),
    "traceability": ("row", "row"),
}


@dataclass(frozen=True)
class Checked:
    """The result of a check: `curriculum` is there when no fault is an error."""

    document: dict[str, Any]
    faults: tuple[Fault, ...]
    curriculum: Curriculum | None
    places: Places

    @property
    def errors(self) -> tuple[Fault, ...]:
        return tuple(fault for fault in self.faults if fault.severity == "error")


def check(folder: pathlib.Path, today: date) -> Checked:
    """Read and judge a curriculum folder; bad content becomes faults, never an exception.

    `today` is the day that the dates of review are held against.
    """
    reading = read_folder(folder)
    faults = {*reading.faults, *(_fault(reading, it) for it in _problems(reading, today))}
    curriculum = None
    if all(fault.severity == "warning" for fault in faults):
        curriculum = load_curriculum(reading.document)
        faults |= {_fault(reading, it) for it in thin_slots(curriculum, today)}
    return Checked(reading.document, tuple(sorted(faults)), curriculum, reading.places)


def canonical_json(document: Mapping[str, Any]) -> str:
    """The one JSON text of a document: what is published, and what its digest is taken of."""
    return json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical_json(document).encode()).hexdigest()


def _problems(reading: Reading, today: date) -> Iterator[Problem]:
    items: list[Item] = []
    for index, record in enumerate(reading.document["items"]):
        try:
            item = _ANY_ITEM.deserialize(record)
        except ValidationError as error:
            yield from problems_of(error.messages, ("items", index))
            continue
        items.append(item)
        for problem in item_problems(item, today):
            yield problem.under(("items", index))
    yield from _shapes_around_items(reading)
    outline = outline_of(reading.document, reading.unread)
    yield from link_problems(outline, lambda path: reading.places.find(path).file.partition("/")[0])
    yield from trace_problems(outline)
    yield from _telling_keys(reading, items)


def _shapes_around_items(reading: Reading) -> Iterator[Problem]:
    """Faults in the fields of the curriculum, its modules, lessons and sources."""
    try:
        load_curriculum({**reading.document, "items": []})
    except ValidationError as error:
        for problem in problems_of(error.messages):
            if problem.path[:-1] not in reading.hollow:
                yield problem


def _telling_keys(reading: Reading, items: list[Item]) -> Iterator[Problem]:
    """Warn of modules in which learners can guess the key by its length or its place."""
    for index, module in enumerate(reading.document["modules"]):
        keys = keys_of(item for item in items if item.module == module.get("id"))
        path: Path = ("modules", index, "id")
        if keys.too_often_longest:
            message = (
                f"the key is the longest option in {len(keys.longest)} of {keys.count} items, by "
                f"chance it would be in {keys.expected:.0f}: " + ", ".join(keys.longest)
            )
            yield Problem(path, message, "warning")
        if keys.crowded_position:
            place = keys.crowded_position
            message = f"option {place} is the key in {keys.positions[place]} of {keys.count} items"
            yield Problem(path, f"{message}: spread the keys", "warning")


def _fault(reading: Reading, problem: Problem) -> Fault:
    place = reading.places.find(problem.path)
    record = _record_name(reading, problem.path)
    inner = place.within[1:] if record else place.within
    name = " ".join(filter(None, (record, dotted(inner))))
    message = f"{name}: {problem.message}" if name else problem.message
    return Fault(place.file, place.line, message, problem.severity)


def _record_name(reading: Reading, path: Path) -> str:
    """How a record is told apart from the others in its file, such as an item by its id."""
    match path:
        case (str(kind), int(index), *_) if kind in _RECORD_NAMES:
            record = reading.document[kind][index]
            key, noun = _RECORD_NAMES[kind]
            name = record.get(key) if isinstance(record, dict) else None
            return name if isinstance(name, str) else f"{noun} {index + 1}"
    return ""
