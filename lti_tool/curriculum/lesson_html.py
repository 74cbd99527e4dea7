"""The HTML of a lesson: how the parsed Markdown is written, and the allow list that it must pass.

`markdown.py` notes on each token's `meta` what is written here: numbers, labels, titles.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin

BOX_LABELS = {
    "case": "Mini-case",
    "example": "Worked example",
    "note": "Note",
    "summary": "Summary",
}
ALIGNMENT_CLASSES = {"right": "text-end", "center": "text-center"}

_CITATION = re.compile(r"\[([RE]\d[^\[\]\n]*)\]")


def _citation_rule(state: StateInline, silent: bool) -> bool:
    match = _CITATION.match(state.src, state.pos, state.posMax)
    if match is None or state.src.startswith("](", match.end() - 1):
        return False
    if not silent:
        state.push("citation", "", 0).content = match[1]
    state.pos = match.end()
    return True


def _render_citation(_: Any, tokens: Sequence[Token], index: int, *__: Any) -> str:
    ref, meta = tokens[index].content, tokens[index].meta
    if "number" not in meta:
        return escape(f"[{ref}]")
    comma = '<sup aria-hidden="true">,</sup>' if meta["after_citation"] else ""
    anchor = f' id="cite-{ref}"' if meta["first"] else ""
    number = meta["number"]
    link = f'<a class="cite"{anchor} href="#source-{ref}" aria-label="Source {number}">'
    return f"{comma}<sup>{link}{number}</a></sup>"


def _render_box(_: Any, tokens: Sequence[Token], index: int, *__: Any) -> str:
    """A note (not a landmark, which would clutter a screen reader's list), named by its title."""
    if tokens[index].nesting < 0:
        return "</div>\n"
    meta = tokens[index].meta
    name = f"box-{meta['number']}"
    label = BOX_LABELS[meta["kind"]] + (":" if meta["title"] else "")
    title = f'<span class="box-label">{label}</span> {escape(meta["title"])}'.rstrip()
    return (
        f'<div class="box box-{meta["kind"]}" role="note" aria-labelledby="{name}">\n'
        f'<p class="box-title" id="{name}">{title}</p>\n'
    )


def _render_table_open(_: Any, tokens: Sequence[Token], index: int, *__: Any) -> str:
    """A wide table scrolls by itself; the region can be focused, so that keys scroll it too."""
    label = escape(tokens[index].meta["label"])
    return f'<div class="table-scroll" tabindex="0" role="region" aria-label="{label}">\n<table>\n'


def _render_table_close(*_: Any) -> str:
    return "</table>\n</div>\n"


def _render_link_close(*_: Any) -> str:
    return '<span class="visually-hidden"> (opens in a new tab)</span></a>'


def _render_image(_: Any, tokens: Sequence[Token], index: int, *__: Any) -> str:
    return escape(tokens[index].content)


class _LessonMarkdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:
        """Accept every address here: the survey reports a bad one, and `clean` removes it."""
        return True


def _build_markdown() -> MarkdownIt:
    markdown = _LessonMarkdown("commonmark", {"html": False}).enable("table")
    markdown.disable("reference")  # a line `[R01]: ...` would vanish as a link definition
    container_plugin(markdown, "box", validate=_names_a_box, render=_render_box)
    markdown.inline.ruler.before("link", "citation", _citation_rule)
    markdown.add_render_rule("citation", _render_citation)
    markdown.add_render_rule("table_open", _render_table_open)
    markdown.add_render_rule("table_close", _render_table_close)
    markdown.add_render_rule("link_close", _render_link_close)
    markdown.add_render_rule("image", _render_image)
    return markdown


def _names_a_box(parameters: str, *_: Any) -> bool:
    return parameters.strip().partition(" ")[0] in BOX_LABELS


MARKDOWN = _build_markdown()

_TAGS_WITHOUT_ATTRIBUTES = (
    {"blockquote", "br", "em", "h2", "h3", "li", "strong", "ul"}  # text
    | {"table", "tbody", "thead", "tr"}
)
_ATTRIBUTES = {
    "a": {"aria-label", "href", "id", "rel", "target"},
    "div": {"aria-label", "aria-labelledby", "role", "tabindex"},
    "ol": {"start"},
    "p": {"id"},
    "span": set[str](),
    "sup": {"aria-hidden"},
    "td": set[str](),
    "th": {"scope"},
}
_CLASSES = {
    "a": {"cite"},
    "div": {"box", "table-scroll", *(f"box-{kind}" for kind in BOX_LABELS)},
    "p": {"box-title"},
    "span": {"box-label", "visually-hidden"},
    "td": set(ALIGNMENT_CLASSES.values()),
    "th": set(ALIGNMENT_CLASSES.values()),
}


def clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=_TAGS_WITHOUT_ATTRIBUTES | _ATTRIBUTES.keys(),
        attributes=_ATTRIBUTES,
        allowed_classes=_CLASSES,
        attribute_filter=_keep_attribute,
        url_schemes={"https"},
        link_rel=None,
    )


def _keep_attribute(tag: str, name: str, value: str) -> str | None:
    if name == "href" and not value.startswith(("https://", "#source-")):
        return None
    return value
