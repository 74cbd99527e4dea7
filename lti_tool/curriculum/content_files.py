"""Opens the files of one curriculum folder: safely, with a fault for whatever is unreadable."""

from __future__ import annotations

import pathlib
import re
from typing import Any

from lti_tool.curriculum.faults import Fault
from lti_tool.curriculum.yaml_lines import YamlFile, read_yaml

MAX_FILE_BYTES = 1024 * 1024

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u2028\u2029\ufeff-\uffff]")


class ContentFiles:
    """Reads by names relative to the folder; collects `faults`; None is what is unreadable."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.faults: list[Fault] = []
        self._folder = folder

    def fault(self, file: str, line: int, message: str) -> None:
        self.faults.append(Fault(file, line, message))

    def warn(self, file: str, message: str) -> None:
        self.faults.append(Fault(file, 1, message, "warning"))

    def folder_exists(self) -> bool:
        try:
            return self._folder.is_dir()
        except OSError:
            return False

    def exists(self, file: str) -> bool:
        return self._path(file) is not None

    def names(self, pattern: str) -> list[str]:
        """Files that match a pattern such as `m1/*.md`, relative to the folder, sorted."""
        try:
            paths = [path for path in self._folder.glob(pattern) if path.is_file()]
        except OSError:
            return []
        return sorted(path.relative_to(self._folder).as_posix() for path in paths)

    def record(self, file: str) -> YamlFile | None:
        """A YAML file whose value is a mapping of fields."""
        text = self.text(file)
        return None if text is None else self.parse_record(file, text)

    def parse_record(self, file: str, text: str, first_line: int = 1) -> YamlFile | None:
        return self._parse(file, text, first_line, (dict, "must hold fields, such as `title: ...`"))

    def list(self, file: str) -> YamlFile | None:
        """A YAML file whose value is a list."""
        text = self.text(file)
        return None if text is None else self._parse(file, text, 1, (list, "must be a list"))

    def text(self, file: str) -> str | None:
        """The text of a UTF-8 file with line feeds only."""
        content = self._bytes(file)
        if content is None:
            return None
        try:
            text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            self.fault(file, line, "is not a UTF-8 text: save the file as UTF-8")
            return None
        control = _CONTROL.search(text)
        if control is not None:
            line = text.count("\n", 0, control.start()) + 1
            self.fault(file, line, f"the control character U+{ord(control[0]):04X} is refused")
            return None
        return text

    def _parse(
        self, file: str, text: str, first_line: int, wanted: tuple[type, str]
    ) -> YamlFile | None:
        read = read_yaml(text, first_line)
        for line, message in read.faults:
            self.fault(file, line, message)
        kind, message = wanted
        if isinstance(read.value, kind):
            return read
        if not read.faults:
            self.fault(file, first_line, message)
        return None

    def _bytes(self, file: str) -> bytes | None:
        path = self._path(file)
        if path is None:
            self.fault(file, 1, "there is no such file")
            return None
        try:
            with path.open("rb") as stream:
                content = stream.read(MAX_FILE_BYTES + 1)
        except OSError as error:
            self.fault(file, 1, f"cannot be read: {error.strerror}")
            return None
        if len(content) > MAX_FILE_BYTES:
            self.fault(file, 1, "is larger than 1 MiB: split the file")
            return None
        return content

    def _path(self, file: str) -> pathlib.Path | None:
        """The regular file of that name; None for one that a link places outside of the folder."""
        try:
            path = (self._folder / file).resolve()
            inside = path.is_relative_to(self._folder.resolve())
            return path if inside and path.is_file() else None
        except (OSError, RuntimeError, ValueError):  # a loop of links; a name the system refuses
            return None


def strings(value: Any) -> list[tuple[int, str]]:
    """The texts in a list with their indexes; anything else is left to the schemas to report."""
    entries = value if isinstance(value, list) else []
    return [(index, entry) for index, entry in enumerate(entries) if isinstance(entry, str)]
