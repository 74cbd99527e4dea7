"""The settings that the curriculum suggests for a module, as the settings form shows them.

Whoever picks another module in the form means its suggestions as well, unless they have typed
something of their own. A script does it at once; without one, the form is shown again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lti_tool.curriculum.documents import Curriculum, Module
from lti_tool.curriculum.settings import DATES, suggested_settings

SHOWN_FOR = "suggested_for"
"""The field that says for which module the form was filled in."""


def suggestions(module: Module, defaults: Mapping[str, Any]) -> dict[str, str]:
    """What stands in the form's fields when the module is chosen, under the course's defaults.

    Dates are nobody's suggestion.
    """
    settings = {**suggested_settings(module), **defaults}
    percent = int(settings.pop("pass_mark") * 100)
    texts = {name: _text(value) for name, value in settings.items() if name not in DATES}
    return texts | {"pass_percent": str(percent)}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def renew(
    form: Mapping[str, str], curriculum: Curriculum, defaults: Mapping[str, Any]
) -> dict[str, str]:
    """The fields that change with the module that was picked; none where nothing is to be shown.

    Only fields that still say what was suggested for the module before.
    """
    before = curriculum.module_by_id.get(form.get(SHOWN_FOR, ""))
    picked = curriculum.module_by_id.get(form.get("module_id", ""))
    if before is None or picked is None or before.id == picked.id:
        return {}
    was, now = suggestions(before, defaults), suggestions(picked, defaults)
    untouched = (name for name in was if name in form and form[name].strip() == was[name])
    changed = {name: now[name] for name in untouched if now[name] != was[name]}
    return changed | {SHOWN_FOR: picked.id} if changed else {}
