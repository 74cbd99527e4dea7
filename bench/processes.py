"""Processes under measurement: started, watched through /proc, stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")
STOP_SECONDS = 10
GUNICORN = (
    *(sys.executable, "-m", "gunicorn", "--no-control-socket", "--log-level", "warning"),
    *("--workers", "1", "--worker-class", "gthread", "--threads", "8"),
)
FLASK = (sys.executable, "-m", "flask", "--app", "wsgi")
CELERY = (sys.executable, "-m", "celery", "-A", "lti_tool.celery_app")


class BenchFailed(Exception):
    """The measurement cannot go on; the text says why."""


@dataclass(frozen=True)
class Process:
    """A running process with all that it started."""

    popen: subprocess.Popen[bytes]
    log: Path

    def cpu_ms(self) -> float:
        """User and system time so far, of the whole tree, in ticks of 10 ms."""
        return sum(cpu_ms(pid) for pid in self.pids())

    def pss_mib(self) -> float:
        """Memory of the whole tree, shared pages counted by their share (PSS)."""
        return sum(_pss_kib(pid) for pid in self.pids()) / 1024

    def pids(self) -> list[int]:
        found = [self.popen.pid]
        children = _children()
        for pid in found:
            found += children.get(pid, [])
        return found

    def check(self) -> None:
        """Raises `BenchFailed` when it has ended by itself."""
        if self.popen.poll() is not None:
            raise BenchFailed(f"A process ended by itself:\n{self.log.read_text()[-2000:]}")

    def stop(self) -> None:
        if self.popen.poll() is None:
            self.popen.terminate()
        try:
            self.popen.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.popen.pid, signal.SIGKILL)
            self.popen.wait()


@contextmanager
def running(command: Sequence[str], environ: Mapping[str, str], log: Path) -> Iterator[Process]:
    """Keep a process running while the block does, in a session of its own."""
    with log.open("wb") as output:
        popen = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    process = Process(popen, log)
    try:
        yield process
    finally:
        process.stop()


def wait_until(happened: Iterator[bool], process: Process, seconds: float = 60) -> float:
    """Ask until `happened` says True; returns that moment. Raises `BenchFailed` after `seconds`."""
    end = time.monotonic() + seconds
    for done in happened:
        if done:
            return time.monotonic()
        process.check()
        if time.monotonic() > end:
            raise BenchFailed(
                f"nothing happened in {seconds} s:\n{process.log.read_text()[-2000:]}"
            )
        time.sleep(0.005)
    raise BenchFailed("the question came to an end")


def cpu_ms(pid: int) -> float:
    """User and system time of a process so far; 0 when it is gone."""
    return TICK_MS * _ticks(pid)


def _stat(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat after the command's name; [] when the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _ticks(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[11]) + int(fields[12]) if fields else 0


def _children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        fields = _stat(int(entry.name)) if entry.name.isdecimal() else []
        if fields:
            found.setdefault(int(fields[1]), []).append(int(entry.name))
    return found


def _pss_kib(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
