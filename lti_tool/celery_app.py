"""Carries out the outbox on Celery's workers: the distributed engine.

    celery -A lti_tool.celery_app worker [-Q pmo_bridge.scores]
    celery -A lti_tool.celery_app beat

A task is a hint that a message waits. Whoever gets it takes the message, if it is still there and
its platform has room; and then, as room is free now, what waits behind it.
"""

from __future__ import annotations

import sys
import time
from typing import Any

from celery.signals import worker_process_init

from lti_tool import create_app, outbox, periodic
from lti_tool.broker import RUN_MESSAGE, SWEEP, make_celery
from lti_tool.config import BadSetting, Settings
from lti_tool.db import db, unit_of_work
from lti_tool.leases import Leases
from lti_tool.outbox import Claimed
from lti_tool.reactions import EVERY, HANDLERS, QUEUE_OF, UPKEEP
from lti_tool.running import carry_out

SHARE_SECONDS = 10.0
"""How long one task goes on with what waits behind its message."""


def _start() -> Any:
    try:
        made = create_app()
    except BadSetting as error:
        sys.exit(f"PMO Bridge cannot start: {error}")
    if made.config["LTI_TOOL"].engine != "celery":
        sys.exit("PMO Bridge cannot start: LTI_TOOL_ENGINE must be celery for Celery's workers.")
    return made


flask_app = _start()
settings: Settings = flask_app.config["LTI_TOOL"]
app = make_celery(settings)
leases = Leases(flask_app)


@worker_process_init.connect(weak=False)  # type: ignore[untyped-decorator]  # has no types
def _leave_connections_to_the_parent(**_: Any) -> None:
    """A process forked by a pool of processes must not share its parent's connections."""
    with flask_app.app_context():
        db.engine.dispose(close=False)


def _handlers_of_queue_of(handler: str) -> list[str]:
    queue = QUEUE_OF.get(handler, UPKEEP)
    return [name for name in HANDLERS if QUEUE_OF.get(name, UPKEEP) == queue]


@app.task(name=RUN_MESSAGE)  # type: ignore[untyped-decorator]
def run_waiting(message_id: int) -> None:
    """Run the message and what waits behind it in its lane, for a while."""
    end = time.monotonic() + SHARE_SECONDS
    with flask_app.app_context(), unit_of_work():
        message = outbox.claim_message(message_id)
    if message is None:
        return
    handlers = _handlers_of_queue_of(message.handler)
    last = carry_out(flask_app, leases, message, handlers, lambda: time.monotonic() < end)
    if time.monotonic() >= end:
        _pass_on(last)


def _pass_on(message: Claimed) -> None:
    """Let the lane's next message have a task of its own, behind those of other lanes."""
    with flask_app.app_context():
        waiting = outbox.find_next(message.lane_id, _handlers_of_queue_of(message.handler))
        if waiting is not None:
            outbox.announce(*waiting)


@app.task(name=SWEEP)  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Start what is due and nobody was told of: lost hints, ended waits, work of dead workers."""
    with flask_app.app_context():
        outbox.take_back()
        periodic.start_turns(EVERY)
        for handler, message_id in outbox.find_due(settings.platform_calls):
            outbox.announce(handler, message_id)
