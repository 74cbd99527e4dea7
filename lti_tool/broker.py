"""The broker of the distributed engine: its queues, and telling it of new messages.

The outbox is the record; what the broker carries are hints that there is work, and losing one
costs the seconds until the next sweep.
"""

from __future__ import annotations

import logging
import queue
import threading
import time

from celery import Celery
from kombu import Queue

from lti_tool.config import Settings
from lti_tool.reactions import QUEUE_OF, QUEUES, UPKEEP

log = logging.getLogger(__name__)
RUN_MESSAGE = "run_message"
SWEEP = "sweep"
SWEEP_SECONDS = 2.0
CONNECT_SECONDS = 2
REDELIVER_SECONDS = 600
WAITING_AT_MOST = 10_000
PAUSE_SECONDS = 5.0


def queue_name(settings: Settings, kind: str) -> str:
    return f"{settings.queue_prefix}.{kind}"


def make_celery(settings: Settings) -> Celery:
    """Celery as both sides need it. Acknowledged late: a worker's death gives its tasks back."""
    celery = Celery("pmo_bridge", broker=settings.broker_url, set_as_current=False)
    redis = str(settings.broker_url).startswith("redis")
    celery.conf.update(
        task_queues=[
            Queue(name, routing_key=name)
            for name in (queue_name(settings, kind) for kind in QUEUES)
        ],
        task_default_queue=queue_name(settings, UPKEEP),
        task_default_delivery_mode="transient",
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        worker_pool="threads",
        worker_concurrency=settings.worker_threads,
        worker_hijack_root_logger=False,
        worker_enable_remote_control=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_timeout=CONNECT_SECONDS,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options=_redis_options(settings) if redis else {},
        beat_scheduler="celery.beat:Scheduler",  # keeps nothing: turns stand in the database
        beat_schedule={
            SWEEP: {
                "task": SWEEP,
                "schedule": SWEEP_SECONDS,
                "options": {"expires": 2 * SWEEP_SECONDS},
            }
        },
    )
    return celery


def _redis_options(settings: Settings) -> dict[str, object]:
    """Redis knows neither acknowledgement nor owners of names; kombu adds both."""
    return {
        "global_keyprefix": f"{settings.queue_prefix}:",
        "visibility_timeout": REDELIVER_SECONDS,
        "socket_connect_timeout": CONNECT_SECONDS,
    }


class Announcer:
    """Tells the broker of each new message, in a thread of its own: nobody waits for a broker.

    While the broker does not answer, messages are left to the sweep.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._celery = make_celery(settings)
        self._waiting: queue.Queue[tuple[str, int]] = queue.Queue(WAITING_AT_MOST)
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def __call__(self, handler: str, message_id: int) -> None:
        try:
            self._waiting.put_nowait((handler, message_id))
        except queue.Full:
            return
        with self._lock:
            if self._thread is None or not self._thread.is_alive():  # none yet, or left by a fork
                self._thread = threading.Thread(target=self._run, name="announcer", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            handler, message_id = self._waiting.get()
            try:
                self._tell(handler, message_id)
            except Exception as error:
                log.warning("the broker cannot be told of new work: %r", error)
                time.sleep(PAUSE_SECONDS)
                self._forget()

    def _tell(self, handler: str, message_id: int) -> None:
        self._celery.send_task(
            RUN_MESSAGE,
            (message_id,),
            queue=queue_name(self._settings, QUEUE_OF.get(handler, UPKEEP)),
            ignore_result=True,
            retry=True,
            retry_policy={"max_retries": 1, "interval_start": 0},
        )

    def _forget(self) -> None:
        try:
            while True:
                self._waiting.get_nowait()
        except queue.Empty:
            return
