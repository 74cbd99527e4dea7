"""`flask registrations invite` and its kin: leave for an administrator to register the tool."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from lti_tool.db import unit_of_work, utcnow
from lti_tool.lti import invites
from lti_tool.lti.models import Invite
from lti_tool.lti.profiles import PROFILES


@click.command("invite")
@click.option("--name", required=True, help="How people here call the platform.")
@click.option(
    "--profile",
    type=click.Choice(sorted(PROFILES)),
    help="The kind of platform, where it should not say so itself.",
)
@click.option(
    "--days",
    default=7,
    show_default=True,
    type=click.IntRange(1, 90),
    help="For how many days the invitation can be used.",
)
@click.option(
    "--auto-approve-deployments",
    is_flag=True,
    help="Let every further installation under the new client id launch at once.",
)
@with_appcontext
def invite_command(
    name: str, profile: str | None, days: int, auto_approve_deployments: bool
) -> None:
    """Print a one-time address with which an administrator registers the tool."""
    with unit_of_work():
        made = invites.make_invite(name, profile, days, auto_approve_deployments)
    click.echo(f"Invitation {made.invite.id} for {made.invite.name}, shown only now.")
    click.echo(f"Registration URL  {made.registration_url}")
    click.echo(f"Setup page        {made.setup_url}")
    click.echo(f"It registers the tool once, until {made.invite.expires_at:%Y-%m-%d %H:%M} UTC.")


@click.command("invites")
@with_appcontext
def invites_command() -> None:
    """One line an invite, the newest first."""
    for each in invites.list_invites():
        click.echo(f"{each.id}  {each.name}  {_state(each)}")


def _state(invite: Invite) -> str:
    if invite.used_at is not None:
        return f"used {invite.used_at:%Y-%m-%d %H:%M} UTC by registration {invite.registration_id}"
    if invite.expires_at < utcnow():
        return "expired"
    return f"open until {invite.expires_at:%Y-%m-%d %H:%M} UTC"


@click.command("revoke")
@click.argument("invite_id", type=int, metavar="INVITE")
@with_appcontext
def revoke_command(invite_id: int) -> None:
    """Make an invite and its setup page worthless; what it registered stays."""
    with unit_of_work():
        invite = invites.revoke(invite_id)
    click.echo(f"Invitation {invite.id} for {invite.name} is revoked.")
