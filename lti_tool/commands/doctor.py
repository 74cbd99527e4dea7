"""`flask doctor`: why something does not work, and what cures it."""

from __future__ import annotations

from collections.abc import Iterator

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from lti_tool.db import db, utcnow
from lti_tool.doctor.examining import Line, examine_platform, examine_tool, has_failed
from lti_tool.doctor.reporting import lines_of, our_addresses, summary, title_of
from lti_tool.errors import Invalid
from lti_tool.lti.models import Registration
from lti_tool.lti.registrations import get_registration, list_registrations

Section = tuple[str, list[Line]]


@click.command("doctor")
@click.argument("registration_id", metavar="[REGISTRATION]", type=int, required=False)
@click.option(
    "--report", is_flag=True, help="Only what concerns the platform, to hand to its administrator."
)
@with_appcontext
def doctor(registration_id: int | None, report: bool) -> None:
    """Check the tool and its platforms: what is well, what is not, and what cures it.

    Looks at one REGISTRATION (a number from `registrations list`), or at all that are enabled.
    Changes nothing. Ends with status 1 when something has failed; warnings do not count.
    """
    found: list[Line] = []
    click.echo(f"PMO Bridge, {utcnow():%d %B %Y, %H:%M} UTC")
    for title, lines in _sections(registration_id, report):
        click.echo("\n" + "\n".join(lines_of(title, lines)))
        found += lines
    if report:
        click.echo("\n" + "\n".join(our_addresses()))
    click.echo("\n" + summary(found))
    if has_failed(found):
        raise click.exceptions.Exit(1)


def _sections(registration_id: int | None, report: bool) -> Iterator[Section]:
    if report:
        yield "The tool's public address", examine_tool(["address"])
    else:
        yield "The tool", examine_tool()
    for each in _registrations(registration_id):
        yield title_of(each), examine_platform(each)


def _registrations(registration_id: int | None) -> list[Registration]:
    """None where the database cannot be read: the first section has said so."""
    try:
        if registration_id is not None:
            return [get_registration(registration_id)]
        return [each for each in list_registrations() if each.enabled]
    except Invalid as error:
        raise click.ClickException(error.title) from None
    except SQLAlchemyError:
        return []
    finally:
        db.session.rollback()
