"""Worker processes that are killed at random and replaced."""

from __future__ import annotations

import os
import random
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.processes import ROOT


class Crew:
    """So many workers of one command. A context manager."""

    def __init__(
        self, command: Sequence[str], count: int, environ: Mapping[str, str], log: Path
    ) -> None:
        self.command, self.count, self.environ, self.log = command, count, environ, log
        self.kills = 0
        self._running: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Crew:
        for _ in range(self.count):
            self._start()
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._running:
            self._kill(process)

    def kill_one(self, chance: random.Random) -> None:
        """SIGKILL, wherever it is at this moment; a new one takes its place."""
        process = self._running.pop(chance.randrange(len(self._running)))
        self._kill(process)
        self.kills += 1
        self._start()

    def _kill(self, process: subprocess.Popen[bytes]) -> None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _start(self) -> None:
        with self.log.open("ab") as output:
            self._running.append(
                subprocess.Popen(
                    self.command,
                    cwd=ROOT,
                    env=dict(self.environ),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            )
