"""`flask registrations`: the platforms at which the tool is registered."""

from __future__ import annotations

from typing import Any

import click

from lti_tool.commands.groups import ToolGroup
from lti_tool.commands.invites import invite_command, invites_command, revoke_command
from lti_tool.db import unit_of_work
from lti_tool.lti import deployments
from lti_tool.lti.models import Deployment, Registration
from lti_tool.lti.profiles import PROFILES
from lti_tool.lti.registrations import (
    NewRegistration,
    add_registration,
    get_registration,
    list_registrations,
    set_enabled,
    tool_url,
)

registrations = ToolGroup("registrations", help="Platforms at which the tool is registered.")
for command in (invite_command, invites_command, revoke_command):
    registrations.add_command(command)


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
@click.option(
    "--auto-approve-deployments/--hold-deployments",
    default=None,
    help="Whether further installations under this client id may launch at once.",
)
def add(**options: Any) -> None:
    """Add a registration, or a further deployment to a known one. In force at once."""
    with unit_of_work():
        registration = add_registration(NewRegistration(**options))
    click.echo(f"Registered {registration.name} (registration {registration.id}).")


@registrations.command("list")
def list_all() -> None:
    """One line a registration, with its deployments."""
    for each in list_registrations():
        named = ", ".join(_named(deployment) for deployment in each.deployments)
        state = "" if each.enabled else " (disabled)"
        click.echo(f"{each.id}  {each.name}{state}  {each.issuer}  {each.client_id}  {named}")


def _named(deployment: Deployment) -> str:
    return deployment.deployment_id + ("" if deployment.approved else " (pending)")


@registrations.command("show")
@click.argument("registration_id", type=int, metavar="ID")
def show(registration_id: int) -> None:
    """Everything about a registration, and what its platform needs to know about us."""
    registration = get_registration(registration_id)
    for label, text in [*_theirs(registration), *_ours()]:
        click.echo(f"{label:22} {text}".rstrip())


def _theirs(registration: Registration) -> list[tuple[str, str]]:
    rule = "at once" if registration.auto_approve_deployments else "by registrations approve"
    return [
        ("name", registration.name),
        ("state", "enabled" if registration.enabled else "disabled"),
        ("profile", registration.profile),
        ("registered", f"{registration.created_at:%Y-%m-%d %H:%M} UTC"),
        ("issuer", registration.issuer),
        ("client id", registration.client_id),
        *[("deployment", _named(each)) for each in registration.deployments],
        ("further deployments", f"approved {rule}"),
        ("authentication", registration.auth_login_url),
        ("access tokens", registration.auth_token_url),
        ("token audience", registration.token_audience or "the address of access tokens"),
        ("key set", registration.jwks_url),
    ]


def _ours() -> list[tuple[str, str]]:
    return [
        ("our tool URL", tool_url("/")),
        ("our login URL", tool_url("/lti/login")),
        ("our redirection URI", tool_url("/lti/launch")),
        ("our key set", tool_url("/lti/jwks")),
        ("setup instructions", tool_url("/lti/setup")),
    ]


@registrations.command("disable")
@click.argument("registration_id", type=int, metavar="ID")
def disable(registration_id: int) -> None:
    """Refuse every launch of a registration from now on; nothing is deleted."""
    with unit_of_work():
        registration = set_enabled(registration_id, False)
    click.echo(f"{registration.name} (registration {registration.id}) is disabled.")


@registrations.command("enable")
@click.argument("registration_id", type=int, metavar="ID")
def enable(registration_id: int) -> None:
    """Let a disabled registration launch again."""
    with unit_of_work():
        registration = set_enabled(registration_id, True)
    click.echo(f"{registration.name} (registration {registration.id}) is enabled.")


@registrations.command("pending")
def pending() -> None:
    """Installations that wait for approval, with the command that approves each."""
    for each in deployments.list_pending():
        click.echo(
            f"{each.created_at:%Y-%m-%d %H:%M} UTC  {each.registration.name}  "
            f"registrations approve {each.registration_id} {each.deployment_id}"
        )


@registrations.command("approve")
@click.argument("registration_id", type=int, metavar="ID")
@click.argument("deployment_id", metavar="DEPLOYMENT")
def approve(registration_id: int, deployment_id: str) -> None:
    """Let an installation launch that waits for approval."""
    with unit_of_work():
        deployments.approve(registration_id, deployment_id)
    click.echo(f"Deployment {deployment_id} of registration {registration_id} may launch.")
