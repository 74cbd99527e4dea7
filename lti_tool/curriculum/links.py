"""Rules across records: ids are unique, and each reference leads to a record that fits.

They read the document as written, so that a record with a fault of its own can still be referred
to. A reference to a kind of which a file could not be read is not judged.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator

from lti_tool.curriculum.content_files import strings
from lti_tool.curriculum.documents import term_slug
from lti_tool.curriculum.faults import Path, Problem
from lti_tool.curriculum.item_type_schemas import ITEM_SCHEMAS
from lti_tool.curriculum.outline import Outline, Record, records_in, text_in


def link_problems(outline: Outline, folder_of: Callable[[Path], str]) -> Iterator[Problem]:
    """Every fault of ids and references; `folder_of` tells in which folder a value stands."""
    yield from _unique_ids(outline)
    for path, source in outline.sources:
        yield from _source(path, source)
    for path, module, lesson in outline.lessons:
        yield from _lesson(outline, path, module, lesson)
    for path, item in outline.items:
        yield from _item(outline, path, item)
    yield from _glossary(outline)
    yield from _folders(outline, folder_of)
    yield from _checks_in_use(outline)
    for index, (path, module) in enumerate(outline.modules):
        yield from _blueprint(outline, path, module, index)
        yield from _reserve(outline, path, module)


def _unique_ids(outline: Outline) -> Iterator[Problem]:
    objectives = [
        (path + inner, objective)
        for path, module in outline.modules
        for inner, objective in records_in(module, ("objectives",))
    ]
    lessons = [(path, lesson) for path, _, lesson in outline.lessons]
    for group in (outline.modules, lessons, objectives, outline.items):
        yield from _unique(group, "id")
    yield from _unique(outline.sources, "ref")
    for path, _, lesson in outline.lessons:
        claims = [(path + inner, claim) for inner, claim in records_in(lesson, ("sources",))]
        yield from _unique(claims, "ref")


def _unique(records: list[tuple[Path, Record]], key: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for path, record in records:
        name = text_in(record, key).casefold()  # lessons are found by the lower case of their ids
        if name and name in seen:
            yield Problem((*path, key), f"{record[key]} is used twice")
        seen.add(name)


def _source(path: Path, source: Record) -> Iterator[Problem]:
    ref = text_in(source, "ref")
    if ref and not re.fullmatch(r"[RE]\d+", ref):
        yield Problem((*path, "ref"), "must be R or E and a number, so that lessons can cite it")
    url = text_in(source, "url")
    if url and not url.startswith("https://"):
        yield Problem((*path, "url"), "must begin with https:// or be empty")


def _lesson(outline: Outline, path: Path, module: Record, lesson: Record) -> Iterator[Problem]:
    name, module_id = text_in(lesson, "id"), text_in(module, "id")
    if name and module_id and not re.fullmatch(rf"{re.escape(module_id)}\.[A-Za-z0-9-]+", name):
        yield Problem((*path, "id"), f"must be like {module_id}.L1")
    objectives, modules = lesson.get("objectives"), outline.objective_modules
    for index, objective in enumerate(objectives if isinstance(objectives, list) else []):
        foreign = isinstance(objective, str) and modules.get(objective.strip()) != module_id
        if foreign and outline.knows_every("module"):
            message = f"{objective} is not an objective of {module_id}"
            yield Problem((*path, "objectives", index), message)
    yield from _claims(outline, path, lesson)
    yield from _knowledge_check(outline, path, lesson)


def _claims(outline: Outline, path: Path, record: Record) -> Iterator[Problem]:
    known = {text_in(source, "ref") for _, source in outline.sources}
    for inner, claim in records_in(record, ("sources",)):
        ref = text_in(claim, "ref")
        if ref and ref not in known and outline.knows_every("source"):
            yield Problem((*path, *inner, "ref"), f"{ref} is not in sources.yaml")


def _knowledge_check(outline: Outline, path: Path, lesson: Record) -> Iterator[Problem]:
    name = text_in(lesson, "knowledge_check")
    at = (*path, "knowledge_check")
    found = [item for _, item in outline.items if name and text_in(item, "id") == name]
    if not found and name and outline.knows_every("item"):
        yield Problem(at, f"there is no item {name}")
    for item in found[:1]:
        if item.get("pool") != "knowledge_check":
            yield Problem(at, f"{name} is not of pool knowledge_check")
        if text_in(item, "lesson") != text_in(lesson, "id"):
            yield Problem(at, f"{name} belongs to lesson {text_in(item, 'lesson')}")


def _item(outline: Outline, path: Path, item: Record) -> Iterator[Problem]:
    module = text_in(item, "module")
    modules = [text_in(known, "id") for _, known in outline.modules]
    if module and module not in modules and outline.knows_every("module"):
        yield Problem((*path, "module"), f"there is no module {module}")
    if outline.knows_every("module"):
        yield from _within(path, item, "objective", outline.objective_modules)
    if outline.knows_every("lesson"):
        yield from _within(path, item, "lesson", outline.lesson_modules)
        remediate = text_in(item.get("feedback"), "remediate")
        if remediate and remediate not in outline.lesson_modules:
            yield Problem((*path, "feedback", "remediate"), f"there is no lesson {remediate}")
    yield from _claims(outline, path, item)


def _within(path: Path, item: Record, key: str, modules: dict[str, str]) -> Iterator[Problem]:
    """The item's lesson or objective exists and belongs to the item's module."""
    name, module = text_in(item, key), text_in(item, "module")
    if name and name not in modules:
        yield Problem((*path, key), f"there is no {key} {name}")
    elif name and module and modules[name] not in ("", module):
        yield Problem((*path, key), f"{name} belongs to {modules[name]}, the item to {module}")


def _glossary(outline: Outline) -> Iterator[Problem]:
    """Each term stands in one glossary only, has an address, and rests on known sources."""
    homes: dict[str, str] = {}
    known = {text_in(source, "ref") for _, source in outline.sources}
    for path, entry in outline.glossary:
        term = text_in(entry, "term")
        slug = term_slug(term)
        if term and not slug:
            yield Problem((*path, "term"), "needs a letter from a to z or a digit")
        elif term and slug in homes:
            yield Problem((*path, "term"), f"{term} is in the glossary of {homes[slug]} as well")
        homes.setdefault(slug, text_in(entry, "module"))
        for index, ref in strings(entry.get("sources")):
            if ref.strip() not in known and outline.knows_every("source"):
                yield Problem((*path, "sources", index), f"{ref} is not in sources.yaml")


def _folders(outline: Outline, folder_of: Callable[[Path], str]) -> Iterator[Problem]:
    homes = {text_in(module, "id"): folder_of(path) for path, module in outline.modules}
    for path, item in outline.items:
        module = text_in(item, "module")
        if module in homes and homes[module] != folder_of(path):
            message = f"{module} has the folder {homes[module]}, the item stands elsewhere"
            yield Problem((*path, "module"), message)


def _checks_in_use(outline: Outline) -> Iterator[Problem]:
    used = {text_in(lesson, "knowledge_check") for _, _, lesson in outline.lessons}
    for path, item in outline.items:
        idle = item.get("pool") == "knowledge_check" and text_in(item, "id") not in used
        if idle and outline.knows_every("lesson"):
            yield Problem((*path, "id"), "closes no lesson", "warning")


def _blueprint(outline: Outline, path: Path, module: Record, index: int) -> Iterator[Problem]:
    """Every slot of the quiz has an objective of the module and enough graded items."""
    if not outline.knows_every("item"):
        return
    graded = _graded_items(outline)
    at: Path = (*path, "quiz", "draw")
    for objective, kind, count in _slots(module):
        if outline.objective_modules.get(objective) != text_in(module, "id"):
            yield Problem((*at, objective), "is not an objective of this module")
        elif graded[objective, kind] < count:
            message = f"asks for {count} graded items, here are {graded[objective, kind]}"
            yield Problem((*at, objective, kind), message)
    quiz = module.get("quiz")
    spaced = quiz.get("spaced") if isinstance(quiz, dict) else 0
    earlier = {text_in(known, "id") for _, known in outline.modules[:index]}
    pool = sum(
        number
        for (objective, _), number in graded.items()
        if outline.objective_modules.get(objective) in earlier
    )
    if isinstance(spaced, int) and spaced > pool:
        message = f"asks for {spaced} graded items of earlier modules, here are {pool}"
        yield Problem((*path, "quiz", "spaced"), message)


def _graded_items(outline: Outline) -> Counter[tuple[str, str]]:
    return Counter(
        (text_in(item, "objective"), text_in(item, "type")) for item in _items_of(outline, "graded")
    )


def _items_of(outline: Outline, pool: str) -> Iterator[Record]:
    """The items of a pool that are in use."""
    for _, item in outline.items:
        if item.get("pool") == pool and item.get("status") != "retired":
            yield item


def _slots(module: Record) -> Iterator[tuple[str, str, int]]:
    quiz = module.get("quiz")
    draw = quiz.get("draw") if isinstance(quiz, dict) else None
    for objective, counts in draw.items() if isinstance(draw, dict) else ():
        for kind, count in counts.items() if isinstance(counts, dict) else ():
            if kind in ITEM_SCHEMAS and isinstance(count, int):
                yield objective, kind, count


def _reserve(outline: Outline, path: Path, module: Record) -> Iterator[Problem]:
    """Each module of a reserve exists, is named once, and has enough items of pool final."""
    quiz = module.get("quiz")
    reserve = quiz.get("reserve") if isinstance(quiz, dict) else None
    if not isinstance(reserve, dict):
        return
    known = {text_in(each, "id") for _, each in outline.modules}
    final = Counter(text_in(item, "module") for item in _items_of(outline, "final"))
    each, named = reserve.get("each"), strings(reserve.get("modules"))
    seen: set[str] = set()
    for index, text in named:
        name = text.strip()
        at: Path = (*path, "quiz", "reserve", "modules", index)
        if name in seen:
            yield Problem(at, f"{name} is listed twice")
        elif name not in known and outline.knows_every("module"):
            yield Problem(at, f"there is no module {name}")
        elif isinstance(each, int) and final[name] < each and outline.knows_every("item"):
            message = f"asks for {each} final items of {name}, here are {final[name]}"
            yield Problem(at, message)
        seen.add(name)
