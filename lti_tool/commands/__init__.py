"""Commands of `flask --app wsgi ...`: thin covers over use cases; a file for each group."""

from __future__ import annotations

from flask import Flask

from lti_tool.commands.curriculum import curriculum
from lti_tool.commands.doctor import doctor
from lti_tool.commands.events import event_commands
from lti_tool.commands.grades import grades
from lti_tool.commands.keys import key_commands
from lti_tool.commands.outbox import outbox_commands
from lti_tool.commands.registrations import registrations


def add_commands(app: Flask) -> None:
    for group in (registrations, key_commands, curriculum, outbox_commands, grades, event_commands):
        app.cli.add_command(group)
    app.cli.add_command(doctor)
