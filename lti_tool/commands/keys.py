"""`flask keys`: the tool's own signing keys."""

from __future__ import annotations

import click

from lti_tool.commands.groups import ToolGroup
from lti_tool.db import unit_of_work
from lti_tool.lti import keys

key_commands = ToolGroup("keys", help="The tool's own signing keys.")


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
