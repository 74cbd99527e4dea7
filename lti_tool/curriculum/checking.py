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
from lti_tool.curriculum.faults import Fault, Path, Problem, dotted, problems_of
from lti_tool.curriculum.folder import Reading, read_folder
from lti_tool.curriculum.item_rules import item_problems
from lti_tool.curriculum.item_type_schemas import AnyItem
from lti_tool.curriculum.items import Item, SingleChoice, SituationalJudgement
from lti_tool.curriculum.links import link_problems
from lti_tool.curriculum.schemas import load_curriculum

_ANY_ITEM = AnyItem()


@dataclass(frozen=True)
class Checked:
    """The result of a check: `curriculum` is there when no fault is an error."""

    document: dict[str, Any]
    faults: tuple[Fault, ...]
    curriculum: Curriculum | None

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
    return Checked(reading.document, tuple(sorted(faults)), curriculum)


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
    yield from link_problems(
        reading.document,
        reading.unread,
        lambda path: reading.places.find(path).file.partition("/")[0],
    )
    yield from _long_keys(reading, items)


def _shapes_around_items(reading: Reading) -> Iterator[Problem]:
    """Faults in the fields of the curriculum, its modules, lessons and sources."""
    try:
        load_curriculum({**reading.document, "items": []})
    except ValidationError as error:
        for problem in problems_of(error.messages):
            if problem.path[:-1] not in reading.hollow:
                yield problem


def _long_keys(reading: Reading, items: list[Item]) -> Iterator[Problem]:
    """Warn of modules in which learners can pick the longest option and be right too often."""
    for index, module in enumerate(reading.document["modules"]):
        choices = [
            item
            for item in items
            if isinstance(item, SingleChoice | SituationalJudgement)
            and item.module == module.get("id")
        ]
        long = [item.id for item in choices if _key_is_longest(item)]
        if len(long) * 3 > len(choices):
            message = f"the key is the longest option in {len(long)} of {len(choices)} items: "
            yield Problem(("modules", index, "id"), message + ", ".join(long), "warning")


def _key_is_longest(item: SingleChoice | SituationalJudgement) -> bool:
    keys = [len(option.text) for option in item.options if option.correct]
    others = [len(option.text) for option in item.options if not option.correct]
    return max(keys, default=0) > max(others, default=0)


def _fault(reading: Reading, problem: Problem) -> Fault:
    place = reading.places.find(problem.path)
    record = _record_name(reading, problem.path)
    inner = place.within[1:] if record else place.within
    name = " ".join(filter(None, (record, dotted(inner))))
    message = f"{name}: {problem.message}" if name else problem.message
    return Fault(place.file, place.line, message, problem.severity)


def _record_name(reading: Reading, path: Path) -> str:
    """An item's id or a source's ref, since many stand in one file."""
    match path:
        case ("items" | "sources" as kind, int(index), *_):
            record = reading.document[kind][index]
            name = record.get("id", record.get("ref")) if isinstance(record, dict) else None
            return name if isinstance(name, str) else f"{kind[:-1]} {index + 1}"
    return ""
