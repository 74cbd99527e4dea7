"""Where platforms send their notices (Platform Notification Service 1.0).

Each notice of a request is taken or refused by itself. The answer lists what became of each, in
order. Its status is 200 when something was taken, 400 when nothing could be, and 503 when keys were
out of reach: then all may be sent again, for a notice that was taken before is known by its id.
"""

from __future__ import annotations

import json
import logging
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from lti_tool.db import unit_of_work
from lti_tool.errors import LaunchRefused
from lti_tool.launch.noticing import take_notice
from lti_tool.lti.notices import read_notice
from lti_tool.web import limit_body

log = logging.getLogger(__name__)
blueprint = Blueprint("notices", __name__)
NOTICES_BYTES = 512 * 1024
MOST_NOTICES = 200
AGAIN_SECONDS = 60


@blueprint.post("/lti/notices")
def receive() -> ResponseReturnValue:
    """Take a list of signed notices."""
    limit_body(NOTICES_BYTES)
    tokens = _tokens(request.get_data())
    if tokens is None:
        return jsonify(
            error=f"Send an object with 1 to {MOST_NOTICES} notices, each with a jwt."
        ), 400
    results = [_take(token) for token in tokens]
    response = jsonify(notices=results)
    reasons = [result.get("reason") for result in results]
    if "keys_unreachable" in reasons:
        response.status_code, response.headers["Retry-After"] = 503, str(AGAIN_SECONDS)
    elif all(reasons):
        response.status_code = 400
    return response


def _tokens(body: bytes) -> list[str] | None:
    """The signed notices of a request; None when it has another shape."""
    try:
        notices = json.loads(body)["notices"]
        tokens = [notice["jwt"] for notice in notices]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    is_text = all(isinstance(token, str) for token in tokens)
    return tokens if is_text and 1 <= len(tokens) <= MOST_NOTICES else None


def _take(token: str) -> dict[str, Any]:
    try:
        notice = read_notice(token)
    except LaunchRefused as refused:
        log.info("notice refused %s: %s", refused.reference, refused.reason)
        return {"status": "refused", "reason": refused.reason, "reference": refused.reference}
    with unit_of_work():
        outcome = take_notice(notice)
    if outcome == "unused":
        log.info("a notice of type %s is not used", notice.type)
    return {"id": notice.id, "status": outcome}
