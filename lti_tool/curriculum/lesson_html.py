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
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin

from lti_tool.curriculum.figures import WIDTH, Figure
from lti_tool.curriculum.glossary import Term
from lti_tool.curriculum.typography import dashes, typeset

BOX_LABELS = {
    "case": "Mini-case",
    "example": "Worked example",
    "note": "Note",
    "summary": "Summary",
}
FIGURE_FOLDER = "../figures/"
"""As seen from the page of a lesson."""
ALIGNMENT_CLASSES = {"right": "text-end", "center": "text-center"}

_CITATION = re.compile(r"\[([RE]\d[^\[\]\n]*)\]")
_TERM = re.compile(r"\[\[([^\[\]|]+)(?:\|([^\[\]|]+))?\]\]")


def _citation_rule(state: StateInline, silent: bool) -> bool:
    match = _CITATION.match(state.src, state.pos, state.posMax)
    if match is None or state.src.startswith("](", match.end() - 1):
        return False
    if not silent:
        token = state.push("citation", "", 0)
        token.content, token.info = match[0], match[1]  # brackets keep quotes beside it right
    state.pos = match.end()
    return True


def _term_rule(state: StateInline, silent: bool) -> bool:
    """`[[words|term]]`, which may run over the end of a line; `info` is the term."""
    match = _TERM.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        token = state.push("term", "", 0)
        token.content = typeset(" ".join(match[1].split()))
        token.info = " ".join((match[2] or match[1]).split())
        token.meta = {"lines": match[0].count("\n")}
    state.pos = match.end()
    return True


def _figure_rule(state: StateCore) -> None:
    """A paragraph that holds nothing but an image becomes one token: a figure."""
    tokens: list[Token] = []
    for token in state.tokens:
        tokens.append(token)
        image = _only_image(tokens[-2]) if token.type == "paragraph_close" else None
        if image is not None:
            opening = tokens[-3]
            figure = Token("figure", "figure", 0, map=opening.map, level=opening.level, block=True)
            figure.attrs, figure.content = image.attrs, _plain_words(image)
            tokens[-3:] = [figure]
    state.tokens = tokens


def _only_image(inline: Token) -> Token | None:
    children = inline.children or []
    return children[0] if len(children) == 1 and children[0].type == "image" else None


def _plain_words(image: Token) -> str:
    children = image.children or []
    words = "".join(" " if child.type == "softbreak" else child.content for child in children)
    return typeset(" ".join(words.split()))


def _dash_rule(state: StateCore) -> None:
    """Dashes and ellipses; the replacements of markdown-it would make (c) a copyright sign."""
    for token in state.tokens:
        for child in token.children or []:
            if child.type == "text":
                child.content = dashes(child.content)


def _render_citation(_: Any, tokens: Sequence[Token], index: int, *__: Any) -> str:
    ref, meta = tokens[index].info, tokens[index].meta
    if "number" not in meta:
        return escape(tokens[index].content)
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
    title = f'<span class="box-label">{label}</span> {escape(typeset(meta["title"]))}'.rstrip()
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


def _render_term(_: Any, tokens: Sequence[Token], index: int, *__: Any) -> str:
    words, slug = escape(tokens[index].content), tokens[index].meta.get("slug")
    if not slug:
        return words
    return f'<button type="button" class="term" popovertarget="term-{slug}">{words}</button>'


def term_card(term: Term) -> str:
    """The definition that a browser shows, without script, when the term is pressed."""
    words = f"<strong>{escape(term.term)}</strong> {escape(term.definition)}"
    return f'<div popover id="term-{term.slug}" class="term-card"><p>{words}</p></div>\n'


def _render_figure(_: Any, tokens: Sequence[Token], index: int, *__: Any) -> str:
    token = tokens[index]
    figure: Figure | None = token.meta.get("figure")
    alternative = escape(token.content)
    if figure is None:
        return f"<p>{alternative}</p>\n"
    caption = escape(typeset(str(token.attrGet("title") or "")))
    return (
        f'<figure class="figure"><img src="{FIGURE_FOLDER}{figure.name}" alt="{alternative}" '
        f'width="{WIDTH}" height="{figure.height}" loading="lazy">'
        f"<figcaption>{caption}</figcaption></figure>\n"
    )


def _render_image(_: Any, tokens: Sequence[Token], index: int, *__: Any) -> str:
    return escape(tokens[index].content)


class _LessonMarkdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:
        """Accept every address here: the survey reports a bad one, and `clean` removes it."""
        return True


def _build_markdown() -> MarkdownIt:
    options = {"html": False, "typographer": True, "quotes": "“”‘’"}
    markdown = _LessonMarkdown("commonmark", options).enable(["table", "smartquotes"])
    markdown.disable("reference")  # a line `[R01]: ...` would vanish as a link definition
    container_plugin(markdown, "box", validate=_names_a_box, render=_render_box)
    markdown.inline.ruler.before("link", "citation", _citation_rule)
    markdown.inline.ruler.before("citation", "term", _term_rule)
    markdown.core.ruler.before("smartquotes", "dashes", _dash_rule)
    markdown.core.ruler.push("figure", _figure_rule)
    markdown.add_render_rule("term", _render_term)
    markdown.add_render_rule("figure", _render_figure)
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
    {"blockquote", "br", "em", "figcaption", "h2", "h3", "li", "strong", "ul"}  # text
    | {"table", "tbody", "thead", "tr"}
)
_ATTRIBUTES = {
    "a": {"aria-label", "href", "id", "rel", "target"},
    "button": {"popovertarget", "type"},
    "div": {"aria-label", "aria-labelledby", "id", "popover", "role", "tabindex"},
    "figure": set[str](),
    "img": {"alt", "height", "loading", "src", "width"},
    "ol": {"start"},
    "p": {"id"},
    "span": set[str](),
    "sup": {"aria-hidden"},
    "td": set[str](),
    "th": {"scope"},
}
_CLASSES = {
    "a": {"cite"},
    "button": {"term"},
    "div": {"box", "table-scroll", "term-card", *(f"box-{kind}" for kind in BOX_LABELS)},
    "figure": {"figure"},
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
    if name == "src" and not value.startswith(FIGURE_FOLDER):
        return None
    return value
