"""Commands for authors and editors: they read a folder, and need neither settings nor database.

`python -m lti_tool.curriculum ...` offers them, and `flask --app wsgi curriculum ...` as well.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from lti_tool.curriculum.checking import Checked, check
from lti_tool.curriculum.documents import Curriculum
from lti_tool.curriculum.reporting import report
from lti_tool.curriculum.reviews import reviews_due

FOLDER = click.argument("folder", type=click.Path(path_type=Path))


@click.command("check")
@FOLDER
@click.option("--stale", is_flag=True, help="List what is due for review, now or in 60 days.")
def check_command(folder: Path, stale: bool) -> None:
    """Report every fault of a curriculum folder with file and line."""
    today = date.today()
    checked = check(folder, today)
    content = sound(checked, f"{folder} cannot be published as it is.")
    if stale:
        _list_reviews(checked, content, today)
    lessons = sum(len(module.lessons) for module in content.modules)
    click.echo(
        f"{folder} is in order: {len(content.modules)} modules, {lessons} lessons, "
        f"{len(content.items)} items, {len(content.sources)} sources."
    )


def _list_reviews(checked: Checked, content: Curriculum, today: date) -> None:
    due = reviews_due(content, today)
    for review in due:
        place = checked.places.find(review.path)
        state = "past" if review.is_past(today) else "soon"
        click.echo(
            f"{place.file}:{place.line}: {state}: {review.review_by} {review.name}: {review.text}"
        )
    past = sum(review.is_past(today) for review in due)
    click.echo(f"{past} facts and items are past their review, {len(due) - past} come to it soon.")


@click.command("report")
@FOLDER
def report_command(folder: Path) -> None:
    """Counts, readability, keys, sources and coverage of a curriculum folder."""
    content = sound(check(folder, date.today()), f"{folder} has faults: no report.", errors=True)
    click.echo(report(content), nl=False)


@click.command("preview")
@FOLDER
@click.option("--port", default=8765, show_default=True, type=click.IntRange(1, 65535))
def preview_command(folder: Path, port: int) -> None:
    """Show a curriculum folder with all keys and feedback, on this machine only."""
    from lti_tool.curriculum.previewing import serve

    click.echo(f"Reading {folder} anew with each page: http://127.0.0.1:{port}/ (Ctrl+C ends it)")
    serve(folder, port)


def sound(checked: Checked, refusal: str, *, errors: bool = False) -> Curriculum:
    """The content; prints the faults, or errors alone, and ends the command on errors."""
    for fault in checked.errors if errors else checked.faults:
        click.echo(str(fault))
    if checked.curriculum is None:
        raise click.ClickException(refusal)
    return checked.curriculum
