"""What a million finished messages cost the claim: nothing that can be seen."""

from __future__ import annotations

import time
from collections.abc import Iterator

from sqlalchemy import text

from bench.databases import KINDS, why_absent
from bench.figures import Figure
from bench.tools import Tool, tool
from lti_tool import outbox
from lti_tool.db import db, unit_of_work
from lti_tool.worker import claim_due

FINISHED = 1_000_000
CLAIMS = 200
NUMBERS = {
    "SQLite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)",
    "PostgreSQL": "WITH n(i) AS (SELECT generate_series(1, :count))",
}
FILL = """
INSERT INTO outbox_message
(handler, subject_id, lane_id, status, due_at, tries, created_at, finished_at)
{numbers} SELECT 'deliver_score', i, 1, 'done', CURRENT_TIMESTAMP, 1, CURRENT_TIMESTAMP,
CURRENT_TIMESTAMP FROM n
"""


def measure() -> Iterator[Figure]:
    for kind in KINDS:
        if why_absent(kind):
            print(f"{kind}: left out, {why_absent(kind)}.")
            continue
        with tool(kind) as ours:
            yield _figure(ours, "claim and finish, nothing finished", kind)
            with ours.app.app_context(), unit_of_work():
                statement = text(FILL.format(numbers=NUMBERS[kind]))
                db.session.execute(statement, {"count": FINISHED})
            yield _figure(ours, f"claim and finish, {FINISHED:,} finished", kind)


def _figure(ours: Tool, name: str, kind: str) -> Figure:
    with ours.app.app_context(), unit_of_work():
        for number in range(CLAIMS):
            outbox.add("nothing", number)
    return Figure(name=name, unit="ms", values=tuple(_claims(ours)), kind=kind)


def _claims(ours: Tool) -> Iterator[float]:
    for _ in range(CLAIMS):
        began = time.perf_counter()
        [message] = claim_due(ours.app, 1)
        with ours.app.app_context(), unit_of_work():
            outbox.finish(message)
        yield (time.perf_counter() - began) * 1000
