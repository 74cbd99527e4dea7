"""Finished messages, however many, cost the workers nothing: no plan of theirs reads them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import event, insert

from lti_tool import outbox
from lti_tool.db import db, unit_of_work, utcnow
from lti_tool.outbox import OutboxMessage, Status, watching
from lti_tool.worker import claim_due

FINISHED = 3000


def fill(app: Flask) -> None:
    """Many finished messages, a few that wait."""
    now = utcnow()
    common = {"handler": "say", "lane_id": 0, "due_at": now, "created_at": now, "tries": 1}
    done = [
        common | {"subject_id": number, "status": Status.DONE, "finished_at": now}
        for number in range(FINISHED)
    ]
    with app.app_context():
        with unit_of_work():
            db.session.execute(insert(OutboxMessage), done)
            for subject in range(5):
                outbox.add("say", subject)
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")


@contextmanager
def plans(app: Flask) -> Iterator[list[str]]:
    """The plans of the statements about messages that run within the block."""
    found: list[str] = []
    with app.app_context():
        engine = db.engine
    explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "

    def look(_: Any, cursor: Any, statement: str, parameters: Any, *__: Any) -> None:
        if "outbox_message" in statement and not statement.startswith("INSERT"):
            cursor.execute(explain + statement, parameters)
            found.append("\n".join(str(row[-1]) for row in cursor.fetchall()))

    event.listen(engine, "before_cursor_execute", look)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", look)


def test_no_plan_of_the_workers_reads_finished_messages(app: Flask) -> None:
    fill(app)
    with plans(app) as found:
        claimed = claim_due(app, 3)
        with app.app_context():
            with unit_of_work():
                outbox.finish(claimed[0])
                outbox.postpone(claimed[1], "retry", "down")
                outbox.prolong(claimed[2:])
                assert outbox.claim_next(0, ["say"]) is not None
            outbox.take_back()
            outbox.find_due(4)
            watching.list_backlogs()
            watching.list_dead_by_reason()
            watching.stuck_for(10)
            outbox.prune_done(timedelta(days=1))
    assert len(found) >= 12
    for line in "\n".join(found).splitlines():
        assert not line.startswith("SCAN outbox_message") or " INDEX " in line  # a partial one
        assert "Seq Scan on outbox_message" not in line
