"""The site of `xblock_platform`: the package's own URLs, and the LMS around its component.

All here is glue; each part stands for what edx-platform gives the component, and nothing here
knows LTI: blocks and their storage, people with their external ids, a course, a gradebook. The
package asks for it at two seams of its own, the block's runtime and `lti_consumer.plugin.compat`.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.http import HttpResponse, JsonResponse  # type: ignore[import-not-found]
from django.urls import include, path  # type: ignore[import-not-found]
from lti_consumer.api import (  # type: ignore[import-not-found]
    get_lti_1p3_launch_info,
    sync_lti_passport_id_to_block,
)
from lti_consumer.exceptions import LtiError  # type: ignore[import-not-found]
from lti_consumer.lti_xblock import LtiConsumerXBlock  # type: ignore[import-not-found]
from lti_consumer.models import LtiAgsScore  # type: ignore[import-not-found]
from lti_consumer.plugin import compat  # type: ignore[import-not-found]
from lti_consumer.utils import get_lti_api_base  # type: ignore[import-not-found]
from opaque_keys.edx.keys import CourseKey, UsageKey  # type: ignore[import-not-found]
from xblock.field_data import FieldData  # type: ignore[import-not-found]
from xblock.fields import ScopeIds  # type: ignore[import-not-found]
from xblock.reference.user_service import XBlockUser  # type: ignore[import-not-found]
from xblock.runtime import DictKeyValueStore, KvsFieldData  # type: ignore[import-not-found]

COURSE = CourseKey.from_string("course-v1:PMO+101+2026")
BLOCK_TYPE = "lti_consumer"


@dataclass(frozen=True)
class Person:
    """An account; `role` is one of Open edX's course roles."""

    id: int
    username: str
    full_name: str
    role: str

    @property
    def external_id(self) -> str:
        """What tools know the person by: a UUID, made up by the LMS once for each account."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, self.username))


PEOPLE = {
    person.username: person
    for person in (
        Person(1, "dana", "Dana Ruiz", "instructor"),
        Person(2, "ada", "Ada Okafor", "student"),
    )
}
STORES: dict[str, FieldData] = {}
GRADES: list[dict[str, Any]] = []


class Runtime:
    """What the LMS offers a block while it works for one person (None: for nobody)."""

    def __init__(self, person: Person | None) -> None:
        self.person = person

    def service(self, block: Any, name: str) -> Any:
        return self if name in ("user", "rebind_user") else None

    def get_current_user(self) -> Any:
        assert self.person is not None
        emails = [f"{self.person.username}@lms.example"]
        user = XBlockUser(is_current_user=True, emails=emails, full_name=self.person.full_name)
        user.opt_attrs = {
            "edx-platform.is_authenticated": True,
            "edx-platform.user_id": self.person.id,
            "edx-platform.user_role": self.person.role,
            "edx-platform.username": self.person.username,
        }
        return user

    def get_external_user_id(self, kind: str) -> str:
        assert kind == "lti" and self.person is not None
        return self.person.external_id

    def save_block(self, block: Any) -> None:
        """Nothing is left to do: the block has written its fields to its store."""

    def rebind_noauth_module_to_user(self, block: Any, user: Person) -> None:
        self.person = user

    def publish(self, block: Any, event: str, data: dict[str, Any]) -> None:
        assert event == "grade" and self.person is not None
        GRADES.append(data | {"block": str(block.scope_ids.usage_id)})


def load_block(location: UsageKey, person: Person | None = None) -> Any:
    """The component at a place in the course, as the modulestore and its mixins give it."""
    ids = ScopeIds(person and person.id, BLOCK_TYPE, location, location)
    block = LtiConsumerXBlock(Runtime(person), STORES[str(location)], scope_ids=ids)
    block.due = block.graceperiod = None
    return block


def find_person(external_id: str) -> Person:
    for person in PEOPLE.values():
        if person.external_id == external_id:
            return person
    raise LtiError("Invalid User")


compat.load_enough_xblock = compat.load_block_as_user = load_block
compat.get_user_from_external_user_id = find_person
compat.get_course_by_id = lambda key: SimpleNamespace(
    display_name_with_default="PMO Academy", display_org_with_default="PMO"
)


def studio(request: Any) -> Any:
    """An author adds the component with the fields of the posted JSON; answers what to register.

    As Studio does on "Save" and in the author's view of a component.
    """
    location = COURSE.make_usage_key(BLOCK_TYPE, uuid.uuid4().hex)
    STORES[str(location)] = KvsFieldData(DictKeyValueStore())
    block = load_block(location, PEOPLE["dana"])
    for name, value in json.loads(request.body).items():
        assert name in block.fields, name
        setattr(block, name, value)
    block.save()
    sync_lti_passport_id_to_block(block)
    block.save()
    info = get_lti_1p3_launch_info(block.get_lti_1p3_launch_data())
    return JsonResponse(info | {"block": str(location), "issuer": get_lti_api_base()})


def courseware(request: Any) -> Any:
    """The page on which a person finds the component."""
    person = PEOPLE[request.GET["username"]]
    block = load_block(UsageKey.from_string(request.GET["block"]), person)
    return HttpResponse(block.student_view({}).content)


def gradebook(request: Any) -> Any:
    """The scores that the package keeps of a component, and the grades that it gave the LMS."""
    block, usernames = request.GET["block"], {each.id: name for name, each in PEOPLE.items()}
    scores = LtiAgsScore.objects.filter(line_item__resource_link_id=block).order_by("timestamp")
    grades = [
        {"username": usernames[each["user_id"]], "value": each["value"], "of": each["max_value"]}
        for each in GRADES
        if each["block"] == block
    ]
    people = {name: person.external_id for name, person in PEOPLE.items()}
    return JsonResponse({"scores": list(scores.values()), "grades": grades, "people": people})


urlpatterns = [
    path("api/", include("lti_consumer.plugin.urls", namespace="lti_consumer")),
    path("studio", studio),
    path("courseware", courseware),
    path("gradebook", gradebook),
]
