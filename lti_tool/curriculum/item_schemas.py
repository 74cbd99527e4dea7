"""Shape of what every item has, whatever its type; `item_type_schemas.py` has the nine types.

Only shape is judged here, so that a version published long ago still loads; `item_rules.py` has
the rules of good items. A field that marking and pages do not use is checked and left out.
"""

from __future__ import annotations

from typing import Any, ClassVar

from marshmallow import ValidationError, validates_schema

from lti_tool.curriculum import items
from lti_tool.curriculum.fields import (
    Cell,
    Choice,
    Day,
    Flag,
    Number,
    One,
    Prose,
    Record,
    Several,
    Text,
    Whole,
    Written,
    records,
)
from lti_tool.curriculum.typography import typeset

BLOOM_LEVELS = ("remember", "understand", "apply", "analyse", "evaluate", "create")
GRADES = ("A", "B", "C")
POOLS = ("graded", "final", "practice", "knowledge_check")
SKILLS = (
    "strategic_thinking",
    "communication",
    "collaborative_leadership",
    "relationship_building",
    "none",
)


class SourceClaimSchema(Record):
    builds = items.SourceClaim
    ref = Text(required=True)
    claim = Prose(required=True)
    as_of = Written(required=True)
    grade = Choice(*GRADES, required=True)
    review_by = Day(allow_none=True)


class TableSchema(Record):
    builds = items.Table
    header = Several(Cell(), required=True)
    rows = Several(Several(Cell()), required=True)


class StimulusSchema(Record):
    builds = items.Stimulus
    text = Prose()
    table = One(TableSchema)


class Stimulus(One):
    """A text, or a record with a table."""

    def __init__(self) -> None:
        super().__init__(StimulusSchema, allow_none=True)

    def _deserialize(self, value: Any, *context: Any, **more: Any) -> Any:
        if isinstance(value, str):
            return items.Stimulus(text=typeset(value.strip()))
        return super()._deserialize(value, *context, **more)


class DifficultySchema(Record):
    level = Whole(1, 3, required=True)
    expected_p = Number(0, 1, required=True)


class ScoringSchema(Record):
    method = Text()
    max_points = Number(0, 100)
    targets_reusable = Flag()


class FeedbackSchema(Record):
    builds = items.ItemFeedback
    remediate = Text(required=True)
    general = Prose()
    correct = Prose()
    other = Prose()


class AccessibilitySchema(Record):
    interaction = Text()
    text_alternative = Prose()
    notes = Text()


class ItemSchema(Record):
    """What every type has. `methods` are the scoring methods that fit the type."""

    methods: ClassVar[tuple[str, ...]] = ()

    id = Text(required=True)
    type = Text(required=True)
    version = Whole(1)
    status = Choice("draft", "reviewed", "live", "retired")
    module = Text(required=True)
    lesson = Text(required=True)
    objective = Text(required=True)
    bloom = Choice(*BLOOM_LEVELS, required=True)
    difficulty = One(DifficultySchema, required=True)
    skill = Choice(*SKILLS)
    pool = Choice(*POOLS, required=True)
    sources = records(SourceClaimSchema)
    review_by = Day(allow_none=True)
    language = Text()
    tags = Several(Text())
    stimulus = Stimulus()
    stem = Prose(required=True)
    scoring = One(ScoringSchema)
    shuffle = Flag()
    confidence_prompt = Flag()
    suggested_seconds = Whole(1, 7200)
    feedback = One(FeedbackSchema, required=True)
    a11y = One(AccessibilitySchema)

    def arrange(self, data: dict[str, Any]) -> dict[str, Any]:
        difficulty = data.pop("difficulty")
        data.update(difficulty=difficulty["level"], expected_p=difficulty["expected_p"])
        scoring = data.pop("scoring", {})
        data.update((name, scoring[name]) for name in scoring if name != "method")
        accessibility = data.pop("a11y", {})
        accessibility.pop("notes", None)
        return {**data, **accessibility}

    @validates_schema(skip_on_field_errors=False)
    def method_fits(self, data: dict[str, Any], **_: Any) -> None:
        scoring = data.get("scoring", {})
        fitting = self.fitting_methods(data)
        if "method" in scoring and scoring["method"] not in fitting:
            raise ValidationError({"scoring": {"method": [f"must be {' or '.join(fitting)}"]}})
        if "targets_reusable" in scoring and self.builds is not items.Matching:
            raise ValidationError({"scoring": {"targets_reusable": ["unknown field"]}})

    def fitting_methods(self, data: dict[str, Any]) -> tuple[str, ...]:
        return self.methods
