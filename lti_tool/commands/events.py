"""`flask events`: the log of what happened."""

from __future__ import annotations

import click

from lti_tool.commands.groups import ToolGroup
from lti_tool.db import unit_of_work
from lti_tool.grades.replaying import differences, put_right

event_commands = ToolGroup("events", help="The log of what happened.")
DIFFERENT = 1


@event_commands.command("replay")
@click.option("--dry-run", is_flag=True, help="Only report; status 1 when something differs.")
@click.option("--placement", "placement_id", type=int, help="Only this placement, by its id.")
@click.pass_context
def replay(ctx: click.Context, dry_run: bool, placement_id: int | None) -> None:
    """Make all grades anew from the log, report what differs from what is stored, put it right."""
    if dry_run:
        found = differences(placement_id)
    else:
        with unit_of_work():
            found = differences(placement_id)
            put_right(found)
    for each in found:
        click.echo(each.text)
    if not found:
        click.echo("Every grade is what the log makes of it.")
    elif dry_run:
        ctx.exit(DIFFERENT)
    else:
        grades = sum(each.is_of_grade for each in found)
        click.echo(f"{grades} {'grade was' if grades == 1 else 'grades were'} put right.")
