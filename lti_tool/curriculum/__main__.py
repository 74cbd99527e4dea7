"""`python -m lti_tool.curriculum check|report|preview|export|import ...`."""

from __future__ import annotations

import click

from lti_tool.curriculum.commands import check_command, preview_command, report_command
from lti_tool.curriculum.exchange.commands import export_command, import_command

main = click.Group(
    "curriculum",
    commands=[check_command, report_command, preview_command, export_command, import_command],
    help="Check, measure and read a curriculum folder.",
)

if __name__ == "__main__":
    main(prog_name="python -m lti_tool.curriculum")
