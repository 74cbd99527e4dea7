"""What can go wrong, as the people who meet it should read it, and how each becomes an answer.

Raise the kind that fits; the text says what happened and what to do. Every page of an error
carries a reference that is also in the log.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from flask import Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

log = logging.getLogger(__name__)
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_reference() -> str:
    """A short code to quote, such as 7K3F-92QD; no letter can be taken for a digit."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{code[:4]}-{code[4:]}"


class ToolError(Exception):
    """A refusal in plain words: `title` what happened, `advice` what to do, `status` for HTTP.

    Where the title names a `moment`, "{moment}" stands for it: the reader sees their own time.
    """

    status = 400
    title = "This did not work"
    advice = "Go back and try again."

    def __init__(
        self, title: str = "", advice: str = "", *, moment: datetime | None = None
    ) -> None:
        self.before, _, self.after = (title or self.title).partition("{moment}")
        self.moment = moment
        in_utc = f"{moment:%-d %B %Y, %H:%M} UTC" if moment else ""
        self.title = f"{self.before}{in_utc}{self.after}"
        self.advice = advice or self.advice
        self.reference = new_reference()
        super().__init__(self.title)


class Invalid(ToolError):
    """The input does not fit; `fields` maps a form field to what is wrong with it."""

    status = 422
    title = "Some of this cannot be saved as it is"

    def __init__(
        self, title: str = "", advice: str = "", fields: dict[str, list[str]] | None = None
    ) -> None:
        super().__init__(title, advice)
        self.fields = fields or {}


class Conflict(ToolError):
    """The thing is no longer in the state that the request assumed."""

    status = 409


class NotFound(ToolError):
    status = 404
    title = "There is nothing at this address"
    advice = "Open the activity again from your course."


class Forbidden(ToolError):
    status = 403
    title = "This page is for instructors of the course"
    advice = "If you teach here, ask the platform's administrator to check your role."


class LaunchGone(ToolError):
    """No valid launch stands behind the request: expired, of another browser, or never there."""

    status = 401
    title = "This visit has ended"
    advice = (
        "Open the activity again from your course. Everything you saved is still there; "
        "you can close this page."
    )


class LaunchRefused(ToolError):
    """A login or launch that failed a check.

    `reason` is the named class of the refusal, `return_url` the way back, "" while it is unknown.
    """

    title = "This activity could not be opened"

    def __init__(self, reason: str, title: str, advice: str, detail: str = "") -> None:
        super().__init__(title, advice)
        self.reason = reason
        self.detail = detail
        self.return_url = ""


@contextmanager
def returning_to(return_url: str) -> Iterator[None]:
    """What is refused here offers the way back that the platform named in a verified message."""
    try:
        yield
    except LaunchRefused as refused:
        refused.return_url = return_url
        raise


class PlatformError(Exception):
    """A platform did not do what was asked of it.

    `kind` says who can cure it: "retry" (time), "wait" (time, stated in `retry_after_seconds`),
    "needs instructor", "needs admin" or "never". The text is one line for that person.
    `platform_wide`: whether other calls to the platform would fare the same; it then gets a rest.
    Where that is not stated, it is so for "retry".
    `cause` names the entry of `lti.score_refusals.CAUSES` that says what to do, "" for none.
    """

    def __init__(
        self,
        kind: str,
        message: str,
        retry_after_seconds: float | None = None,
        *,
        platform_wide: bool | None = None,
        cause: str = "",
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.retry_after_seconds = retry_after_seconds
        self.platform_wide = kind == "retry" if platform_wide is None else platform_wide
        self.cause = cause


def wants_json() -> bool:
    """Whether the request came from a script of ours rather than from a person's click."""
    return request.accept_mimetypes.best == "application/json"


def loggable_path() -> str:
    """The request's path without the secret that it may carry."""
    return re.sub(r"~[^/]*", "~", request.path)


def answer(error: ToolError) -> ResponseReturnValue:
    """The error as a page, or as JSON for our own scripts."""
    reason = getattr(error, "reason", "")
    log.info("refused %s %s: %s %s", error.reference, loggable_path(), error.title, reason)
    if wants_json():
        body = {"title": error.title, "advice": error.advice, "reference": error.reference}
        if reason:
            body["reason"] = reason
        if error.moment:
            body["moment"] = error.moment.isoformat()
            body["before"], body["after"] = error.before, error.after
        return jsonify(body), error.status
    back = getattr(error, "return_url", "")
    return render_template("error.html", error=error, reason=reason, back=back), error.status


def _answer_http(error: HTTPException) -> ResponseReturnValue:
    if error.code == 404:
        return answer(NotFound())
    refusal = ToolError(f"The request was refused: {error.name}")
    refusal.status = error.code or 400
    return answer(refusal)


def _answer_unexpected(error: Exception) -> ResponseReturnValue:
    refusal = ToolError(
        "Something broke on our side",
        "Nothing that you saved is lost. Try again in a minute; if it happens again, "
        "send the reference below to your support.",
    )
    refusal.status = 500
    log.exception("failure %s at %s", refusal.reference, loggable_path())
    return answer(refusal)


def init_app(app: Flask) -> None:
    """Let every error become a page, or JSON for our own scripts."""
    app.register_error_handler(ToolError, answer)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(Exception, _answer_unexpected)
