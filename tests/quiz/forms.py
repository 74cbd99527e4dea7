"""Item templates as a browser sees them: render one, look at its controls, submit its form."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from werkzeug.datastructures import MultiDict

TEMPLATES = Path(__file__).parents[2] / "templates"
PAGES = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)


def render(template: str, **inputs: Any) -> str:
    return PAGES.get_template(f"quiz/items/{template}").render(**inputs)


@dataclass
class Control:
    """One way to fill a field: a radio button, check box, select entry or text field."""

    kind: str
    id: str
    name: str
    value: str = ""
    is_on: bool = False


@dataclass
class Page(HTMLParser):
    """The controls, labels and ids of a rendered piece of HTML."""

    html: str
    controls: list[Control] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    described_by: list[str] = field(default_factory=list)
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._select: dict[str, str | None] = {}
        self._label = ""
        self._text: Control | None = None
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, found))
        self.ids += [found["id"] or ""] if "id" in found else []
        self.described_by += (found.get("aria-describedby") or "").split()
        if tag == "label":
            self._label = found["for"] or ""
            self.labels[self._label] = ""
        elif tag == "select":
            self._select = found
        elif tag in ("input", "textarea", "option"):
            self._add_control(tag, found)

    def _add_control(self, tag: str, found: dict[str, str | None]) -> None:
        owner = self._select if tag == "option" else found
        control = Control(
            kind=found.get("type") or tag,
            id=owner["id"] or "",
            name=owner["name"] or "",
            value=found.get("value") or "",
            is_on="checked" in found or "selected" in found,
        )
        self.controls.append(control)
        self._text = control if tag == "textarea" else None

    def handle_data(self, data: str) -> None:
        if self._label:
            self.labels[self._label] += " ".join(data.split())
        if self._text is not None:
            self._text.value += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._label = ""
        if tag == "textarea":
            self._text = None

    def submit(self) -> MultiDict[str, str]:
        """What a browser sends when the page is submitted as it stands."""
        return MultiDict(
            (control.name, control.value)
            for control in self.controls
            if control.is_on or control.kind in ("text", "textarea")
        )
