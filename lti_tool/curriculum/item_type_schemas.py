"""Shapes of the nine item types: the fields of `docs/authoring.md` become the item dataclasses."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from lti_tool.curriculum import items
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
    records,
)
from lti_tool.curriculum.item_schemas import ItemSchema, Stimulus


class KeyedOptionSchema(Record):
    """An option that is right or wrong: `correct: true`, or `credit: 1` in its place."""

    builds = items.Option
    id = Text(required=True)
    text = Prose(required=True)
    correct = Flag()
    credit = Number(0, 1)
    misconception = Text()
    feedback = Prose(required=True)

    def arrange(self, data: dict[str, Any]) -> dict[str, Any]:
        if "correct" in data:
            data["credit"] = float(data.pop("correct"))
        return data

    @validates_schema(skip_on_field_errors=False)
    def one_key(self, data: dict[str, Any], **_: Any) -> None:
        if "correct" in data and "credit" in data:
            raise ValidationError("give `correct` or `credit`, not both", "credit")
        if "correct" not in data and data.get("credit") not in (0, 1):
            raise ValidationError("is missing: say true or false", "correct")


class SingleChoiceSchema(ItemSchema):
    builds = items.SingleChoice
    methods = ("all_or_nothing",)
    options = records(KeyedOptionSchema, required=True)


class MultipleResponseSchema(ItemSchema):
    builds = items.MultipleResponse
    methods = ("plus_minus",)
    options = records(KeyedOptionSchema, required=True)


class TruthFeedbackSchema(Record):
    if_true = Prose(required=True, data_key="true", attribute="true")
    if_false = Prose(required=True, data_key="false", attribute="false")


class TrueFalseReasonSchema(ItemSchema):
    builds = items.TrueFalseReason
    methods = ("truth_and_reason",)
    statement = Prose(required=True)
    truth = Flag(required=True)
    truth_feedback = One(TruthFeedbackSchema, required=True)
    reasons = records(KeyedOptionSchema, required=True)


class PromptSchema(Record):
    builds = items.Prompt
    id = Text(required=True)
    text = Prose(required=True)
    feedback = Prose(required=True)


class TargetSchema(Record):
    builds = items.Target
    id = Text(required=True)
    text = Prose(required=True)
    feedback = Prose()


class MatchingSchema(ItemSchema):
    builds = items.Matching
    methods = ("per_pair",)
    prompts = records(PromptSchema, required=True)
    targets = records(TargetSchema, required=True)
    key = MapOf(Text(required=True), required=True)


class ElementSchema(Record):
    builds = items.Element
    id = Text(required=True)
    rank = Whole(1, 100, required=True)
    text = Prose(required=True)
    feedback = Prose(required=True)


class OrderingSchema(ItemSchema):
    builds = items.Ordering
    methods = ("concordant_pairs",)
    elements = records(ElementSchema, required=True)


class SlipSchema(Record):
    builds = items.Slip
    value = Number(required=True)
    tolerance = Number(0, required=True)
    credit = Number(0, 1, required=True)
    cause = Prose(required=True)
    feedback = Prose(required=True)


class VariantSchema(Record):
    builds = items.Variant
    parameters = MapOf(fields.Raw(), required=True)
    answer = Number(required=True)
    solution = Prose(required=True)
    slips = records(SlipSchema, required=True)
    stem = Prose()
    stimulus = Stimulus()
    correct = Prose()


class NumericSchema(ItemSchema):
    builds = items.Numeric
    methods = ("tolerance",)
    answer = Number(required=True)
    tolerance = Number(0, required=True)
    solution = Prose(required=True)
    unit = Prose()
    decimals = Whole(0, 10)
    formula = Text()
    parameters = MapOf(fields.Raw())
    slips = records(SlipSchema)
    variants = records(VariantSchema)


class NearMissSchema(Record):
    builds = items.NearMiss
    text = Text(required=True)
    feedback = Prose(required=True)


class CriterionSchema(Record):
    builds = items.Criterion
    id = Text(required=True)
    points = Number(0, 100, required=True)
    criterion = Prose(required=True)
    feedback_missing = Prose(required=True)


class ShortTextSchema(ItemSchema):
    builds = items.ShortText
    mode = Choice("exact", "rubric", required=True)
    accepted = Several(Text(required=True))
    near_misses = records(NearMissSchema)
    normalise = Several(Text())
    rubric = records(CriterionSchema)
    model_answer = Prose()
    max_words = Whole(1, 2000, allow_none=True)
    marking = MapOf(Text())

    def arrange(self, data: dict[str, Any]) -> dict[str, Any]:
        data.pop("normalise", None)
        data.pop("marking", None)
        return super().arrange(data)

    def fitting_methods(self, data: dict[str, Any]) -> tuple[str, ...]:
        return (data.get("mode", "exact"),)


class RatedOptionSchema(Record):
    builds = items.Option
    id = Text(required=True)
    text = Prose(required=True)
    credit = Number(0, 1, required=True)
    misconception = Text()
    feedback = Prose(required=True)


class PanelSchema(Record):
    raters = Whole(required=True)
    method = Text()
    median_gap = Number(allow_none=True)
    note = Prose()


class SituationalJudgementSchema(ItemSchema):
    builds = items.SituationalJudgement
    methods = ("option_credit",)
    scenario = Prose(required=True)
    options = records(RatedOptionSchema, required=True)
    panel = One(PanelSchema)

    def arrange(self, data: dict[str, Any]) -> dict[str, Any]:
        panel = data.pop("panel", {"raters": 0})
        data.update(panel_raters=panel["raters"], panel_note=panel.get("note", ""))
        return super().arrange(data)


class CategorySchema(Record):
    builds = items.Category
    id = Text(required=True)
    label = Prose(required=True)


class CardSchema(Record):
    builds = items.Card
    id = Text(required=True)
    text = Prose(required=True)
    category = Text(required=True)
    feedback = Prose(required=True)


class CardSortSchema(ItemSchema):
    builds = items.CardSort
    methods = ("corrected_for_guessing",)
    categories = records(CategorySchema, required=True)
    cards = records(CardSchema, required=True)


ITEM_SCHEMAS: dict[str, ItemSchema] = {
    "single_choice": SingleChoiceSchema(),
    "multiple_response": MultipleResponseSchema(),
    "true_false_reason": TrueFalseReasonSchema(),
    "matching": MatchingSchema(),
    "ordering": OrderingSchema(),
    "numeric": NumericSchema(),
    "short_text": ShortTextSchema(),
    "situational_judgement": SituationalJudgementSchema(),
    "card_sort": CardSortSchema(),
}


class AnyItem(fields.Field[items.Item]):
    """An item of the type that its field `type` names."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> items.Item:
        if not isinstance(value, dict):
            raise ValidationError("an item must hold fields: id, type, stem and so on")
        kind = value.get("type")
        schema = ITEM_SCHEMAS.get(kind) if isinstance(kind, str) else None
        if schema is None:
            raise ValidationError({"type": [f"must be one of {', '.join(ITEM_SCHEMAS)}"]})
        item: items.Item = schema.load(value)
        return item
