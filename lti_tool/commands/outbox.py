"""`flask outbox`: scores and other work on its way."""

from __future__ import annotations

from datetime import datetime, timedelta

import click
from flask import Flask

from lti_tool import outbox
from lti_tool.commands.groups import ToolGroup
from lti_tool.db import unit_of_work, utcnow
from lti_tool.lti.registrations import list_registrations
from lti_tool.outbox import Lane, breaker, watching
from lti_tool.worker import Worker

outbox_commands = ToolGroup("outbox", help="Scores and other work on its way.")


@outbox_commands.command("run")
@click.option("--until-idle", is_flag=True, help="Stop when nothing is due.")
@click.pass_context
def run(ctx: click.Context, until_idle: bool) -> None:
    """Carry out what is due, until stopped: the worker."""
    app: Flask = ctx.obj.load_app()
    worker = Worker(app)
    worker.stop_on_signals()
    worker.run(until_idle=until_idle)


@outbox_commands.command("status")
def status() -> None:
    """What waits and since when, what needs a person and why, and how the platforms fare."""
    for name, count in outbox.count_by_status().items():
        click.echo(f"{name:8} {count}")
    now = utcnow()
    for backlog in watching.list_backlogs():
        age = _age(now - backlog.oldest_at)
        click.echo(
            f"\n{backlog.handler}: {backlog.count} {backlog.status}, the oldest for {age}", nl=False
        )
    click.echo()
    for letters in watching.list_dead_by_reason():
        click.echo(f"dead: {letters.count} x {letters.handler}: {letters.failure}: {letters.error}")
    names = {each.id: each.name for each in list_registrations()}
    for lane in watching.list_lanes():
        click.echo(f"platform {names.get(lane.id, lane.id)}: {_lane(lane, now)}")


@outbox_commands.command("dead")
@click.option("--handler", help="Only messages of this handler.")
@click.option("--limit", default=50, show_default=True, help="How many at most.")
def dead(handler: str | None, limit: int) -> None:
    """List what waits for a person, the newest first."""
    for each in watching.list_dead(handler, limit):
        when = f"{each.finished_at:%Y-%m-%d %H:%M} UTC" if each.finished_at else ""
        click.echo(
            f"{each.id}  {each.handler}({each.subject_id})  {when}  after {each.tries} tries  "
            f"{each.failure}: {each.last_error}"
        )


@outbox_commands.command("retry")
@click.argument("ids", nargs=-1, type=int, metavar="[ID]...")
@click.option("--handler", help="Only messages of this handler.")
def retry(ids: tuple[int, ...], handler: str | None) -> None:
    """Give dead messages a new start: those named, or all; platforms that rest are tried, too."""
    with unit_of_work():
        count, rests = outbox.retry_dead(handler, ids), breaker.end_rests()
    click.echo(f"{count} messages are on their way again.")
    if rests:
        click.echo(f"Platforms that rested and are tried again now: {rests}.")


@outbox_commands.command("drop")
@click.argument("ids", nargs=-1, type=int, required=True, metavar="ID...")
def drop(ids: tuple[int, ...]) -> None:
    """Give up dead messages for good."""
    with unit_of_work():
        count = outbox.drop_dead(ids)
    click.echo(f"{count} messages were given up.")


def _age(age: timedelta) -> str:
    """Rounded to what matters: 40 s, 12 min, 3 h, 5 d."""
    seconds = max(int(age.total_seconds()), 0)
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"


def _lane(lane: Lane, now: datetime) -> str:
    state = watching.state_of(lane, now)
    if state == "flowing":
        return state
    until = f" until {lane.paused_until:%H:%M:%S} UTC" if state == "paused" else ""
    return f"{state}{until}, {lane.failures} failures in a row: {lane.reason}"
