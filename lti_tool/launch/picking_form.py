"""The form on which an instructor chooses modules to place, as the browser sends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate
from werkzeug.datastructures import MultiDict

from lti_tool.curriculum.documents import Module
from lti_tool.curriculum.forms import LocalMoment, in_zone
from lti_tool.errors import Invalid

DATES = ("opens_at", "due_at")


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A module to place, under its title and with its points in the gradebook."""

    module: Module
    title: str
    points: Decimal
    opens_at: datetime | None
    due_at: datetime | None


class ChoiceSchema(Schema):
    """The fields of one module; their names on the page begin with the module's id and a point."""

    class Meta:
        unknown = EXCLUDE

    title = fields.String(
        required=True,
        validate=validate.Length(1, 200, error="Give a title of at most 200 characters."),
    )
    points = fields.Integer(
        load_default=100,
        validate=validate.Range(1, 10000, error="Give points from 1 to 10,000."),
        error_messages={"invalid": "Give points from 1 to 10,000."},
    )
    opens_at = LocalMoment(load_default=None)
    due_at = LocalMoment(load_default=None)

    @post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        if data["opens_at"] and data["due_at"] and data["due_at"] <= data["opens_at"]:
            raise ValidationError("The due date must lie after the opening.", "due_at")
        return data


SCHEMA = ChoiceSchema()


def read_choices(
    form: MultiDict[str, str], modules: Sequence[Module], *, several: bool, most_points: int
) -> list[Choice]:
    """The chosen modules in teaching order; raises `Invalid` naming every field at fault.

    The button "everything" stands for all of them, whatever is ticked.
    """
    ticked = set(form.getlist("module"))
    chosen = [module for module in modules if "everything" in form or module.id in ticked]
    if not chosen:
        raise Invalid(fields={"module": ["Choose at least one module."]})
    if len(chosen) > 1 and not several:
        raise Invalid(fields={"module": ["Your platform takes one link at a time: choose one."]})
    faults: dict[str, list[str]] = {}
    choices = [_read_choice(form, module, faults) for module in chosen]
    for choice in choices:
        if choice is not None and choice.points > most_points:
            fault = f"Your platform takes at most {most_points} points."
            faults[f"{choice.module.id}.points"] = [fault]
    if faults:
        raise Invalid(fields=faults)
    return [choice for choice in choices if choice is not None]


def _read_choice(
    form: Mapping[str, str], module: Module, faults: dict[str, list[str]]
) -> Choice | None:
    prefix = f"{module.id}."
    own = {name.removeprefix(prefix): form[name] for name in form if name.startswith(prefix)}
    try:
        values = SCHEMA.load({name: text.strip() for name, text in own.items()})
    except ValidationError as error:
        found: dict[str, list[str]] = error.normalized_messages()  # type: ignore[no-untyped-call]
        faults.update({prefix + name: texts for name, texts in found.items()})
        return None
    for name in DATES:
        values[name] = in_zone(values[name], form.get("timezone", ""))
    return Choice(module=module, **values | {"points": Decimal(values["points"])})
