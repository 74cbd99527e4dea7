"""Course groups: which of them a person is in, and what they are called.

Platforms tell it in four ways: names or ids in custom values, at a launch or with each member of
a roster; ids with each member (Course Groups Service 1.0, NRPS with `groups=true`); and the names
of these by a service of their own. A section is a group like any other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from lti_tool.errors import PlatformError
from lti_tool.lti.claim_fields import UNKNOWN_VARIABLE, UNSTORABLE
from lti_tool.lti.connector import RegistrationConnector
from lti_tool.lti.models import Registration
from lti_tool.lti.paging import ServiceRefused, read_pages

GROUP_SCOPE = "https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly"
CONTAINER_TYPE = "application/vnd.ims.lti-gs.v1.contextgroupcontainer+json"
MOST_GROUPS = 20
"""How many groups of one person are taken in."""
MOST_NAMES = 1000
"""How many names of groups are taken from one course."""
CHARACTERS = 100


@dataclass(frozen=True)
class Group:
    """A group of a course: the same key is the same group; `name` is "" where it is not told."""

    key: str
    name: str = ""


def told_groups(custom: Mapping[str, Any]) -> tuple[Group, ...]:
    """The groups that custom values name, as `Profile.variables` asks for them; () for none.

    Canvas sends `group_names` as JSON text; `group_ids` are separated by commas.
    """
    said = {name.lower(): value for name, value in custom.items()}
    names = _unique(_list_in(said.get("group_names")))
    if names:
        return tuple(Group(name, name) for name in names)
    ids = said.get("group_ids")
    return groups_of(ids.split(",", MOST_GROUPS)[:MOST_GROUPS] if isinstance(ids, str) else ())


def groups_of(ids: Iterable[object]) -> tuple[Group, ...]:
    """The groups with these ids; what can be no id is left out."""
    return tuple(Group(key) for key in _unique(ids))


def _list_in(value: object) -> Iterable[object]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return ()
    return value if isinstance(value, list) else ()


def _unique(values: Iterable[object]) -> list[str]:
    texts = (_clean(value) for value in values)
    return list(dict.fromkeys(text for text in texts if text))[:MOST_GROUPS]


def _clean(value: object) -> str:
    """The text in one line and within bounds; "" for what is none, or an unknown variable."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return ""
    text = " ".join(UNSTORABLE.sub("", value).split())[:CHARACTERS].rstrip()
    return "" if UNKNOWN_VARIABLE.fullmatch(text) else text


class _GroupSchema(Schema):
    class Meta:
        unknown = EXCLUDE

    id = fields.Raw(required=True)
    name = fields.Raw()


class _ContainerSchema(Schema):
    """A container of groups (Course Groups Service 1.0, 3.1)."""

    class Meta:
        unknown = EXCLUDE

    groups = fields.List(fields.Nested(_GroupSchema), required=True)


def read_group_names(registration: Registration, groups_url: str) -> Mapping[str, str]:
    """What the groups of a course are called, by their keys; raises `PlatformError`."""
    names: dict[str, str] = {}
    try:
        connector = RegistrationConnector(registration)
        for body in read_pages(connector, [GROUP_SCOPE], groups_url, CONTAINER_TYPE):
            for each in _ContainerSchema().load(body)["groups"]:
                names[_clean(each["id"])] = _clean(each.get("name"))
    except ServiceRefused as refused:
        said = refused.response.status_code
        text = f"The platform does not tell the names of groups ({said})."
        raise PlatformError("needs admin", text) from refused
    except ValidationError as error:
        text = "The platform's list of groups cannot be read."
        raise PlatformError("needs admin", text) from error
    found = [(key, name) for key, name in names.items() if key and name]
    return dict(found[:MOST_NAMES])
