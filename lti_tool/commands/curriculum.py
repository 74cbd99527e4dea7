"""`flask curriculum`: content files and published versions."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from lti_tool.commands.groups import ToolGroup
from lti_tool.curriculum import publishing
from lti_tool.curriculum.checking import check
from lti_tool.curriculum.commands import (
    FOLDER,
    check_command,
    preview_command,
    report_command,
    sound,
)
from lti_tool.curriculum.exchange.commands import export_command, import_command
from lti_tool.db import unit_of_work

curriculum = ToolGroup("curriculum", help="Content files and published versions.")
for command in (
    check_command,
    report_command,
    preview_command,
    export_command,
    import_command,
):
    curriculum.add_command(command)


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
