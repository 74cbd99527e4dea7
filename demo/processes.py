"""Commands and lasting processes of the demo: started, watched and stopped here."""

import http.client
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

STOP_SECONDS = 10
READY_SECONDS = 60
LINES_SHOWN = 30


class DemoFailed(Exception):
    """The demo cannot go on; the text says why, in words for whoever started it."""


@dataclass(frozen=True)
class Place:
    """Where commands run (`folder`), with which environment."""

    folder: Path
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Lasting:
    """A process that goes on until the demo ends."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def check(self) -> None:
        """Raises DemoFailed when it has ended by itself."""
        status = self.process.poll()
        if status is not None:
            raise DemoFailed(f"{self.name} ended by itself (status {status}).{self.tail()}")

    def tail(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-LINES_SHOWN:]
        return "".join(f"\n    {line}" for line in ["Its last words:", *lines]) if lines else ""

    def stop(self) -> None:
        """Ask it to end, then end it and what it started."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def run_step(name: str, command: Sequence[str], place: Place) -> None:
    """Run a command to its end; raises DemoFailed with its output when it fails."""
    done = subprocess.run(
        command,
        cwd=place.folder,
        env=place.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        output = "".join(f"\n    {line}" for line in done.stdout.splitlines())
        raise DemoFailed(f"{name} failed (status {done.returncode}).{output}")


@contextmanager
def lasting(name: str, command: Sequence[str], place: Place, log: Path) -> Iterator[Lasting]:
    """Keep a process going while the block runs; what it says goes to `log`.

    It has a session of its own, so that a Ctrl-C at the terminal reaches the demo alone, which
    then stops everything in order.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=place.folder,
            env=place.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    found = Lasting(name, process, log)
    try:
        yield found
    finally:
        found.stop()


def wait_until_ready(host: str, port: int, path: str, processes: Sequence[Lasting]) -> None:
    """Wait for a 200; raises DemoFailed when a process ends or it takes too long."""
    give_up_at = time.monotonic() + READY_SECONDS
    while time.monotonic() < give_up_at:
        for process in processes:
            process.check()
        answer = _status(host, port, path)
        if answer == "200":
            return
        time.sleep(0.2)
    words = "".join(process.tail() for process in processes)
    raise DemoFailed(f"{path} was not ready after {READY_SECONDS} s: {answer}.{words}")


def _status(host: str, port: int, path: str) -> str:
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", path)
        return str(connection.getresponse().status)
    except (OSError, http.client.HTTPException) as problem:
        return str(problem) or type(problem).__name__
    finally:
        connection.close()
