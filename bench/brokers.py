"""The RabbitMQ of this machine."""

from __future__ import annotations

import os

from kombu import Connection

URL = os.environ.get("TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672")
QUEUES = ("scores", "rosters", "upkeep")


def why_absent() -> str:
    """Why there is no broker here; "" when there is one."""
    try:
        with Connection(URL, connect_timeout=3) as connection:
            connection.ensure_connection(max_retries=1, interval_start=0)
    except Exception as error:
        return f"no RabbitMQ answers: {error}"
    return ""


def forget(prefix: str) -> None:
    """Delete the queues of a bench."""
    with Connection(URL) as connection:
        for queue in QUEUES:
            connection.default_channel.queue_delete(f"{prefix}.{queue}")
