"""`export` and `import`: items of a curriculum folder to and from other systems."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click
import yaml

from lti_tool.curriculum.checking import check
from lti_tool.curriculum.commands import FOLDER, sound
from lti_tool.curriculum.exchange.asking import as_questions
from lti_tool.curriculum.exchange.authoring import as_records
from lti_tool.curriculum.exchange.gift import write_gift
from lti_tool.curriculum.exchange.gift_reading import read_gift
from lti_tool.curriculum.exchange.moodle import write_moodle
from lti_tool.curriculum.exchange.moodle_reading import read_moodle
from lti_tool.curriculum.exchange.qti import write_qti
from lti_tool.curriculum.exchange.qti_reading import read_qti
from lti_tool.curriculum.exchange.questions import Carried, Left, Question, Unreadable
from lti_tool.curriculum.items import Item

POOLS = ("graded", "final", "practice", "knowledge_check")


@dataclass(frozen=True)
class Form:
    """A foreign form: how it is written and read."""

    write: Callable[[Iterable[Question]], tuple[bytes, list[Left]]]
    read: Callable[[bytes], Carried]


FORMS = {
    "qti": Form(write_qti, read_qti),
    "moodle": Form(write_moodle, read_moodle),
    "gift": Form(write_gift, read_gift),
}
FORMAT = click.option("--format", "form", required=True, type=click.Choice(list(FORMS)))


@click.command("export")
@FOLDER
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@FORMAT
@click.option("--module", "modules", multiple=True, help="Of this module only; may be repeated.")
@click.option("--pool", "pools", multiple=True, type=click.Choice(POOLS), help="May be repeated.")
def export_command(
    folder: Path, file: Path, form: str, modules: tuple[str, ...], pools: tuple[str, ...]
) -> None:
    """Write items into FILE: a QTI 3.0 package, Moodle XML or GIFT."""
    content = sound(check(folder, date.today()), f"{folder} has faults: no export.", errors=True)
    items = [item for item in content.items if _is_asked_for(item, modules, pools)]
    if not items:
        raise click.ClickException("No item of the folder fits: nothing was written.")
    questions, unasked = as_questions(items)
    data, left = FORMS[form].write(questions)
    file.write_bytes(data)
    lost = [Left(each.name, what) for each in questions for what in each.lost]
    _list([*unasked, *left, *lost])
    kept_out = {each.name for each in unasked} | {each.name for each in left if form == "gift"}
    click.echo(f"{len(items) - len(kept_out)} of {len(items)} items were written to {file}.")


def _is_asked_for(item: Item, modules: tuple[str, ...], pools: tuple[str, ...]) -> bool:
    return (not modules or item.module in modules) and (not pools or item.pool in pools)


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.argument("items", type=click.Path(path_type=Path, dir_okay=False))
@FORMAT
@click.option("--module", required=True, help="For questions that name none, such as M1.")
@click.option("--lesson", required=True, help="What their feedback points to, such as M1.L1.")
@click.option("--objective", required=True, help="What they test, such as M1.O1.")
def import_command(
    file: Path, items: Path, form: str, module: str, lesson: str, objective: str
) -> None:
    """Read FILE (QTI 3.0 or 2.x, Moodle XML, GIFT) and write drafts into a new file ITEMS."""
    if items.exists():
        raise click.ClickException(f"{items} is there already: choose another name.")
    try:
        carried = FORMS[form].read(file.read_bytes())
    except Unreadable as error:
        raise click.ClickException(str(error)) from None
    place = {"module": module, "lesson": lesson, "objective": objective}
    records = as_records(carried.questions, place)
    text = yaml.safe_dump(records, sort_keys=False, allow_unicode=True, width=100)
    items.write_text(f"# Drafts from {file.name}: `check` says what they still lack.\n\n{text}")
    _list(carried.left)
    click.echo(
        f"{len(records)} drafts were written to {items}, and {len(carried.left)} things were left."
    )


def _list(left: Iterable[Left]) -> None:
    """One line for each thing that was not carried, with the names it stood at."""
    names: dict[str, list[str]] = {}
    for each in left:
        names.setdefault(each.what, []).append(each.name)
    for what, found in names.items():
        click.echo(f"Not carried: {what} ({len(found)}): {', '.join(found)}")
