"""The library's service classes over our storage: AGS 2.0 and NRPS 2.0."""
# mypy: disallow-subclassing-any=False
# The library is skipped by mypy (pyproject.toml), so its classes are Any here.

from datetime import UTC, datetime
from typing import Any

from lti1p3platform.exceptions import LineItemNotFoundException, LtiServiceException
from lti1p3platform.membership import Context
from lti1p3platform.score import UpdateScoreStatus
from lti1p3platform.service_connector import AssignmentsGradesService, NamesRoleProvisioningService

from demo.line_items import (
    BadLineItem,
    LineItem,
    add_line_item,
    delete_line_item,
    find_line_item,
    line_items,
    plain_number,
    replace_line_item,
)
from demo.lti_platform import DemoPlatform, FlaskRequest
from demo.people import COURSE, LINKS, PEOPLE, STUDENTS, Person
from demo.scores import BAD, CONFLICT, grade_of, receive_score
from demo.state import LmsState

AGS_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/"
LINE_ITEM, LINE_ITEM_READ = AGS_SCOPE + "lineitem", AGS_SCOPE + "lineitem.readonly"
RESULT_READ, SCORE = AGS_SCOPE + "result.readonly", AGS_SCOPE + "score"


class GradeService(AssignmentsGradesService):
    """The course's columns, scores and results, for one request."""

    def __init__(
        self,
        request: FlaskRequest,
        platform: DemoPlatform,
        state: LmsState,
        scopes: list[str],
        line_item_id: int | None = None,
    ) -> None:
        # Library: writes the next page's address as "<url>?<query>", so it gets the addresses
        # without our query; the query itself comes back from the request.
        line_items_url = f"{state.settings.service_root}/lineitems"
        item_url = f"{line_items_url}/{line_item_id}/lineitem" if line_item_id else None
        super().__init__(request, platform, line_items_url, item_url)
        self._state, self._scopes = state, scopes

    @property
    def allowed_scopes(self) -> list[str]:
        # Library: takes any AGS scope for any AGS call; here each call names its own.
        return self._scopes

    def find_lineitems(
        self,
        page: int = 1,
        limit: int | None = None,
        resource_link_id: str | None = None,
        resource_id: str | None = None,
        tag: str | None = None,
        **_others: str,  # Library: passes the whole query on, also our type_id
    ) -> dict[str, Any]:
        asked = (resource_link_id, resource_id, tag)
        found = [
            self._as_json(item)
            for item in line_items(self._state.storage)
            if all(
                want is None or want == held
                for want, held in zip(
                    asked, (item.resource_link_id, item.resource_id, item.tag), strict=True
                )
            )
        ]
        return page_of(found, page, limit)

    def find_lineitem(self, line_item_id: int) -> dict[str, Any]:
        return self._as_json(self._item(line_item_id))

    def create_lineitem(self, creation_data: dict[str, Any]) -> dict[str, Any]:
        try:
            return self._as_json(add_line_item(self._state.storage, creation_data))
        except BadLineItem as problem:
            raise LtiServiceException(str(problem), 400) from problem

    def update_lineitem(self, update_data: dict[str, Any]) -> dict[str, Any]:
        item = self._item(update_data["id"])
        try:
            return self._as_json(replace_line_item(self._state.storage, item.id, update_data))
        except BadLineItem as problem:
            raise LtiServiceException(str(problem), 400) from problem

    def delete_lineitem(self, line_item_id: int) -> None:
        delete_line_item(self._state.storage, self._item(line_item_id).id)

    def update_score(self, line_item_id: int, score: Any) -> UpdateScoreStatus:
        # Library: leaves checking the score to us (it says so), and has no status for
        # a bad one.
        item = self._item(line_item_id)
        post = receive_score(self._state.storage, item, score, datetime.now(UTC))
        if post.status == BAD:
            raise LtiServiceException(post.note, BAD)
        return (
            UpdateScoreStatus.OLD_TIMESTAMP
            if post.status == CONFLICT
            else UpdateScoreStatus.SUCCESS
        )

    def get_results(
        self,
        line_item_id: int,
        page: int = 1,
        limit: int | None = None,
        user_id: str | None = None,
        **_others: str,
    ) -> dict[str, Any]:
        item = self._item(line_item_id)
        results = [
            result
            for student in STUDENTS
            if user_id in (None, student.id) and (result := self._result(item, student))
        ]
        return page_of(results, page, limit)

    def _item(self, line_item_id: int) -> LineItem:
        item = find_line_item(self._state.storage, line_item_id)
        if item is None:
            raise LineItemNotFoundException(f"no line item {line_item_id}")
        return item

    def _result(self, item: LineItem, student: Person) -> dict[str, Any] | None:
        grade = grade_of(self._state.storage, item, student.id)
        if grade is None:
            return None
        url = self._state.settings.line_item_url(item.id)
        return {
            "id": url.replace("?", f"/results/{student.id}?", 1),
            "scoreOf": url,
            "userId": student.id,
            "resultScore": plain_number(grade.score),
            "resultMaximum": plain_number(grade.maximum),
            "comment": grade.comment,
            "timestamp": grade.timestamp.isoformat(),
        }

    def _as_json(self, item: LineItem) -> dict[str, Any]:
        fields = {
            "id": self._state.settings.line_item_url(item.id),
            "label": item.label,
            "scoreMaximum": plain_number(item.score_maximum),
            "resourceId": item.resource_id,
            "tag": item.tag,
            "resourceLinkId": item.resource_link_id,
        }
        return {name: value for name, value in fields.items() if value is not None}


class MemberService(NamesRoleProvisioningService):
    """Who is in the course, for one request."""

    def __init__(self, request: FlaskRequest, platform: DemoPlatform, state: LmsState) -> None:
        super().__init__(request, platform, state.settings.memberships_url)

    def get_context_by_id(self) -> Context:
        return Context(id=COURSE.id, label=COURSE.label, title=COURSE.title)

    def is_resource_link_valid(self, context_id: str, resource_link_id: str) -> bool:
        return context_id == COURSE.id and resource_link_id in LINKS

    def get_member_data_page(
        self,
        page: int = 1,
        limit: int | None = None,
        role: str | None = None,
        **_others: str,  # Library: passes the whole query on, also rlid
    ) -> dict[str, Any]:
        members = [
            _member(person)
            for person in PEOPLE.values()
            if role is None or role in (person.role, person.roles[0])
        ]
        return page_of(members, page, limit)


def page_of(rows: list[dict[str, Any]], page: int, limit: int | None) -> dict[str, Any]:
    """One page of a container, in the library's shape."""
    if limit is None:
        return {"content": rows, "has_next": False}
    start = (page - 1) * limit
    return {"content": rows[start : start + limit], "has_next": start + limit < len(rows)}


def _member(person: Person) -> dict[str, Any]:
    return {
        "user_id": person.id,
        "status": "Active",
        "roles": person.roles,
        "name": person.name,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "email": person.email,
    }
