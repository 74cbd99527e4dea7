"""Keeping the leases of what is being worked on, so that slow work is not taken for lost."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from flask import Flask

from lti_tool import outbox
from lti_tool.db import unit_of_work
from lti_tool.outbox import Claimed

log = logging.getLogger(__name__)
BEATS_A_LEASE = 3


class Leases:
    """Prolongs what is held, three times within each lease, in a thread that starts when needed.

    A context manager, for those who end before their process does.
    """

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._every: float = app.config["LTI_TOOL"].lease_seconds / BEATS_A_LEASE
        self._held: set[Claimed] = set()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Leases:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    @contextmanager
    def hold(self, message: Claimed) -> Iterator[None]:
        """Keep the message's lease while the block runs."""
        with self._lock:
            self._held.add(message)
            if self._thread is None or not self._thread.is_alive():  # none yet, or left by a fork
                self._thread = threading.Thread(target=self._beat, name="leases", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                self._held.discard(message)

    def _beat(self) -> None:
        while not self._ended.wait(self._every):
            with self._lock:
                held = list(self._held)
            if held:
                self._prolong(held)

    def _prolong(self, held: list[Claimed]) -> None:
        try:
            with self.app.app_context(), unit_of_work():
                outbox.prolong(held)
        except Exception:
            log.exception("leases cannot be prolonged; trying again")
