"""What every view shares: loading forms, the token against forged forms, response headers."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from flask import Flask, current_app, g, request
from marshmallow import Schema, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response

from lti_tool.errors import Forbidden, Invalid, NotFound

SEE_OTHER = 303
FORM_BYTES = 512 * 1024
PICTURE_SECONDS = 3600
CSRF_FIELD = "csrf_token"


def load_form(schema: Schema) -> Any:
    """The form as the schema builds it; raises `Invalid` with what is wrong with each field."""
    form = {name: value for name, value in request.form.items() if name != CSRF_FIELD}
    return _load(schema, form)


def sent_form() -> list[tuple[str, str]]:
    """The form as it came, for a button that sends it once more, with `confirmed`."""
    fields = request.form.items(multi=True)
    return [(name, value) for name, value in fields if name not in (CSRF_FIELD, "confirmed")]


def load_query(schema: Schema) -> Any:
    """The address's query as the schema builds it; raises `Invalid` as `load_form` does."""
    return _load(schema, request.args.to_dict())


def _load(schema: Schema, given: Mapping[str, Any]) -> Any:
    try:
        return schema.load(given)
    except ValidationError as error:
        raise Invalid(fields=_texts(error)) from None


def _texts(error: ValidationError) -> dict[str, list[str]]:
    messages: dict[str, list[str]] = error.normalized_messages()  # type: ignore[no-untyped-call]
    return messages


def limit_body(max_bytes: int) -> None:
    """Refuse a larger request body before it is read."""
    if (request.content_length or 0) > max_bytes:
        raise RequestEntityTooLarge()
    request.max_content_length = max_bytes


def csrf_token(launch_id: str) -> str:
    """The token that a form of this launch carries: nobody else can know it."""
    secret = str(current_app.config["LTI_TOOL"].secret_key).encode()
    return hmac.new(secret, b"csrf:" + launch_id.encode(), hashlib.sha256).hexdigest()[:40]


def check_csrf_token(launch_id: str) -> None:
    """Raises `Forbidden` when a changing request did not come from a page of this launch."""
    limit_body(FORM_BYTES)
    given = request.headers.get("X-CSRF-Token") or request.form.get(CSRF_FIELD, "")
    if not hmac.compare_digest(given.encode(), csrf_token(launch_id).encode()):
        raise Forbidden(
            "This form does not come from a page of this visit",
            "Go back, load the page again and repeat your last step.",
        )


ADDRESSES = 4096
ANY_LAUNCH = "-"


def address_of(endpoint: str, *, launch_id: str = "", _anchor: str = "", **values: Any) -> str:
    """The address of a page, as Flask's `url_for` gives it to a template.

    What follows the launch's id is the same for everybody: so it is built once in a process.
    """
    path = _path(endpoint, bool(launch_id), **values)
    if launch_id:
        start, _, rest = path.partition(ANY_LAUNCH)
        path = f"{start}{quote(launch_id)}{rest}"
    return f"{request.script_root}{path}#{_anchor}" if _anchor else request.script_root + path


@lru_cache(maxsize=ADDRESSES, typed=True)
def _path(endpoint: str, in_launch: bool, **values: Any) -> str:
    """The path from our root on; "-" where the id of a launch stands."""
    if in_launch:
        values["launch_id"] = ANY_LAUNCH
    return current_app.url_map.bind("").build(endpoint, values)


class ColumnInteger(IntegerConverter):
    """A number in an address, no larger than a column holds: beyond it there is no such page."""

    def __init__(self, url_map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(url_map, *args, **({"max": 2**31 - 1} | kwargs))


def _refuse_nul() -> None:
    """No address of ours has a NUL, and PostgreSQL fails when it is asked for one."""
    if "\0" in request.path:
        raise NotFound()


def _protect(response: Response) -> Response:
    """Headers for pages that live in a frame of somebody else's page."""
    ancestors = getattr(g, "frame_ancestors", "") or "'none'"
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; base-uri 'none'; "
        f"form-action 'self' {getattr(g, 'form_action', '')}; frame-ancestors {ancestors}"
    )
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def picture(svg: str) -> Response:
    """An SVG text that can only be looked at, whoever opens its address."""
    response = Response(svg, mimetype="image/svg+xml")
    policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response.headers["Content-Security-Policy"] = policy
    response.headers["Cache-Control"] = f"private, max-age={PICTURE_SECONDS}"
    return response


def init_app(app: Flask) -> None:
    app.url_map.converters["int"] = ColumnInteger
    app.before_request(_refuse_nul)
    app.after_request(_protect)
    app.jinja_env.globals.update(csrf_token=csrf_token, url_for=address_of)
