"""`flask outbox`: scores and other work on its way."""

from __future__ import annotations

import click
from flask import Flask

from lti_tool import outbox
from lti_tool.commands.groups import ToolGroup
from lti_tool.db import unit_of_work
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
    """How many messages wait, run, are done, or are dead and wait for a person."""
    for name, count in outbox.count_by_status().items():
        click.echo(f"{name:8} {count}")


@outbox_commands.command("retry")
def retry() -> None:
    """Give every dead message a new start."""
    with unit_of_work():
        count = outbox.retry_dead()
    click.echo(f"{count} messages are on their way again.")
