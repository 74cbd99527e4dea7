"""A short run of `make faults`: workers are killed, the platform misbehaves, no score is lost."""

from __future__ import annotations

from faults.proof import Plan, prove
from tests.engine.brokers import broker


def test_no_score_is_lost_with_the_embedded_engine() -> None:
    outcome = prove(
        Plan(engine="embedded", submissions=60, seed=7, kill_every_posts=15, slow=False)
    )
    assert outcome.verdict.is_good, "\n".join(outcome.lines())
    assert outcome.kills and outcome.faults


def test_no_score_is_lost_with_celery(postgres_template: str) -> None:
    with broker("rabbitmq") as rabbitmq:
        outcome = prove(
            Plan(
                engine="celery",
                submissions=40,
                seed=8,
                kill_every_posts=15,
                slow=False,
                broker_url=rabbitmq.url,
                queue_prefix=rabbitmq.prefix,
            )
        )
    assert outcome.verdict.is_good, "\n".join(outcome.lines())
    assert outcome.kills and outcome.faults
