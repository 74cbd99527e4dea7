"""Finds a term of the glossary by the words with which a lesson marks it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lti_tool.curriculum.documents import term_slug
from lti_tool.curriculum.typography import typeset


@dataclass(frozen=True)
class Term:
    """A term as a lesson explains it on the spot."""

    term: str
    slug: str
    definition: str


class Terms:
    """The glossaries of all modules, as far as their entries can be read.

    `complete` says whether a term that is not found does not exist.
    """

    def __init__(self, entries: Iterable[Any] = (), *, complete: bool = True) -> None:
        self.complete = complete
        self._terms: dict[str, Term] = {}
        for entry in entries:
            term, definition = _text(entry, "term"), _text(entry, "definition")
            if term:
                found = Term(typeset(term), term_slug(term), typeset(definition))
                self._terms.setdefault(_key(term), found)

    def find(self, words: str) -> Term | None:
        return self._terms.get(_key(words))


def _key(words: str) -> str:
    return " ".join(words.split()).casefold().replace("’", "'")


def _text(entry: Any, name: str) -> str:
    value = entry.get(name) if isinstance(entry, dict) else None
    return value.strip() if isinstance(value, str) else ""
