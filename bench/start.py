"""From the start of the web process to its first answer."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

from bench.databases import KINDS
from bench.figures import Figure, rounds
from bench.processes import ROOT
from bench.tools import Tool, tool

ROUNDS = 5
SECONDS = 15.0
LIMIT_SECONDS = 1.5
SHOWN = 12


def measure() -> Iterator[Figure]:
    with tool() as ours:
        figure = Figure(
            name="start of the web process to its first answer",
            unit="s",
            values=tuple(_seconds(ours) for _ in rounds(ROUNDS, SECONDS)),
            at_most=LIMIT_SECONDS,
            kind=KINDS[0],
            row="start of the web process to its first answer",
        )
        yield figure
        if figure.median > LIMIT_SECONDS:
            print_slow_imports(ours)


def _seconds(ours: Tool) -> float:
    began = time.monotonic()
    with ours.web():
        return time.monotonic() - began


def print_slow_imports(ours: Tool) -> None:
    """What a start spends its time on: imports by the time of their own."""
    command = [sys.executable, "-X", "importtime", "-c", "import wsgi"]
    done = subprocess.run(
        command, cwd=ROOT, env=ours.environ, capture_output=True, text=True, check=True
    )
    entries = [line.removeprefix("import time:").split("|") for line in done.stderr.splitlines()]
    timed = [(int(entry[0]), entry[2].strip()) for entry in entries if entry[0].strip().isdecimal()]
    print(f"Imports: {sum(each[0] for each in timed) / 1000:.0f} ms; the slowest by themselves:")
    for microseconds, name in sorted(timed, reverse=True)[:SHOWN]:
        print(f"{microseconds / 1000:>10.1f} ms  {name}")
