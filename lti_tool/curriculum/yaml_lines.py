"""Reads YAML into plain JSON values and remembers the line of every value.

Only what a content file needs is read: text, numbers, booleans, null, dates, lists and mappings.
Anchors, aliases, merge keys and tags are refused, and so are duplicate keys.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml

from lti_tool.curriculum.faults import Path

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml reads ten times faster
_MAX_DEPTH = 20
_STANDARD = "tag:yaml.org,2002:"
_PLAIN_TAGS = {_STANDARD + kind for kind in ("bool", "float", "int", "null", "str", "timestamp")}


@dataclass
class YamlFile:
    """A file's value, the line of each path in it, and its faults as (line, message)."""

    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[tuple[int, str]] = field(default_factory=list)


def read_yaml(text: str, first_line: int = 1) -> YamlFile:
    """Read one YAML document; `first_line` is the line of its file on which the text begins.

    Never raises for bad text. After a fault of syntax the value is None; the other faults leave a
    value, so that what else is wrong can be found as well.
    """
    reader = _Reader(text, first_line)
    try:
        reader.file.value = reader.document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reader.fault(mark.line + first_line if mark else first_line, _plain(error))
    except yaml.YAMLError:
        reader.fault(first_line, "is not YAML")
    finally:
        reader.loader.dispose()
    return reader.file


def _plain(error: yaml.MarkedYAMLError) -> str:
    return f"is not YAML: {error.problem or error.context or 'cannot be read'}"


class _Reader:
    """Walks the parser's events once, so that neither depth nor aliases can make work explode."""

    def __init__(self, text: str, first_line: int) -> None:
        self.file = YamlFile()
        self.loader = _Loader(text)
        self._first_line = first_line

    def fault(self, line: int, message: str) -> None:
        self.file.faults.append((line, message))

    def document(self) -> Any:
        self.loader.get_event()  # the start of the stream
        if self.loader.check_event(yaml.StreamEndEvent):
            return None
        self.loader.get_event()  # the start of the document
        value = self._value(self.loader.get_event(), ())
        self.loader.get_event()  # the end of the document
        if not self.loader.check_event(yaml.StreamEndEvent):
            self.fault(self._line(self.loader.peek_event()), "a second document starts here")
        return value

    def _value(self, event: Any, path: Path) -> Any:
        line = self._line(event)
        self.file.lines.setdefault(path, line)
        if len(path) > _MAX_DEPTH:
            raise yaml.MarkedYAMLError(problem="nested too deep", problem_mark=event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            self.fault(line, f"the alias *{event.anchor} is refused: write the value out")
            return None
        if event.anchor:
            self.fault(line, f"the anchor &{event.anchor} is refused: write values out")
        return self._node(event, path)

    def _node(self, event: Any, path: Path) -> Any:
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if event.tag not in (None, "!", _STANDARD + "seq", _STANDARD + "map"):
            self.fault(self._line(event), f"the tag {event.tag} is refused")
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        return self._mapping(path)

    def _sequence(self, path: Path) -> list[Any]:
        values: list[Any] = []
        while not isinstance(event := self.loader.get_event(), yaml.SequenceEndEvent):
            values.append(self._value(event, (*path, len(values))))
        return values

    def _mapping(self, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        first_lines: dict[str, int] = {}
        while not isinstance(event := self.loader.get_event(), yaml.MappingEndEvent):
            key, line = self._key(event, path), self._line(event)
            inner = (*path, key)
            if key in values:
                self.fault(line, f"{key} is given twice, first on line {first_lines[key]}")
            first_lines.setdefault(key, line)
            self.file.lines.setdefault(inner, line)
            value = self._value(self.loader.get_event(), inner)
            values.setdefault(key, value)
        return values

    def _key(self, event: Any, path: Path) -> str:
        """A key is the text as written: `true: ...` and `"true": ...` are the same field."""
        if isinstance(event, yaml.ScalarEvent):
            return str(event.value)
        self.fault(self._line(event), "the name of a field must be a text")
        self._value(event, (*path, ""))
        return ""

    def _scalar(self, event: Any) -> Any:
        tag = event.tag
        if tag in (None, "!"):
            tag = self.loader.resolve(yaml.ScalarNode, event.value, event.implicit)
        if tag == _STANDARD + "str":
            return str(event.value)
        if tag not in _PLAIN_TAGS:
            self.fault(self._line(event), f"{event.value!r:.40} is refused: put a text in quotes")
            return None
        node = yaml.ScalarNode(tag, event.value, event.start_mark, event.end_mark)
        try:
            return _json_value(self.loader.construct_object(node))
        except (ValueError, KeyError, IndexError, OverflowError, yaml.YAMLError):
            self.fault(
                self._line(event), f"{event.value!r:.40} is not a number or date that exists"
            )
            return None

    def _line(self, event: Any) -> int:
        return int(event.start_mark.line) + self._first_line


def _json_value(value: Any) -> Any:
    """Dates as ISO texts; numbers that JSON does not know raise ValueError."""
    if isinstance(value, date):  # a datetime is a date as well
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**15:
        raise ValueError(value)
    return value
