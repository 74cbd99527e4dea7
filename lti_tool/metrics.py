"""`/metrics`: how work and platforms fare, read from the database when it is asked for.

So every process answers the same, whichever is asked. For those who have the token of
`LTI_TOOL_METRICS_TOKEN`; without that setting there is no such page.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, current_app, request

from lti_tool.config import Settings
from lti_tool.db import utcnow
from lti_tool.errors import NotFound
from lti_tool.grades.counting import count_deliveries
from lti_tool.lti.counting import count_logins
from lti_tool.lti.registrations import list_registrations
from lti_tool.outbox import watching

blueprint = Blueprint("metrics", __name__)
LAUNCHES_OF = timedelta(hours=24)


@blueprint.get("/metrics")
def show_metrics() -> Response:
    """The text format of Prometheus."""
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

    settings: Settings = current_app.config["LTI_TOOL"]
    if settings.metrics_token is None:
        raise NotFound()
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given.encode(), settings.metrics_token.encode()):
        return Response(
            "The token of LTI_TOOL_METRICS_TOKEN is needed.\n", 401, mimetype="text/plain"
        )
    registry = CollectorRegistry()
    registry.register(_Collector())
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Collector:
    """Reads the database each time; keeps nothing."""

    def collect(self) -> Iterator[Any]:
        yield from _outbox()
        yield from _lanes()
        yield _deliveries()
        yield _launches()

    def describe(self) -> list[Any]:
        """Nothing: what is there is known when it is read."""
        return []


def _gauge(name: str, text: str, *labels: str) -> Any:
    from prometheus_client.core import GaugeMetricFamily

    return GaugeMetricFamily(f"pmo_bridge_{name}", text, labels=labels)


def _outbox() -> Iterator[Any]:
    now = utcnow()
    count = _gauge("outbox_messages", "Messages that are not done.", "handler", "status")
    oldest = _gauge("outbox_oldest_seconds", "Age of the oldest of them.", "handler", "status")
    for backlog in watching.list_backlogs():
        labels = (backlog.handler, backlog.status)
        count.add_metric(labels, backlog.count)
        oldest.add_metric(labels, max((now - backlog.oldest_at).total_seconds(), 0))
    dead = _gauge(
        "outbox_dead",
        "Messages that wait for a person, by the kind of failure.",
        "handler",
        "failure",
    )
    kinds: dict[tuple[str, str], int] = {}
    for letters in watching.list_dead_by_reason():
        kind = (letters.handler, letters.failure)
        kinds[kind] = kinds.get(kind, 0) + letters.count
    for kind, number in kinds.items():
        dead.add_metric(kind, number)
    yield from (count, oldest, dead)


def _lanes() -> Iterator[Any]:
    names = {each.id: each.name for each in list_registrations()}
    state = _gauge(
        "platform_state", "1 for the state that the platform's lane is in.",
        "registration", "name", "state",
    )  # fmt: skip
    failures = _gauge(
        "platform_failures", "Failures since the last success.", "registration", "name"
    )
    for lane in watching.list_lanes():
        labels = (str(lane.id), names.get(lane.id, ""))
        failures.add_metric(labels, lane.failures)
        now_in = watching.state_of(lane, utcnow())
        for each in ("flowing", "probing", "paused"):
            state.add_metric((*labels, each), int(each == now_in))
    yield from (state, failures)


def _deliveries() -> Any:
    family = _gauge("deliveries", "Grades by the state of their delivery.", "state")
    for state, count in count_deliveries().items():
        family.add_metric((state,), count)
    return family


def _launches() -> Any:
    family = _gauge("launches_24h", "Launches of the last 24 hours by result.", "status", "reason")
    for (status, reason), count in count_logins(utcnow() - LAUNCHES_OF).items():
        family.add_metric((status, reason), count)
    return family
