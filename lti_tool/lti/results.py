"""Results (AGS 2.0, 3.3): what the platform's gradebook holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load

from lti_tool.errors import PlatformError
from lti_tool.lti.ags import RESULT_SCOPE, below, refusal
from lti_tool.lti.claim_fields import Identifier
from lti_tool.lti.connector import RegistrationConnector
from lti_tool.lti.models import Registration
from lti_tool.lti.nrps import with_query
from lti_tool.lti.paging import ServiceRefused, read_pages

CONTAINER_TYPE = "application/vnd.ims.lis.v2.resultcontainer+json"


@dataclass(frozen=True, kw_only=True)
class Result:
    """What the gradebook holds for a learner; without `result_score` it holds nothing, or zero."""

    user_id: str
    result_score: Decimal | None = None
    result_maximum: Decimal = Decimal(1)


class ResultSchema(Schema):
    """A result; its maximum is 1 where none is stated (AGS 2.0, 3.3.4)."""

    class Meta:
        unknown = EXCLUDE

    user_id = Identifier(data_key="userId", required=True)
    result_score = fields.Decimal(data_key="resultScore", allow_none=True, places=4)
    result_maximum = fields.Decimal(data_key="resultMaximum", allow_none=True, places=4)

    @post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> Result:
        return Result(**{name: value for name, value in data.items() if value is not None})


RESULT = ResultSchema()


def read_results(
    registration: Registration, line_item_url: str, *, user_id: str = ""
) -> Mapping[str, Result]:
    """The results of a column, or of one learner, by the learner's id at the platform.

    Raises `PlatformError`. No page size is asked for: Moodle breaks down over one.
    """
    connector = RegistrationConnector(registration)
    try:
        url = with_query(below(line_item_url, "results"), {"user_id": user_id} if user_id else {})
        pages = list(read_pages(connector, [RESULT_SCOPE], url, CONTAINER_TYPE))
        results = [RESULT.load(said) for page in pages for said in page]
    except ServiceRefused as refused:
        raise refusal(registration, refused.response) from refused
    except (ValidationError, TypeError) as error:
        raise PlatformError("needs admin", "The platform's results cannot be read.") from error
    return {result.user_id: result for result in results}
