"""A class at work, in a process of its own: every learner saves an answer each few seconds.

Each save has a connection of its own, as from a proxy, and is timed from the moment when it was
due: a save that had to wait for the one before it counts with its wait.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Step:
    """A save: the question's address and its fields."""

    path: str
    form: dict[str, object]


@dataclass(frozen=True)
class Saver:
    """A learner's browser, with the saves that it makes in turn."""

    headers: dict[str, str]
    steps: Sequence[Step]


@dataclass(frozen=True)
class Outcome:
    """Of one save: `fault` is "" where the tool said that it is saved."""

    milliseconds: float
    fault: str


def run(port: int, savers: Sequence[Saver], every_seconds: float) -> list[Outcome]:
    """All saves of everybody, spread evenly over time."""
    return asyncio.run(_run(port, savers, every_seconds))


async def _run(port: int, savers: Sequence[Saver], every_seconds: float) -> list[Outcome]:
    start = time.monotonic() + 0.5
    found = await asyncio.gather(
        *(
            _save_all(port, saver, start + number * every_seconds / len(savers), every_seconds)
            for number, saver in enumerate(savers)
        )
    )
    return [outcome for outcomes in found for outcome in outcomes]


async def _save_all(port: int, saver: Saver, due: float, every_seconds: float) -> list[Outcome]:
    revisions: dict[str, int] = {}
    outcomes = []
    for step in saver.steps:
        await asyncio.sleep(max(due - time.monotonic(), 0))
        fault = await _save(port, saver, step, revisions)
        outcomes.append(Outcome(1000 * (time.monotonic() - due), fault))
        due += every_seconds
    return outcomes


async def _save(port: int, saver: Saver, step: Step, revisions: dict[str, int]) -> str:
    """Send it as the page's script does; returns what went wrong, or ""."""
    told = {"edited_at": int(1000 * time.time()), "revision": revisions.get(step.path, 0)}
    try:
        status, body = await _post(port, saver.headers, step.path, step.form | told)
        if status != 200:
            return f"{status}: {body[:300]!r}"
        said = json.loads(body)
        revisions[step.path] = said["revision"]
    except (OSError, ValueError, LookupError) as error:
        return repr(error)
    return "" if said["outcome"] == "saved" else str(said["outcome"])


async def _post(
    port: int, headers: dict[str, str], path: str, form: dict[str, object]
) -> tuple[int, bytes]:
    content = urlencode(form, doseq=True).encode()
    sent = headers | {
        "Host": f"{HOST}:{port}",
        "Connection": "close",
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(content)),
    }
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {text}" for name, text in sent.items()), "", ""]
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write("\r\n".join(lines).encode() + content)
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    finally:
        writer.close()
    return int(head.split(b" ", 2)[1]), body
