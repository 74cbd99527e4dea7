"""Reads a curriculum folder (`docs/authoring.md`) into one document, the form that is published.

The document is plain JSON: the curriculum's own fields, `modules` with their `lessons` (as `html`),
`items` of all modules, and `sources`. `Places` knows where in the files each of its values stands.
"""

from __future__ import annotations

import pathlib
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Literal

from lti_tool.curriculum.content_files import ContentFiles, strings
from lti_tool.curriculum.faults import Fault, Path, Places
from lti_tool.curriculum.markdown import RenderedLesson, render_lesson
from lti_tool.curriculum.yaml_lines import YamlFile

Kind = Literal["curriculum", "module", "lesson", "item", "source"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}")
_LESSON_FILE = re.compile(
    r"---[ \t]*\n(?P<head>.*?)^---[ \t]*\n(?P<text>.*)", re.DOTALL | re.MULTILINE
)


@dataclass
class Reading:
    """What a folder holds.

    `unread` names the kinds of records of which some could not be read: a reference to one of that
    kind cannot be judged. `hollow` are the paths of records that stand empty for that reason.
    """

    document: dict[str, Any]
    faults: list[Fault]
    places: Places = field(default_factory=Places)
    unread: set[Kind] = field(default_factory=set)
    hollow: set[Path] = field(default_factory=set)


def read_folder(folder: pathlib.Path) -> Reading:
    """Read every file of a curriculum; whatever cannot be read is a fault, never an exception."""
    reader = _FolderReader(folder)
    if reader.files.folder_exists():
        reader.read()
    else:
        reader.missing(folder)
    return reader.reading


