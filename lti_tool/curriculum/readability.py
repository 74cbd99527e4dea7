"""How hard a lesson is to read: words, sentences and syllables of its text. Pure; for English."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser

FORMULA = "Flesch-Kincaid grade level: 0.39 words/sentence + 11.8 syllables/word - 15.59"

_BLOCKS = {"p", "li", "h2", "h3", "td", "th", "figcaption"}
_PROSE = {"p", "li"}  # cells and headings are words, but no sentences
_SILENT = {"sup"}
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SILENT_E = re.compile(r"([^aeiouyl]|[aeiouy]l)e$|[^aeiouytdsczxgh]es$|[^aeiouytd]ed$")
_SENTENCE_END = re.compile(r"[.!?…]+[”’)\"]*\s+(?=[“‘(\"]?[A-Z0-9])")


@dataclass(frozen=True)
class Readability:
    """Counts of a text; `words` are all, the rest counts running prose only."""

    words: int = 0
    prose_words: int = 0
    sentences: int = 0
    syllables: int = 0

    def __add__(self, other: Readability) -> Readability:
        return Readability(
            self.words + other.words,
            self.prose_words + other.prose_words,
            self.sentences + other.sentences,
            self.syllables + other.syllables,
        )

    @property
    def sentence_words(self) -> float:
        """The mean length of a sentence in words."""
        return self.prose_words / max(1, self.sentences)

    @property
    def grade(self) -> float:
        """The Flesch-Kincaid grade level: years of school."""
        syllables = self.syllables / max(1, self.prose_words)
        return 0.39 * self.sentence_words + 11.8 * syllables - 15.59


def readability(lesson_html: str) -> Readability:
    """The counts of a lesson's text, without its citations and the cards of its terms."""
    reader = _Blocks()
    reader.feed(lesson_html)
    reader.close()
    return sum((_of_block(kind, text) for kind, text in reader.blocks), Readability())


def syllables(word: str) -> int:
    """An estimate: groups of vowels, less a silent e at the end."""
    plain = re.sub("[^a-z]", "", word.lower())
    silent = _SILENT_E.search(plain)
    return max(1, len(re.findall("[aeiouy]+", plain)) - bool(silent))


def _of_block(kind: str, text: str) -> Readability:
    words = _WORD.findall(text)
    if kind not in _PROSE or not words:
        return Readability(words=len(words))
    return Readability(
        words=len(words),
        prose_words=len(words),
        sentences=len(_SENTENCE_END.split(text.strip())),
        syllables=sum(syllables(word) for word in words),
    )


class _Blocks(HTMLParser):
    """The texts of a lesson's blocks, each with the tag that holds it."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[tuple[str, str]] = []
        self._kind = ""
        self._text: list[str] = []
        self._skipped = 0
        self._in_card = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self._finish(tag)
        self._skipped += tag in _SILENT
        self._in_card = self._in_card or (tag == "div" and ("class", "term-card") in attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._finish("")
        self._skipped -= tag in _SILENT

    def handle_data(self, data: str) -> None:
        if self._kind and not self._skipped and not self._in_card:
            self._text.append(data)

    def close(self) -> None:
        super().close()
        self._finish("")

    def _finish(self, next_kind: str) -> None:
        text = "".join(self._text).strip()
        if text:
            self.blocks.append((self._kind, text))
        self._kind, self._text = next_kind, []
