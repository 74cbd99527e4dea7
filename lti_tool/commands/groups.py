"""How every command of ours ends when its input is at fault: one line, and status 1."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.exc import OperationalError, ProgrammingError

from lti_tool.errors import Invalid
from lti_tool.lti import keys

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
