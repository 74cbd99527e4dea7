"""What is wrong with authored content, and where it stands: file, line and a plain sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Path = tuple[str | int, ...]
"""Keys and indexes from the root of a document down to a value, as marshmallow reports them."""

Severity = Literal["error", "warning"]


@dataclass(frozen=True, order=True)
class Fault:
    """One fault; `file` is relative to the curriculum's folder, `line` counts from 1.

    Errors keep a curriculum from being published, warnings do not.
    """

    file: str
    line: int
    message: str
    severity: Severity = "error"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.severity}: {self.message}"


@dataclass(frozen=True)
class Problem:
    """A fault found in a document: it knows the path of the value, not yet its file and line.

    The message goes on from the path's name: "options[1].text" "is missing".
    """

    path: Path
    message: str
    severity: Severity = "error"

    def under(self, parent: Path) -> Problem:
        return replace(self, path=parent + self.path)


@dataclass(frozen=True)
class _Mount:
    """A value of the document that stands in `file` at the path `within` that file."""

    file: str
    within: Path
    lines: Mapping[Path, int]


@dataclass(frozen=True)
class Place:
    """File and line of a value, and its path `within` that file."""

    file: str
    line: int
    within: Path


@dataclass
class Places:
    """Turns a path within the document into file and line, though it was joined from many files."""

    _mounts: dict[Path, _Mount] = field(default_factory=dict)

    def mount(self, at: Path, file: str, lines: Mapping[Path, int], within: Path = ()) -> None:
        """State that the value at path `at` of the document is that at path `within` of `file`."""
        self._mounts[at] = _Mount(file, within, lines)

    def find(self, path: Path) -> Place:
        """Where a value stands; for a missing field, where the nearest value around it stands."""
        for length in range(len(path), -1, -1):
            mount = self._mounts.get(path[:length])
            if mount is not None:
                return _place(mount, mount.within + path[length:])
        return Place("curriculum.yaml", 1, path)


def _place(mount: _Mount, inner: Path) -> Place:
    for length in range(len(inner), len(mount.within) - 1, -1):
        if inner[:length] in mount.lines:
            return Place(mount.file, mount.lines[inner[:length]], inner)
    return Place(mount.file, 1, inner)


def problems_of(messages: Any, path: Path = ()) -> Iterator[Problem]:
    """The problems in the nested `messages` of a marshmallow ValidationError."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from problems_of(inner, path if key == "_schema" else (*path, key))
    elif isinstance(messages, list):
        for inner in messages:
            yield from problems_of(inner, path)
    else:
        yield Problem(path, str(messages))


def dotted(path: Path) -> str:
    """`options[1].text` for ("options", 1, "text")."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).lstrip(".")
