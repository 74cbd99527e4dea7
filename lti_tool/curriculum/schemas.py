"""Shapes of a curriculum document: as read from a folder, and as stored when it is published.

Both are the same document: what is published is the JSON of what `folder.py` read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lti_tool.curriculum import documents
from lti_tool.curriculum.fields import (
    Choice,
    Flag,
    MapOf,
    Number,
    One,
    Prose,
    Record,
    Several,
    Text,
    Whole,
    Written,
    messages,
    records,
)
from lti_tool.curriculum.item_schemas import BLOOM_LEVELS, GRADES, SourceClaimSchema
from lti_tool.curriculum.item_type_schemas import ITEM_SCHEMAS, AnyItem


class ObjectiveId(str):
    """The id of an objective where an item's id may stand as well."""

    __slots__ = ()


class SourceSchema(Record):
    builds = documents.Source
    ref = Text(required=True)
    title = Prose(required=True)
    grade = Choice(*GRADES, required=True)
    author = Prose()
    publisher = Prose()
    date = Written()
    accessed = Text()
    url = Text()


class GlossaryEntrySchema(Record):
    builds = documents.GlossaryEntry
    term = Prose(required=True)
    definition = Prose(required=True)
    sources = Several(Text(required=True))
    module = Text()


class Tested(Text):
    """An item's id, or {objective: id} for all graded items of an objective."""

    default_error_messages = messages(text="must be an item's id or {{objective: id}}")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        if isinstance(value, dict) and value.keys() == {"objective"}:
            return ObjectiveId(super()._deserialize(value["objective"], attr, data, **more))
        return super()._deserialize(value, attr, data, **more)


class TraceRowSchema(Record):
    builds = documents.TraceRow
    row = Text(required=True)
    element = Prose(required=True)
    lessons = Several(Text(required=True), required=True)
    items = Several(Tested(required=True))
    note = Prose()

    def arrange(self, data: dict[str, Any]) -> dict[str, Any]:
        """Items and objectives apart."""
        tested = data.get("items", ())
        return {
            **data,
            "items": tuple(each for each in tested if not isinstance(each, ObjectiveId)),
            "objectives": tuple(str(each) for each in tested if isinstance(each, ObjectiveId)),
        }


class ObjectiveSchema(Record):
    builds = documents.Objective
    id = Text(required=True)
    bloom = Choice(*BLOOM_LEVELS, required=True)
    text = Prose(required=True)


class ReserveSchema(Record):
    builds = documents.Reserve
    each = Whole(1, 100, required=True)
    modules = Several(Text(required=True), required=True)
    prefer = Several(Choice(*ITEM_SCHEMAS))


class QuizSchema(Record):
    builds = documents.QuizBlueprint
    draw = MapOf(MapOf(Whole(1, 100), names=ITEM_SCHEMAS), required=True)
    pass_mark = Number(0, 1, required=True)
    attempts = Whole(1, 1000, required=True, allow_none=True)
    suggested_minutes = Whole(1, 600, required=True)
    spaced = Whole(0, 100)
    reserve = One(ReserveSchema)
    cooling_off_hours = Whole(0, 2160)
    corrective_path = Flag()
    time_limit_minutes = Whole(1, 600, allow_none=True)

    def arrange(self, data: dict[str, Any]) -> dict[str, Any]:
        """Slots in the order of objectives, then of types: canonical JSON keeps no other order."""
        draw = data["draw"]
        slots = [
            documents.Slot(objective=objective, type=kind, count=draw[objective][kind])
            for objective in sorted(draw, key=_natural_order)
            for kind in sorted(draw[objective], key=list(ITEM_SCHEMAS).index)
        ]
        return {**data, "draw": tuple(slots)}


def _natural_order(text: str) -> list[tuple[int, str]]:
    """M1.O2 before M1.O10."""
    return [(int(part or 0), name) for name, part in re.findall(r"(\D*)(\d*)", text)]


class LessonSchema(Record):
    builds = documents.Lesson
    id = Text(required=True)
    title = Prose(required=True)
    minutes = Whole(1, 600, required=True)
    question = Prose(required=True)
    html = Text(required=True)
    knowledge_check = Text(required=True)
    objectives = Several(Text(required=True))
    sources = records(SourceClaimSchema)


class ModuleSchema(Record):
    builds = documents.Module
    id = Text(required=True)
    number = Whole(1, 100, required=True)
    title = Prose(required=True)
    purpose = Prose(required=True)
    objectives = records(ObjectiveSchema, required=True)
    lessons = records(LessonSchema, required=True)
    quiz = One(QuizSchema, required=True)


class CurriculumSchema(Record):
    builds = documents.Curriculum
    id = Text(required=True)
    title = Prose(required=True)
    description = Prose(required=True)
    language = Text(required=True)
    notice = Prose(required=True)
    trademarks = Prose()
    modules = records(ModuleSchema, required=True)
    items = Several(AnyItem(), required=True)
    sources = records(SourceSchema, required=True)
    glossary = records(GlossaryEntrySchema)
    traceability = records(TraceRowSchema)
    figures = MapOf(Text(required=True))


_CURRICULUM = CurriculumSchema()


def load_curriculum(document: Mapping[str, Any]) -> documents.Curriculum:
    """The curriculum of a document; raises marshmallow's ValidationError with every fault."""
    curriculum: documents.Curriculum = _CURRICULUM.load(document)
    return curriculum
