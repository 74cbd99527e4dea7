"""Carrying out one claimed message: the same for every engine."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from datetime import timedelta

from flask import Flask
from sqlalchemy.exc import IntegrityError

from lti_tool import outbox
from lti_tool.db import unit_of_work, utcnow
from lti_tool.errors import PlatformError
from lti_tool.leases import Leases
from lti_tool.outbox import Claimed, breaker
from lti_tool.reactions import HANDLERS

log = logging.getLogger(__name__)
PASSING = ("retry", "wait")
UNKNOWN_FOR = timedelta(hours=1)
SETTLE_TRIES = 3


def carry_out(
    app: Flask,
    leases: Leases,
    message: Claimed,
    handlers: Collection[str],
    goes_on: Callable[[], bool],
) -> Claimed:
    """Run the message and then, while it `goes_on`, what waits behind it in its lane.

    So a lane with work never loses its room to the time that claiming takes. Of these handlers.
    Returns the last message.
    """
    following: Claimed | None = message
    while following is not None:
        message = following
        with leases.hold(message), app.app_context():
            following = run_message(message, handlers if goes_on() else ())
    return message


def run_message(message: Claimed, then: Collection[str] = ()) -> Claimed | None:
    """Run the message's handler and settle it; nothing that a handler raises gets out.

    The transaction that settles it claims a next message of the lane, of the handlers `then`.
    """
    error = _run(message)
    for _ in range(SETTLE_TRIES - 1):
        try:
            return _settle(message, error, then)
        except IntegrityError:  # the same work was asked for again at this very moment
            continue
    return _settle(message, error, then)


def _run(message: Claimed) -> Exception | None:
    """What the handler raised, or None."""
    breaker.note_answer(answered=False)
    handler = HANDLERS.get(message.handler)
    if handler is None:
        return _unknown(message)
    try:
        handler(message.subject_id)
    except PlatformError as error:
        log.warning("%s(%s): %s: %s", message.handler, message.subject_id, error.kind, error)
        return error
    except Exception as error:
        log.exception("%s(%s) broke down", message.handler, message.subject_id)
        return error
    return None


def _unknown(message: Claimed) -> PlatformError:
    """A name that this version does not know: of a newer one at first, later of an older one."""
    young = utcnow() - message.created_at < UNKNOWN_FOR
    return PlatformError(
        "retry" if young else "never",
        f"This version of the tool has no handler named {message.handler}. Run the version that "
        "left the message, or drop the message.",
        platform_wide=False,
    )


def _settle(message: Claimed, error: Exception | None, then: Collection[str]) -> Claimed | None:
    with unit_of_work():
        if error is None:
            held = outbox.finish(message)
            _note_success(message)
        elif not isinstance(error, PlatformError):
            held = outbox.postpone(message, "fault", repr(error))  # escapes what no database takes
        else:
            held = _settle_refusal(message, error)
        following = outbox.claim_next(message.lane_id, then) if then else None
    if not held:
        log.warning("%s(%s) was taken over by another", message.handler, message.subject_id)
    return following


def _settle_refusal(message: Claimed, error: PlatformError) -> bool:
    """What the whole platform refuses waits with it, even where a person has to cure that."""
    if error.platform_wide:
        breaker.note_trouble(message.lane_id, error)
    elif error.kind not in PASSING:
        _note_success(message)  # a refusal of one score shows that the platform answers
    if error.platform_wide or error.kind in PASSING:
        return outbox.postpone(message, error.kind, str(error), error.retry_after_seconds)
    return outbox.fail(message, error.kind, str(error))


def _note_success(message: Claimed) -> None:
    """Trouble that began after the message was claimed is for later messages to end."""
    if message.in_trouble and breaker.has_answered():
        breaker.note_success(message.lane_id)