class _FolderReader:
    def __init__(self, folder: pathlib.Path) -> None:
        self.files = ContentFiles(folder)
        self.reading = Reading({"modules": [], "items": [], "sources": []}, self.files.faults)

    def missing(self, folder: pathlib.Path) -> None:
        self.files.fault("curriculum.yaml", 1, f"there is no folder {folder}")
        self.reading.hollow.add(())

    def read(self) -> None:
        document = self.reading.document
        read = self.files.record("curriculum.yaml")
        names = self._listed(read, "modules", "curriculum.yaml")
        record = self._record("curriculum", (), "curriculum.yaml", read)
        self._refuse(record, ("items", "sources"), "curriculum.yaml", read)
        document.update({**record, "modules": [], "items": [], "sources": self._sources()})
        folders = [name.removesuffix("/module.yaml") for name in self.files.names("*/module.yaml")]
        for name, line in names if read else [(name, 1) for name in folders]:
            self._module(name, line)
        for name in folders:
            if read and name not in dict(names):
                self.files.warn(f"{name}/module.yaml", "is not listed under modules")

    def _sources(self) -> list[Any]:
        read = self.files.list("sources.yaml")
        if read is None:
            self.reading.unread.add("source")
            return []
        self.reading.places.mount(("sources",), "sources.yaml", read.lines)
        return list(read.value)

    def _module(self, name: str, line: int) -> None:
        file = f"{name}/module.yaml"
        if not self.files.exists(file):
            self.reading.unread |= {"module", "lesson", "item"}
            self.files.fault("curriculum.yaml", line, f"modules: there is no file {file}")
            return
        read = self.files.record(file)
        names = self._listed(read, "lessons", file)
        at: Path = ("modules", len(self.reading.document["modules"]))
        module = {**self._record("module", at, file, read), "lessons": []}
        self.reading.document["modules"].append(module)
        lesson_files = self.files.names(f"{name}/*.md")
        listed = {f"{name}/{lesson}.md": line for lesson, line in names}
        for lesson_file, line in listed.items() if read else [(file, 1) for file in lesson_files]:
            self._lesson(module["lessons"], at, lesson_file, (file, line))
        self._items(name)
        if read:
            self._warn_of_unlisted(name, listed)

    def _warn_of_unlisted(self, name: str, listed: Collection[str]) -> None:
        for file in self.files.names(f"{name}/*.md"):
            if file not in listed:
                self.files.warn(file, "is not listed under lessons of its module")
        for file in (*self.files.names(f"{name}/*.yaml"), *self.files.names(f"{name}/*.yml")):
            if not re.fullmatch(r"(module|items-.*)\.yaml", file.rpartition("/")[2]):
                self.files.warn(file, "is not read: item files are named items-*.yaml")

    def _lesson(self, lessons: list[Any], module: Path, file: str, named: tuple[str, int]) -> None:
        if not self.files.exists(file):
            self.reading.unread.add("lesson")
            self.files.fault(*named, f"lessons: there is no file {file}")
            return
        at: Path = (*module, "lessons", len(lessons))
        head, text = self._split(file)
        read = None if head is None else self.files.parse_record(file, head, first_line=2)
        lesson = self._record("lesson", at, file, read)
        self._refuse(lesson, ("html",), file, read)
        lesson["html"] = ""
        lessons.append(lesson)
        if read and head is not None:
            rendered = render_lesson(text, _refs(lesson).values())
            self._take_in(lesson, rendered, at, (file, read, head.count("\n") + 2))

    def _split(self, file: str) -> tuple[str | None, str]:
        """The YAML head and the Markdown text of a lesson file."""
        content = self.files.text(file)
        if content is None:
            return None, ""
        match = _LESSON_FILE.fullmatch(content.rstrip() + "\n")
        if match is None:
            self.files.fault(file, 1, "must begin with a head: fields between two lines ---")
            return None, ""
        return match["head"], match["text"]

    def _take_in(
        self,
        lesson: dict[str, Any],
        rendered: RenderedLesson,
        at: Path,
        origin: tuple[str, YamlFile, int],
    ) -> None:
        """Add the html, and bring the sources into the order of their numbers on the page.

        `origin` is the file, its head, and the number of lines above the text.
        """
        file, read, lines_above = origin
        for line, message in rendered.faults:
            self.files.fault(file, line + lines_above, message)
        lesson["html"] = rendered.html
        sources = lesson.get("sources")
        if not isinstance(sources, list):
            return
        refs = _refs(lesson)
        rank = {ref: number for number, ref in enumerate(rendered.cited)}
        order = sorted(range(len(sources)), key=lambda i: rank.get(refs.get(i, ""), len(rank)))
        lesson["sources"] = [sources[index] for index in order]
        for number, index in enumerate(order):
            place: Path = ("sources", index)
            self.reading.places.mount((*at, "sources", number), file, read.lines, place)

    def _items(self, name: str) -> None:
        items = self.reading.document["items"]
        for file in self.files.names(f"{name}/items-*.yaml"):
            read = self.files.list(file)
            if read is None:
                self.reading.unread.add("item")
                continue
            for index, item in enumerate(read.value):
                self.reading.places.mount(("items", len(items)), file, read.lines, (index,))
                items.append(item)

    def _record(self, kind: Kind, at: Path, file: str, read: YamlFile | None) -> dict[str, Any]:
        """The fields of a record, which stands at path `at` of the document."""
        self.reading.places.mount(at, file, read.lines if read else {})
        if read is None:
            self.reading.unread.add(kind)
            self.reading.hollow.add(at)
            return {}
        return dict(read.value)

    def _listed(self, read: YamlFile | None, key: str, file: str) -> list[tuple[str, int]]:
        """The names listed under `modules` or `lessons`, each with its line."""
        if read is None:
            return []
        value = read.value.get(key)
        if not isinstance(value, list) or not value:
            self.files.fault(file, read.lines.get((key,), 1), f"{key}: must be a list of names")
        names: list[tuple[str, int]] = []
        for index, name in enumerate(value if isinstance(value, list) else []):
            line = read.lines[(key, index)]
            if not isinstance(name, str) or not _NAME.fullmatch(name):
                self.files.fault(file, line, f"{key}: a name has letters, digits, - and _ only")
            elif name in dict(names):
                self.files.fault(file, line, f"{key}: {name} is listed twice")
            else:
                names.append((name, line))
        return names

    def _refuse(
        self, record: dict[str, Any], keys: tuple[str, ...], file: str, read: YamlFile | None
    ) -> None:
        """Refuse fields that belong to the document, not to its files."""
        for key in keys:
            if read and key in record:
                self.files.fault(file, read.lines[(key,)], f"{key}: unknown field")


def _refs(lesson: dict[str, Any]) -> dict[int, str]:
    """The refs of a lesson's sources by their index, as far as they are texts."""
    sources = lesson.get("sources")
    entries = sources if isinstance(sources, list) else []
    refs = [entry.get("ref") if isinstance(entry, dict) else None for entry in entries]
    return dict(strings(refs))
