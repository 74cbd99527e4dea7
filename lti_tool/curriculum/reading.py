"""What the files of a curriculum folder say, joined into one document, and what could not be read.

The document is plain JSON, the form that is published: the curriculum's own fields, `modules` with
their `lessons` (as `html`), `items` of all modules, `sources`, `glossary`, `traceability` and
`figures` (SVG texts by name).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from lti_tool.curriculum.faults import Fault, Path, Places
from lti_tool.curriculum.yaml_lines import YamlFile

Kind = Literal["curriculum", "module", "lesson", "item", "source", "term"]

JOINED = ("items", "sources", "glossary", "traceability", "figures")
"""Fields of the document that no file states as a field of its own."""


def empty_document() -> dict[str, Any]:
    lists = ("modules", "items", "sources", "glossary", "traceability")
    return {**{name: [] for name in lists}, "figures": {}}


@dataclass
class Reading:
    """What a folder holds.

    `places` knows where in the files each value of the document stands. `unread` names the kinds of
    records of which some could not be read: a reference to one of that kind cannot be judged.
    `hollow` are the paths of records that stand empty for that reason.
    """

    faults: list[Fault]
    document: dict[str, Any] = field(default_factory=empty_document)
    places: Places = field(default_factory=Places)
    unread: set[Kind] = field(default_factory=set)
    hollow: set[Path] = field(default_factory=set)

    def join(self, key: str, file: str, read: YamlFile) -> None:
        """Add the records of a file to a list of the document."""
        records = self.document[key]
        for index, record in enumerate(read.value):
            self.places.mount((key, len(records)), file, read.lines, (index,))
            records.append(record)
