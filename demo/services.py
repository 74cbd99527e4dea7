"""The platform's endpoints for servers: keys, access tokens, AGS and NRPS."""

from collections.abc import Callable
from typing import Any

import jwt
from flask import Blueprint, Response, jsonify, make_response, request
from jwcrypto.common import JWException  # type: ignore[import-untyped]
from lti1p3platform.exceptions import (
    InvalidKeySetUrl,
    LtiException,
    MissingRequiredClaim,
    UnsupportedGrantType,
)

from demo.ags import LINE_ITEM, LINE_ITEM_READ, RESULT_READ, SCORE, GradeService, MemberService
from demo.lti_platform import DemoPlatform, FlaskRequest
from demo.people import COURSE
from demo.state import state

services = Blueprint("services", __name__)

LINE_ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LINE_ITEMS = f"/services/{COURSE.id}/lineitems"
LINE_ITEM_PATH = f"{LINE_ITEMS}/<int:line_item_id>/lineitem"


@services.get("/jwks")
def jwks() -> Response:
    """The platform's public keys."""
    return jsonify(_platform().get_jwks())


@services.post("/token")
def token() -> Response:
    """An access token for a signed assertion (Security Framework 1.0, 4.1; RFC 7523)."""
    # Library: does not look at the assertion's type.
    if request.form.get("client_assertion_type", ASSERTION_TYPE) != ASSERTION_TYPE:
        return _token_refused("invalid_client", "unknown client_assertion_type")
    try:
        granted: dict[str, Any] = _platform().get_access_token(request.form.to_dict())
    except MissingRequiredClaim as problem:
        return _token_refused("invalid_request", str(problem))
    except UnsupportedGrantType:
        return _token_refused("unsupported_grant_type", "only client_credentials is known")
    except (InvalidKeySetUrl, JWException, LtiException, jwt.PyJWTError) as problem:
        return _token_refused("invalid_client", str(problem))
    # Library: grants a token without any scope when none that was asked for is known.
    if not granted["scope"]:
        return _token_refused("invalid_scope", "none of these scopes is known")
    response = jsonify(granted)
    response.headers["Cache-Control"] = "no-store"
    return response


@services.get(LINE_ITEMS)
def get_line_items() -> Response:
    service = _grade_service(LINE_ITEM, LINE_ITEM_READ)
    return _answer(service, service.handle_get_lineitems)


@services.post(LINE_ITEMS)
def create_line_item() -> Response:
    service = _grade_service(LINE_ITEM)
    return _wrong_body(LINE_ITEM_TYPE) or _answer(service, service.handle_create_lineitem)


@services.get(LINE_ITEM_PATH)
def get_line_item(line_item_id: int) -> Response:
    service = _grade_service(LINE_ITEM, LINE_ITEM_READ)
    return _answer(service, service.handle_get_lineitem, line_item_id=line_item_id)


@services.put(LINE_ITEM_PATH)
def put_line_item(line_item_id: int) -> Response:
    service = _grade_service(LINE_ITEM)
    return _wrong_body(LINE_ITEM_TYPE) or _answer(
        service, service.handle_update_lineitem, line_item_id=line_item_id
    )


@services.delete(LINE_ITEM_PATH)
def remove_line_item(line_item_id: int) -> Response:
    service = _grade_service(LINE_ITEM)
    return _answer(service, service.handle_delete_lineitem, line_item_id=line_item_id)


@services.post(f"{LINE_ITEM_PATH}/scores")
def post_score(line_item_id: int) -> Response:
    service = _grade_service(SCORE)
    return _wrong_body(SCORE_TYPE) or _answer(
        service, service.handle_update_score, line_item_id=line_item_id
    )


@services.get(f"{LINE_ITEM_PATH}/results")
def get_results(line_item_id: int) -> Response:
    service = _grade_service(RESULT_READ, line_item_id=line_item_id)
    return _answer(service, service.handle_get_results, line_item_id=line_item_id)


@services.get(f"/services/{COURSE.id}/memberships")
def get_members() -> Response:
    service = MemberService(FlaskRequest(request), _platform(), state())
    return _answer(service, service.handle_get_members)


def _platform() -> DemoPlatform:
    here = state()
    return DemoPlatform(
        registration=here.registration, settings=here.settings, storage=here.storage
    )


def _grade_service(*scopes: str, line_item_id: int | None = None) -> GradeService:
    return GradeService(FlaskRequest(request), _platform(), state(), list(scopes), line_item_id)


def _wrong_body(media_type: str) -> Response | None:
    """The refusal of a body that is not what the service takes (AGS 2.0, media types)."""
    if request.mimetype != media_type:
        return _refused(f"Content-Type must be {media_type}", 415)
    if not isinstance(request.get_json(force=True, silent=True), dict):
        return _refused("the body must be a JSON object", 400)
    return None


def _answer(
    service: GradeService | MemberService, handle: Callable[..., Any], **values: int
) -> Response:
    """Carry out a call of the library and turn its answer into Flask's."""
    answer = service.handle_resp(handle, **values)
    if answer.code >= 400:
        return _refused(answer.message, answer.code)
    result = answer.result
    if result is None:
        return make_response("", answer.code)
    following = result.pop("next", None)
    body = result["content"] if "has_next" in result else result
    response = jsonify(body)
    response.status_code, response.mimetype = answer.code, answer.media_type
    if following:
        # Library: its generate_next_link() leaves the quotes out, and then pylti1p3 finds no link.
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def _refused(message: str, status: int) -> Response:
    return make_response({"error": message}, status)


def _token_refused(error: str, description: str) -> Response:
    return make_response({"error": error, "error_description": description}, 400)
