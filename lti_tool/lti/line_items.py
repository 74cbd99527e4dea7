"""Line items (AGS 2.0, 3.2): finding ours in a course's container, making one, keeping it right."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load

from lti_tool.errors import PlatformError
from lti_tool.lti.ags import (
    LINE_ITEM_READ_SCOPE,
    LINE_ITEM_SCOPE,
    ask,
    refusal,
    timestamp_text,
)
from lti_tool.lti.claim_fields import Text
from lti_tool.lti.connector import RegistrationConnector
from lti_tool.lti.models import Registration
from lti_tool.lti.nrps import with_query
from lti_tool.lti.paging import ServiceRefused, read_pages

ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
CONTAINER_TYPE = "application/vnd.ims.lis.v2.lineitemcontainer+json"


@dataclass(frozen=True, kw_only=True)
class Column:
    """A line item as the platform states it; `said` is all that it said, to be sent back whole."""

    id: str
    label: str = ""
    score_maximum: float = 0.0
    resource_id: str = ""
    resource_link_id: str = ""
    tag: str = ""
    said: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class WantedColumn:
    """What a column of ours should be; `resource_link_id` is the platform's id of the link."""

    label: str
    score_maximum: float
    resource_id: str
    resource_link_id: str
    tag: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None


class ColumnSchema(Schema):
    class Meta:
        unknown = EXCLUDE

    id = fields.String(required=True)
    label = Text(allow_none=True)
    score_maximum = fields.Float(data_key="scoreMaximum", allow_none=True)
    resource_id = Text(data_key="resourceId", allow_none=True)
    resource_link_id = Text(data_key="resourceLinkId", allow_none=True)
    tag = Text(allow_none=True)

    @post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> Column:
        return Column(**{name: value for name, value in data.items() if value is not None})


COLUMN = ColumnSchema()


def may_read(scopes: Collection[str]) -> bool:
    return bool(_reading(scopes))


def may_write(scopes: Collection[str]) -> bool:
    return LINE_ITEM_SCOPE in scopes


def _reading(scopes: Collection[str]) -> list[str]:
    """The scopes to ask for: some platforms let only the one read, some only the other."""
    return [scope for scope in (LINE_ITEM_SCOPE, LINE_ITEM_READ_SCOPE) if scope in scopes]


def find_column(
    registration: Registration, container_url: str, scopes: Collection[str], wanted: WantedColumn
) -> Column | None:
    """Our column in a course: by our own id and tag, else the link's own without a tag.

    Platforms filter by differing names, or not at all, so what comes is looked through again.
    Raises `PlatformError`.
    """
    query = {"resource_id": wanted.resource_id, "tag": wanted.tag}
    ours = _list(registration, with_query(container_url, query), scopes)
    for column in ours:
        if (column.resource_id, column.tag) == (wanted.resource_id, wanted.tag):
            return column
    query = {"resource_link_id": wanted.resource_link_id}
    for column in _list(registration, with_query(container_url, query), scopes):
        if column.resource_link_id == wanted.resource_link_id and column.tag in ("", wanted.tag):
            return column
    return None


def _list(registration: Registration, url: str, scopes: Collection[str]) -> list[Column]:
    connector = RegistrationConnector(registration)
    try:
        pages = list(read_pages(connector, _reading(scopes), url, CONTAINER_TYPE))
    except ServiceRefused as refused:
        raise refusal(registration, refused.response) from refused
    return [read_column(said) for page in pages for said in _listed(page)]


def _listed(page: Any) -> Sequence[Any]:
    if not isinstance(page, list):
        raise PlatformError("needs admin", "The platform's list of columns cannot be read.")
    return page


def read_column(said: Any) -> Column:
    """Raises `PlatformError` where it is no line item."""
    try:
        column: Column = COLUMN.load(said)
    except ValidationError as error:
        raise PlatformError("needs admin", "A column of the platform cannot be read.") from error
    return Column(**vars(column) | {"said": said})


def column_is_there(registration: Registration, url: str, scopes: Collection[str]) -> bool:
    """Whether the platform still has the column; raises `PlatformError` when it cannot say."""
    try:
        ask(registration, _reading(scopes), "GET", url, accept=ITEM_TYPE)
    except PlatformError as error:
        if error.cause == "column_gone":
            return False
        raise
    return True


def make_column(registration: Registration, container_url: str, wanted: WantedColumn) -> Column:
    """Make a column (AGS 2.0, 3.2.6); raises `PlatformError`."""
    response = ask(
        registration,
        [LINE_ITEM_SCOPE],
        "POST",
        container_url,
        body=_body(wanted),
        content_type=ITEM_TYPE,
        accept=ITEM_TYPE,
    )
    try:
        return read_column(response.json())
    except ValueError as error:
        raise PlatformError("retry", "The platform's new column cannot be read.") from error


def update_column(registration: Registration, column: Column, changes: dict[str, Any]) -> None:
    """Change a column (AGS 2.0, 3.2.8): sent whole, for what is left out some platforms drop."""
    ask(
        registration,
        [LINE_ITEM_SCOPE],
        "PUT",
        column.id,
        body=column.said | changes,
        content_type=ITEM_TYPE,
        accept=ITEM_TYPE,
    )


def read_one(registration: Registration, url: str, scopes: Collection[str]) -> Column:
    """The column at an address; raises `PlatformError`."""
    response = ask(registration, _reading(scopes), "GET", url, accept=ITEM_TYPE)
    try:
        return read_column(response.json())
    except ValueError as error:
        raise PlatformError("retry", "The platform's column cannot be read.") from error


def dates_of(wanted: WantedColumn) -> dict[str, str]:
    """The dates that are set, as line items have them (AGS 2.0, 3.2.4)."""
    dates = {"startDateTime": wanted.starts_at, "endDateTime": wanted.ends_at}
    return {name: timestamp_text(at) for name, at in dates.items() if at is not None}


def _body(wanted: WantedColumn) -> dict[str, Any]:
    body: dict[str, Any] = {
        "label": wanted.label,
        "scoreMaximum": wanted.score_maximum,
        "resourceId": wanted.resource_id,
        "tag": wanted.tag,
    }
    if wanted.resource_link_id:
        body["resourceLinkId"] = wanted.resource_link_id
    return body | dates_of(wanted)
