"""Commands of `flask --app wsgi ...`: thin covers over use cases, one clear line for each fault."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy.exc import OperationalError, ProgrammingError

from lti_tool import outbox
from lti_tool.curriculum import publishing
from lti_tool.curriculum.checking import check
from lti_tool.curriculum.commands import (
    FOLDER,
    check_command,
    preview_command,
    report_command,
    sound,
)
from lti_tool.db import unit_of_work
from lti_tool.errors import Invalid
from lti_tool.lti import keys
from lti_tool.lti.profiles import PROFILES
from lti_tool.lti.registrations import NewRegistration, add_registration, list_registrations
from lti_tool.worker import Worker

NOT_MIGRATED = "The database does not answer or is not migrated; run: flask --app wsgi db upgrade"


class ToolGroup(AppGroup):
    """A group whose commands end with one line and status 1 when the input is at fault."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Invalid as error:
            lines = [f"{name}: {' '.join(texts)}" for name, texts in error.fields.items()]
            raise click.ClickException("; ".join([error.title, *lines])) from None
        except keys.KeyUnreadable as error:
            raise click.ClickException(str(error)) from None
        except (OperationalError, ProgrammingError):
            raise click.ClickException(NOT_MIGRATED) from None


registrations = ToolGroup("registrations", help="Platforms at which the tool is registered.")
key_commands = ToolGroup("keys", help="The tool's own signing keys.")
curriculum = ToolGroup("curriculum", help="Content files and published versions.")
for command in (check_command, report_command, preview_command):
    curriculum.add_command(command)
outbox_commands = ToolGroup("outbox", help="Scores and other work on its way.")


@registrations.command("add")
@click.option("--name", required=True, help="How people here call the platform.")
@click.option("--issuer", required=True, help="The platform's issuer (iss).")
@click.option("--client-id", required=True)
@click.option("--deployment-id", required=True)
@click.option("--auth-login-url", required=True, help="Where authentication requests go.")
@click.option("--auth-token-url", required=True, help="Where access tokens are asked for.")
@click.option("--jwks-url", required=True, help="Where the platform publishes its keys.")
@click.option("--token-audience", help="Audience of token requests, where it is not the URL.")
@click.option("--profile", default="generic", type=click.Choice(sorted(PROFILES)))
def add(**options: Any) -> None:
    """Add a registration, or a further deployment to a known one. In force at once."""
    with unit_of_work():
        registration = add_registration(NewRegistration(**options))
    click.echo(f"Registered {registration.name} (registration {registration.id}).")


@registrations.command("list")
def list_all() -> None:
    """One line a registration, with its deployments."""
    for each in list_registrations():
        deployments = ", ".join(deployment.deployment_id for deployment in each.deployments)
        state = "" if each.enabled else " (disabled)"
        click.echo(f"{each.id}  {each.name}{state}  {each.issuer}  {each.client_id}  {deployments}")


@key_commands.command("list")
def list_keys() -> None:
    """The key ids, the newest first; the newest in use signs."""
    for key in keys.list_keys():
        state = "retired" if key.retired_at else "in use"
        click.echo(f"{key.kid}  made {key.created_at:%Y-%m-%d %H:%M} UTC  {state}")


@key_commands.command("rotate")
def rotate() -> None:
    """Make a new key. Earlier ones stay published, so nothing in flight breaks."""
    with unit_of_work():
        key = keys.add_key()
    click.echo(f"The tool now signs with key {key.kid}.")


@curriculum.command("publish")
@FOLDER
def publish(folder: Path) -> None:
    """Check a curriculum folder and make it an immutable version."""
    checked = check(folder, date.today())
    sound(checked, f"{folder} was not published; the last version stays live.", errors=True)
    with unit_of_work():
        version, is_new = publishing.publish(checked)
    what = "Published" if is_new else "Nothing has changed since"
    click.echo(f"{what} {version.title}, version {version.number}.")


@curriculum.command("list")
def list_versions() -> None:
    """The published versions."""
    for version in publishing.list_versions():
        click.echo(
            f"{version.curriculum_id}  version {version.number}  "
            f"{version.published_at:%Y-%m-%d %H:%M} UTC  {version.title}"
        )


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


def add_commands(app: Flask) -> None:
    for group in (registrations, key_commands, curriculum, outbox_commands):
        app.cli.add_command(group)
