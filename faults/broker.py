"""A RabbitMQ of the proof's own, from Debian's package, that can be killed and started again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from bench.processes import BenchFailed
from bench.tools import HOST, free_port

SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
START_SECONDS = 120


def why_absent() -> str:
    return "" if SERVER.exists() else f"there is no {SERVER}"


class RabbitMQ:
    """One node; runs as whoever runs the proof. A context manager."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.restarts = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@{HOST}:{self.port}"

    def __enter__(self) -> RabbitMQ:
        self.folder.mkdir()
        self._start(dist_port=free_port())
        return self

    def __exit__(self, *_: object) -> None:
        self._kill()

    def crash(self) -> None:
        """SIGKILL, and a new start with what is on the disk."""
        self._kill()
        self.restarts += 1
        self._start(dist_port=free_port())

    def _start(self, dist_port: int) -> None:
        settings = {
            "HOME": str(self.folder),
            "RABBITMQ_NODENAME": f"faults_{os.getpid()}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": HOST,
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(dist_port),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "data"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "none"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
        }
        with (self.folder / "output").open("ab") as output:
            self._process = subprocess.Popen(
                [str(SERVER)],
                env=os.environ | settings,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait()

    def _wait(self) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            try:
                socket.create_connection((HOST, self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.2)
        raise BenchFailed(
            f"RabbitMQ did not start:\n{(self.folder / 'output').read_text()[-2000:]}"
        )

    def _kill(self) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None
