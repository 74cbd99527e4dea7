"""Turns the authored Markdown of a lesson into sanitised HTML, and says what is not allowed in it.

The forms are those of `docs/authoring.md`: headings of levels 2 and 3, lists, tables, emphasis,
quotes, https links, citations such as [R01], terms such as [[portfolio]], figures, and the boxes
case, example, note and summary.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from markdown_it.token import Token

from lti_tool.curriculum.figures import Figure
from lti_tool.curriculum.glossary import Term, Terms
from lti_tool.curriculum.lesson_html import (
    ALIGNMENT_CLASSES,
    BOX_LABELS,
    MARKDOWN,
    clean,
    term_card,
)

_REF = re.compile(r"[RE]\d+")
_HTTPS = re.compile(r"https://[^\s/@]+\.[^\s/@]+(/\S*)?")
_TAG = re.compile(r"<(/?[A-Za-z]|!)")
_REFUSED = {
    "code_block": "an indented code block is refused: remove the indent",
    "code_inline": "code is refused: use plain text or emphasis",
    "fence": "a code block is refused",
    "hr": "a horizontal rule is refused: use a heading",
    "image": "an image must stand in a paragraph of its own",
}


@dataclass(frozen=True)
class RenderedLesson:
    """`cited`: the refs in the order of their numbers; `faults`: (line of the text, message)."""

    html: str
    cited: tuple[str, ...]
    faults: tuple[tuple[int, str], ...]


FindFigure = Callable[[str], Figure | None]
"""Gives the figure of a file name, None where there is no such file."""


def render_lesson(
    text: str,
    refs: Collection[str],
    find_figure: FindFigure = lambda _: None,
    terms: Terms | None = None,
) -> RenderedLesson:
    """Render a lesson's text; `refs` are the sources that it may cite.

    Faults do not stop the rendering: what is refused is left out or shown as plain text.
    """
    tokens = MARKDOWN.parse(text.rstrip() + "\n", {})
    survey = _Survey(
        lines=text.splitlines(), refs=refs, find_figure=find_figure, terms=terms or Terms()
    )
    survey.walk(tokens)
    html = str(MARKDOWN.renderer.render(tokens, MARKDOWN.options, {}))
    html += "".join(term_card(term) for term in survey.used_terms.values())
    return RenderedLesson(clean(html), tuple(survey.numbers), tuple(survey.faults))


@dataclass
class _Survey:
    """One walk over the tokens: collects the faults, and notes on tokens what rendering needs."""

    lines: Sequence[str]
    refs: Collection[str]
    find_figure: FindFigure
    terms: Terms
    used_terms: dict[str, Term] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    faults: list[tuple[int, str]] = field(default_factory=list)
    _line: int = 1
    _has_heading: bool = False
    _boxes: int = 0
    _tables: int = 0
    _last_box: str = ""
    _in_box: bool = False
    _in_heading: bool = False

    def fault(self, message: str) -> None:
        self.faults.append((self._line, message))

    def walk(self, tokens: Sequence[Token]) -> None:
        for index, token in enumerate(tokens):
            if token.map:
                self._line = token.map[0] + 1
            self._block(token, tokens, index)
        self._ending(tokens)

    def _block(self, token: Token, tokens: Sequence[Token], index: int) -> None:
        if token.type in _REFUSED:
            self.fault(_REFUSED[token.type])
        elif token.type == "table_open":
            self._table(token, tokens, index)
        elif token.type in ("th_open", "td_open"):
            _align(token)
        elif token.type == "inline":
            self._inline(token.children or [])
        else:
            self._structure(token)

    def _structure(self, token: Token) -> None:
        if token.type == "heading_open":
            self._heading(token)
        elif token.type == "container_box_open":
            self._box(token)
        elif token.type == "figure":
            self._figure(token)
        elif token.type == "container_box_close" and token.level == 0:
            self._in_box = False
        self._in_heading = token.type == "heading_open"

    def _heading(self, token: Token) -> None:
        if token.tag not in ("h2", "h3"):
            self.fault("a heading must be of level 2 (##) or 3 (###)")
        elif token.tag == "h3" and not self._has_heading:
            self.fault("the first heading must be of level 2 (##)")
        self._has_heading = True

    def _box(self, token: Token) -> None:
        self._boxes += 1
        self._last_box, _, title = token.info.strip().partition(" ")
        token.meta = {"number": self._boxes, "kind": self._last_box, "title": title.strip()}
        end = token.map[1] if token.map else 0
        self._in_box = token.level == 0
        if token.level > 0:
            self.fault("a box cannot stand within a list, a quote or another box (close that one?)")
        elif end >= len(self.lines) or not re.fullmatch(r" {0,3}:{3,}\s*", self.lines[end]):
            self.fault("the box is not closed: end it with a line :::")
        if "[" in title:
            self.fault("the title of a box takes no citation or link: put it in the text")

    def _table(self, token: Token, tokens: Sequence[Token], index: int) -> None:
        self._tables += 1
        names = []
        for position, cell in _header_cells(tokens, index):
            name = _plain_text(tokens[position + 1])
            names.append(name)
            if not name:  # an empty header cell says nothing: screen readers should skip it
                cell.tag = tokens[position + 2].tag = "td"
        named = ", ".join(name for name in names if name)
        token.meta = {"label": f"Table {self._tables}" + (f": {named}" if named else "")}

    def _figure(self, token: Token) -> None:
        file = str(token.attrGet("src"))
        if token.level > (1 if self._in_box else 0):
            self.fault("a figure cannot stand within a list or a quote")
        if not token.content:
            self.fault('a figure needs a text alternative: ![what it shows](file.svg "caption")')
        if not token.attrGet("title"):
            self.fault('a figure needs a caption: ![what it shows](file.svg "caption")')
        if "[" in token.content + str(token.attrGet("title") or ""):
            self.fault("a figure takes no citation or term: put it in the text")
        token.meta = {"figure": self.find_figure(file)}
        if token.meta["figure"] is None:
            self.fault(f"there is no file {file} among the figures of the module")

    def _inline(self, children: Sequence[Token]) -> None:
        start = self._line
        for index, child in enumerate(children):
            if child.type in _REFUSED:
                self.fault(_REFUSED[child.type])
            elif child.type == "citation":
                child.meta = {"after_citation": _close_gap(children, index), **self._cite(child)}
            elif child.type == "term":
                self._term(child)
            elif child.type == "text":
                self._text(child.content)
            elif child.type == "link_open":
                self._link(child)
            else:
                self._line += child.type in ("softbreak", "hardbreak")
        self._line = start

    def _term(self, token: Token) -> None:
        term = self.terms.find(token.info)
        if term is None:
            if self.terms.complete:
                self.fault(f"[[{token.info}]]: no glossary has this term")
        elif self._in_heading:
            self.fault("a term cannot be marked within a heading")
        else:
            token.meta["slug"] = term.slug
            self.used_terms.setdefault(term.slug, term)
        self._line += int(token.meta["lines"])

    def _cite(self, token: Token) -> dict[str, Any]:
        ref = token.info
        if not _REF.fullmatch(ref):
            self.fault(f"[{ref}]: cite one source in a pair of brackets, as in [R02][R03]")
            return {}
        if ref not in self.refs:
            self.fault(f"[{ref}] is not among the lesson's sources")
        first = ref not in self.numbers
        return {"number": self.numbers.setdefault(ref, len(self.numbers) + 1), "first": first}

    def _link(self, token: Token) -> None:
        if not _HTTPS.fullmatch(str(token.attrGet("href"))):
            self.fault("a link must begin with https:// and name a host")
        token.attrSet("rel", "noopener noreferrer")
        token.attrSet("target", "_blank")

    def _text(self, content: str) -> None:
        if _TAG.search(content):
            self.fault("raw HTML is refused; write &lt; for a less-than sign")
        if "](" in content:
            self.fault("this is no link: its words take no citation or term, its address no space")
        if content.startswith(":::"):
            kinds = ", ".join(BOX_LABELS)
            self.fault(f"a box begins with ::: and one of {kinds}, and ends with a line :::")

    def _ending(self, tokens: Sequence[Token]) -> None:
        closed_by_box = bool(tokens) and tokens[-1].type == "container_box_close"
        if not closed_by_box or self._last_box != "summary":
            self._line = max(1, len(self.lines))
            self.fault("the lesson must end with a summary box")


def _header_cells(tokens: Sequence[Token], index: int) -> Iterator[tuple[int, Token]]:
    for position in range(index, len(tokens)):
        if tokens[position].type == "thead_close":
            return
        if tokens[position].type == "th_open":
            yield position, tokens[position]


def _close_gap(children: Sequence[Token], index: int) -> bool:
    """Take away the white space before a citation; whether another citation stands there."""
    for token in reversed(children[:index]):
        if token.type == "softbreak":
            token.type = "text"
        if token.type != "text":
            return token.type == "citation"
        token.content = token.content.rstrip()
        if token.content:
            return False
    return False


def _plain_text(token: Token) -> str:
    return "".join(child.content for child in token.children or [] if child.type == "text").strip()


def _align(cell: Token) -> None:
    """Replace the style attribute, which the content security policy forbids, by a class."""
    style = str(cell.attrs.pop("style", ""))
    alignment = ALIGNMENT_CLASSES.get(style.removeprefix("text-align:"))
    if alignment:
        cell.attrSet("class", alignment)
    if cell.tag == "th":
        cell.attrSet("scope", "col")
