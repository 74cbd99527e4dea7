"""Carrying out one claimed message: the same for every engine."""

from __future__ import annotations

import logging
from datetime import timedelta

from sqlalchemy.exc import IntegrityError

from lti_tool import outbox
from lti_tool.db import unit_of_work, utcnow
from lti_tool.errors import PlatformError
from lti_tool.outbox import Claimed, breaker
from lti_tool.reactions import HANDLERS

log = logging.getLogger(__name__)
PASSING = ("retry", "wait")
UNKNOWN_FOR = timedelta(hours=1)
SETTLE_TRIES = 3


def run_message(message: Claimed) -> None:
    """Run the message's handler and settle it; nothing that a handler raises gets out."""
    error = _run(message)
    for _ in range(SETTLE_TRIES - 1):
        try:
            _settle(message, error)
        except IntegrityError:  # the same work was asked for again at this very moment
            continue
        return
    _settle(message, error)


def _run(message: Claimed) -> Exception | None:
    """What the handler raised, or None."""
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


def _settle(message: Claimed, error: Exception | None) -> None:
    with unit_of_work():
        if error is None:
            held = outbox.finish(message)
            breaker.note_success(message.lane_id)
        elif not isinstance(error, PlatformError):
            held = outbox.postpone(message, "fault", repr(error))  # escapes what no database takes
        else:
            held = _settle_refusal(message, error)
    if not held:
        log.warning("%s(%s) was taken over by another", message.handler, message.subject_id)


def _settle_refusal(message: Claimed, error: PlatformError) -> bool:
    if error.platform_wide:
        breaker.note_trouble(message.lane_id, error)
    elif error.kind not in PASSING:
        breaker.note_success(message.lane_id)  # a refusal of one score shows that it answers
    if error.kind in PASSING:
        return outbox.postpone(message, error.kind, str(error), error.retry_after_seconds)
    return outbox.fail(message, error.kind, str(error))
