"""`flask registrations`: the platforms at which the tool is registered."""

from __future__ import annotations

from typing import Any

import click

from lti_tool.commands.groups import ToolGroup
from lti_tool.db import unit_of_work
from lti_tool.lti.profiles import PROFILES
from lti_tool.lti.registrations import NewRegistration, add_registration, list_registrations

registrations = ToolGroup("registrations", help="Platforms at which the tool is registered.")


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
