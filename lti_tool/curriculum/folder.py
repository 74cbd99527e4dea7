"""Reads a curriculum folder (`docs/authoring.md`) into one document, the form that is published."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Collection, Sequence
from typing import Any

from lti_tool.curriculum.content_files import ContentFiles, strings
from lti_tool.curriculum.faults import Path
from lti_tool.curriculum.figure_files import FigureShelf
from lti_tool.curriculum.glossary import Terms
from lti_tool.curriculum.markdown import RenderedLesson, render_lesson
from lti_tool.curriculum.reading import JOINED, Kind, Reading, empty_document
from lti_tool.curriculum.yaml_lines import YamlFile

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}")
_LESSON_FILE = re.compile(
    r"---[ \t]*\n(?P<head>.*?)^---[ \t]*\n(?P<text>.*)", re.DOTALL | re.MULTILINE
)


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
        self.reading = Reading(self.files.faults)
        self._terms = Terms()
        self._brought: dict[str, list[Any]] = {}  # entries of the glossary, by folder

    def missing(self, folder: pathlib.Path) -> None:
        self.files.fault("curriculum.yaml", 1, f"there is no folder {folder}")
        self.reading.hollow.add(())

    def read(self) -> None:
        document = self.reading.document
        read = self.files.record("curriculum.yaml")
        names = self._listed(read, "modules", "curriculum.yaml")
        record = self._record("curriculum", (), "curriculum.yaml", read)
        self._refuse(record, JOINED, "curriculum.yaml", read)
        document.update({**record, **empty_document()})
        self._sources()
        folders = [name.removesuffix("/module.yaml") for name in self.files.names("*/module.yaml")]
        modules = names if read else [(name, 1) for name in folders]
        self._glossaries([name for name, _ in modules])
        for name, line in modules:
            self._module(name, line)
        self._traceability()
        for name in folders:
            if read and name not in dict(names):
                self.files.warn(f"{name}/module.yaml", "is not listed under modules")

    def _sources(self) -> None:
        read = self.files.list("sources.yaml")
        if read is None:
            self.reading.unread.add("source")
            return
        self.reading.join("sources", "sources.yaml", read)

    def _traceability(self) -> None:
        file = "traceability.yaml"
        read = self.files.list(file) if self.files.names(file) else None
        if read is not None:
            self.reading.join("traceability", file, read)

    def _glossaries(self, modules: Sequence[str]) -> None:
        """The terms of all modules, before any lesson: each lesson may use each of them."""
        for name in modules:
            file = f"{name}/glossary.yaml"
            found = bool(self.files.names(file))
            read = self.files.list(file) if found else None
            if read is not None:
                self._brought[name] = read.value
                self._refuse_modules(file, read)
                self.reading.join("glossary", file, read)
            elif found or not self.files.exists(f"{name}/module.yaml"):
                self.reading.unread.add("term")
        complete = "term" not in self.reading.unread
        self._terms = Terms(self.reading.document["glossary"], complete=complete)

    def _refuse_modules(self, file: str, read: YamlFile) -> None:
        for index, entry in enumerate(read.value):
            if isinstance(entry, dict) and "module" in entry:
                self.files.fault(file, read.lines[(index, "module")], "module: unknown field")

    def _module(self, name: str, line: int) -> None:
        file = f"{name}/module.yaml"
        if not self.files.exists(file):
            self.reading.unread |= {"module", "lesson", "item"}
            self.files.fault("curriculum.yaml", line, f"modules: there is no file {file}")
            return
        read = self.files.record(file)
        names = self._listed(read, "lessons", file, none_allowed=_has_reserve(read))
        at: Path = ("modules", len(self.reading.document["modules"]))
        module = {**self._record("module", at, file, read), "lessons": []}
        self.reading.document["modules"].append(module)
        for entry in self._brought.get(name, ()):
            if isinstance(entry, dict):
                entry["module"] = str(module.get("id", ""))
        figures = FigureShelf(self.files, name)
        lesson_files = self.files.names(f"{name}/*.md")
        listed = {f"{name}/{lesson}.md": line for lesson, line in names}
        for lesson_file, line in listed.items() if read else [(file, 1) for file in lesson_files]:
            self._lesson(module["lessons"], at, lesson_file, (file, line), figures)
        self.reading.document["figures"].update(figures.shown)
        self._items(name)
        figures.warn_of_unused()
        if read:
            self._warn_of_unlisted(name, listed)

    def _warn_of_unlisted(self, name: str, listed: Collection[str]) -> None:
        for file in self.files.names(f"{name}/*.md"):
            if file not in listed:
                self.files.warn(file, "is not listed under lessons of its module")
        for file in (*self.files.names(f"{name}/*.yaml"), *self.files.names(f"{name}/*.yml")):
            if not re.fullmatch(r"(module|glossary|items-.*)\.yaml", file.rpartition("/")[2]):
                self.files.warn(file, "is not read: item files are named items-*.yaml")

    def _lesson(
        self,
        lessons: list[Any],
        module: Path,
        file: str,
        named: tuple[str, int],
        figures: FigureShelf,
    ) -> None:
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
            rendered = render_lesson(text, _refs(lesson).values(), figures.find, self._terms)
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

    def _listed(
        self, read: YamlFile | None, key: str, file: str, *, none_allowed: bool = False
    ) -> list[tuple[str, int]]:
        """The names listed under `modules` or `lessons`, each with its line."""
        if read is None:
            return []
        value = read.value.get(key)
        if not isinstance(value, list) or not (value or none_allowed):
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


def _has_reserve(read: YamlFile | None) -> bool:
    """Whether the quiz of a module file draws from a reserve: such a module needs no lessons."""
    quiz = read.value.get("quiz") if read else None
    return isinstance(quiz, dict) and "reserve" in quiz


def _refs(lesson: dict[str, Any]) -> dict[int, str]:
    """The refs of a lesson's sources by their index, as far as they are texts."""
    sources = lesson.get("sources")
    entries = sources if isinstance(sources, list) else []
    refs = [entry.get("ref") if isinstance(entry, dict) else None for entry in entries]
    return dict(strings(refs))
