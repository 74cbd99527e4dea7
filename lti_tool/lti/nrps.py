"""Names and Role Provisioning Services 2.0: who is in the course.

Only what is shown is taken: no e-mail address, no picture, no identifier of the school's systems.
Groups come where they are asked for: as `group_enrollments` (Course Groups Service 1.0), or as
custom values of the launch that a member would make.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import requests
from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load

from lti_tool.errors import PlatformError
from lti_tool.lti.claim_fields import Identifier, Text, Texts
from lti_tool.lti.claims import CLAIM
from lti_tool.lti.connector import RegistrationConnector, from_answer
from lti_tool.lti.groups import Group, groups_of, told_groups
from lti_tool.lti.models import Registration
from lti_tool.lti.paging import ServiceRefused, read_pages

MEMBERSHIP_SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
CONTAINER_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
PAGE_MEMBERS = 100
ACTIVE, INACTIVE, DELETED = "Active", "Inactive", "Deleted"
NOT_ANSWERED_SO = (400, 404)
"""What a platform may answer to an address of ours with more in it than it expects."""


@dataclass(frozen=True, kw_only=True)
class Member:
    """One person of the course (NRPS 2.0, 2.2); empty text means that the platform did not say."""

    user_id: str
    roles: tuple[str, ...] = ()
    status: str = ACTIVE
    name: str = ""
    given_name: str = ""
    family_name: str = ""
    groups: tuple[Group, ...] = ()

    @property
    def is_active(self) -> bool:
        return self.status not in (INACTIVE, DELETED)


class Parts(fields.Field[tuple[dict[str, Any], ...]]):
    """A list of objects; what is none counts as not said."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        members = value if isinstance(value, list) else []
        return tuple(each for each in members if isinstance(each, dict))


class MemberSchema(Schema):
    class Meta:
        unknown = EXCLUDE

    user_id = Identifier(required=True)
    roles = Texts(allow_none=True)
    status = Text(allow_none=True)
    name = Text(allow_none=True)
    given_name = Text(allow_none=True)
    family_name = Text(allow_none=True)
    enrollments = Parts(allow_none=True, data_key="group_enrollments")
    messages = Parts(allow_none=True, data_key="message")

    @post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> Member:
        enrollments, messages = (data.pop(name, ()) or () for name in ("enrollments", "messages"))
        groups = groups_of(each.get("group_id") for each in enrollments)
        for message in messages:
            custom = message.get(CLAIM + "custom")
            groups = groups or told_groups(custom if isinstance(custom, dict) else {})
        said = {name: value for name, value in data.items() if value}
        return Member(**said, groups=groups)


class ContainerSchema(Schema):
    """A membership container (NRPS 2.0, 2.2); its context is known from the launch."""

    class Meta:
        unknown = EXCLUDE

    members = fields.List(fields.Nested(MemberSchema), required=True)


CONTAINER = ContainerSchema()


def read_roster(
    registration: Registration, memberships_url: str, groups: Mapping[str, str] | None = None
) -> Mapping[str, Member]:
    """All members of the course by user id, in the platform's order (NRPS 2.0, 2.4).

    `groups` is what to add to the address so that groups are told; a platform that refuses that
    is asked without. Raises `PlatformError`; a roster is whole or not there.
    """
    try:
        try:
            return _read(registration, memberships_url, groups or {})
        except ServiceRefused as refused:
            if not groups or refused.response.status_code not in NOT_ANSWERED_SO:
                raise
            return _read(registration, memberships_url, {})
    except ServiceRefused as refused:
        raise _in_words(refused.response) from refused


def _read(registration: Registration, url: str, more: Mapping[str, str]) -> dict[str, Member]:
    first = with_query(url, {"limit": str(PAGE_MEMBERS), **more})
    connector = RegistrationConnector(registration)
    bodies = read_pages(connector, [MEMBERSHIP_SCOPE], first, CONTAINER_TYPE)
    return {member.user_id: member for body in bodies for member in read_members(body)}


def read_members(body: Any) -> Iterator[Member]:
    """The members of one page; raises `PlatformError` where it is no membership container."""
    try:
        container = CONTAINER.load(body)
    except ValidationError as error:
        raise PlatformError("needs admin", "The platform's roster cannot be read.") from error
    yield from container["members"]


def with_query(url: str, values: Mapping[str, str]) -> str:
    """The address with `values` in its query, beside what stands there already."""
    parts = urlsplit(url)
    kept = [pair for pair in parse_qsl(parts.query, True) if pair[0] not in values]
    return urlunsplit(parts._replace(query=urlencode([*kept, *values.items()])))


def _in_words(response: requests.Response) -> PlatformError:
    status = response.status_code
    if "above_response_limit" in response.text:
        return PlatformError(
            "needs admin", "The platform does not give out the roster of so large a course."
        )
    if status in (401, 403):
        return PlatformError(
            "needs admin",
            f"The platform does not let the tool read the roster ({status}); allow it "
            "Names and Role Provisioning.",
        )
    if status in (404, 410):
        return PlatformError(
            "needs instructor",
            f"The platform no longer has the roster where it was ({status}); open the activity "
            "again from the course.",
        )
    error = from_answer(response)
    if error.kind in ("retry", "wait"):
        return error
    return PlatformError("needs admin", f"The platform refused to give the roster ({status}).")
