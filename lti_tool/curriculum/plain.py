"""Markup as plain text, and back. Pure."""

from __future__ import annotations

import html
import re

import nh3

PARAGRAPHS = re.compile(r"</(?:p|div|li|tr|h[1-6]|pre|blockquote)>", re.IGNORECASE)
BREAKS = re.compile(r"<br\s*/?>", re.IGNORECASE)
PICTURES = re.compile(r"<(?:img|object|video|audio|iframe|svg)\b", re.IGNORECASE)


def plain_text(markup: str) -> str:
    """The words of the markup; paragraphs stay apart."""
    broken = BREAKS.sub("\n", PARAGRAPHS.sub("\n\n", markup))
    words = html.unescape(nh3.clean(broken, tags=set())).replace("\xa0", " ")
    lines = [" ".join(line.split()) for line in words.split("\n")]
    return re.sub(r"\n{2,}", "\n\n", "\n".join(lines)).strip()


def has_pictures(markup: str) -> bool:
    """Whether something to be seen or heard would be lost in plain text."""
    return PICTURES.search(markup) is not None


def markup(text: str) -> str:
    """Paragraphs of plain text as HTML."""
    paragraphs = (html.escape(part, quote=False) for part in text.split("\n\n") if part)
    return "".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in paragraphs)
