"""Carries out the outbox in a process of its own: the embedded engine."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from types import FrameType

from flask import Flask

from lti_tool import outbox, periodic
from lti_tool.db import unit_of_work
from lti_tool.leases import Leases
from lti_tool.outbox import Claimed
from lti_tool.reactions import EVERY, HANDLERS
from lti_tool.running import carry_out

log = logging.getLogger(__name__)
IDLE_SECONDS = 0.25
FAULT_SECONDS = 5.0
LOOK_SECONDS = 1.0
SHARE_SECONDS = 2.0
"""How long one thread stays with one lane before the others get their turn."""


def claim_due(app: Flask, limit: int) -> Sequence[Claimed]:
    """Claim up to `limit` due messages; an idle look takes no lock."""
    with app.app_context():
        if not outbox.something_is_due():
            return ()
        with unit_of_work():
            return outbox.claim(limit)


class Worker:
    """The loop: a claimed message for every free thread, then a rest when nothing is due.

    A slow platform holds up its own messages only; the other threads go on claiming.
    """

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.threads: int = app.config["LTI_TOOL"].worker_threads
        self._stopping = threading.Event()
        self._running: set[Future[None]] = set()
        self._next_look = 0.0

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """Finish what is running, claim nothing more."""
        self._stopping.set()

    def stop_on_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.stop)

    def run(self, *, until_idle: bool = False) -> None:
        """Work until stopped, or with `until_idle` until nothing is due or running.

        With `until_idle`, what waits is carried out, but no periodic work is started.
        """
        with Leases(self.app) as leases, ThreadPoolExecutor(self.threads) as pool:
            while not self._stopping.is_set():
                self._look(turns=not until_idle)
                claimed = self._claim()
                self._running |= {pool.submit(self._run_one, leases, each) for each in claimed}
                if self._running:
                    self._await_a_free_thread()
                elif until_idle and not claimed:
                    return
                elif not claimed:
                    self._stopping.wait(IDLE_SECONDS)

    def _await_a_free_thread(self) -> None:
        finished, self._running = wait(self._running, IDLE_SECONDS, FIRST_COMPLETED)
        for future in finished:
            if future.exception() is not None:
                log.error("a message could not be settled", exc_info=future.exception())

    def _run_one(self, leases: Leases, message: Claimed) -> None:
        end = time.monotonic() + SHARE_SECONDS
        carry_out(self.app, leases, message, HANDLERS, lambda: self._goes_on_until(end))

    def _goes_on_until(self, end: float) -> bool:
        return time.monotonic() < end and not self._stopping.is_set()

    def _look(self, *, turns: bool) -> None:
        """Once a second: what did other workers leave behind, and has periodic work come round?"""
        if time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + LOOK_SECONDS
        try:
            with self.app.app_context():
                outbox.take_back()
                if turns:
                    periodic.start_turns(EVERY)
        except Exception:
            log.exception("the outbox cannot be looked after; trying again")

    def _claim(self) -> Sequence[Claimed]:
        free = self.threads - len(self._running)
        try:
            return claim_due(self.app, free) if free else ()
        except Exception:
            log.exception("the outbox cannot be read; trying again")
            self._stopping.wait(FAULT_SECONDS)
            return ()
