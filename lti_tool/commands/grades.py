"""`flask grades`: scores against what the platforms' gradebooks hold."""

from __future__ import annotations

import click

from lti_tool.commands.groups import ToolGroup
from lti_tool.db import unit_of_work
from lti_tool.grades import resending
from lti_tool.grades.reconciling import placements_with_scores, reconcile

grades = ToolGroup("grades", help="Scores, and what the platforms' gradebooks hold.")
FAULTS = 1


@grades.command("reconcile")
@click.argument("registration_id", type=int, required=False, metavar="[REGISTRATION]")
@click.pass_context
def reconcile_now(ctx: click.Context, registration_id: int | None) -> None:
    """Read the gradebooks now, of one registration (its ID) or of all, and say how scores stand."""
    faults = 0
    for placement_id in placements_with_scores(registration_id=registration_id):
        reading = reconcile(placement_id)
        counts = ", ".join(
            f"{count} {name.replace('_', ' ')}" for name, count in sorted(reading.counts.items())
        )
        repaired = f"; {reading.repaired} sent again" if reading.repaired else ""
        click.echo(f"placement {placement_id}: {reading.refusal or counts or 'nothing'}{repaired}")
        faults += bool(reading.refusal)
    if faults:
        click.echo(f"{faults} gradebooks could not be read; try again later.", err=True)
        ctx.exit(FAULTS)


@grades.command("resync")
@click.option("--placement", "placement_id", type=int, help="Only this placement, by its id.")
@click.option("--registration", "registration_id", type=int, help="Only this registration.")
@click.option("--all", "everywhere", is_flag=True, help="Everywhere.")
@click.option("--force", is_flag=True, help="Send also what the platform has accepted already.")
def resync(
    placement_id: int | None, registration_id: int | None, everywhere: bool, force: bool
) -> None:
    """Put on their way the scores that the gradebooks lack. A teacher's own grades stay."""
    if not everywhere and placement_id is None and registration_id is None:
        raise click.UsageError("Say which: --placement, --registration, or --all.")
    with unit_of_work():
        count = resending.resend(
            placement_id=placement_id, registration_id=registration_id, force=force
        )
    click.echo(f"{count} {'score is' if count == 1 else 'scores are'} on the way.")
