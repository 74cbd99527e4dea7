"""Modules, lessons and the curriculum as frozen dataclasses: what a published version holds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from lti_tool.curriculum.items import Item, SourceClaim


@dataclass(frozen=True, kw_only=True)
class Source:
    """An entry of the bibliography; `grade` A confirmed, B one good source, C to be checked."""

    ref: str
    title: str
    grade: str
    author: str = ""
    publisher: str = ""
    date: str = "n.d."
    accessed: str = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Objective:
    id: str
    bloom: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Slot:
    """Draw `count` items of `type` that test `objective`."""

    objective: str
    type: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Reserve:
    """Draw `each` items of pool final from each of `modules`, one of them of a type in `prefer`."""

    each: int
    modules: tuple[str, ...]
    prefer: tuple[str, ...] = ()

    @property
    def item_count(self) -> int:
        return self.each * len(self.modules)


@dataclass(frozen=True, kw_only=True)
class QuizBlueprint:
    """What one attempt draws, and what is suggested for taking it.

    `pass_mark` is a fraction, `spaced` counts earlier modules' items. With `corrective_path`,
    whoever has failed twice works through what was missed before the next attempt.
    """

    draw: tuple[Slot, ...]
    pass_mark: float
    attempts: int | None
    suggested_minutes: int
    spaced: int = 0
    reserve: Reserve | None = None
    cooling_off_hours: int = 0
    corrective_path: bool = False
    time_limit_minutes: int | None = None

    @property
    def item_count(self) -> int:
        reserved = self.reserve.item_count if self.reserve else 0
        return sum(slot.count for slot in self.draw) + self.spaced + reserved


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """One lesson; `minutes` is the reading time, `html` is sanitised, `question` opens it."""

    id: str
    title: str
    minutes: int
    question: str
    html: str
    knowledge_check: str
    objectives: tuple[str, ...] = ()
    sources: tuple[SourceClaim, ...] = ()

    @property
    def slug(self) -> str:
        """The lesson's part of a URL: "l2" for M1.L2."""
        return self.id.rsplit(".", 1)[-1].lower()

    def stale_claims(self, today: date) -> tuple[SourceClaim, ...]:
        """The facts whose day of review is past."""
        return tuple(claim for claim in self.sources if claim.is_stale(today))


@dataclass(frozen=True, kw_only=True)
class Module:
    """A unit that can be placed; only one whose quiz draws from a reserve has no lessons."""

    id: str
    number: int
    title: str
    purpose: str
    objectives: tuple[Objective, ...]
    lessons: tuple[Lesson, ...]
    quiz: QuizBlueprint

    @property
    def minutes(self) -> int:
        return sum(lesson.minutes for lesson in self.lessons)

    def lesson(self, slug: str) -> Lesson | None:
        return next((lesson for lesson in self.lessons if lesson.slug == slug), None)


@dataclass(frozen=True, kw_only=True)
class GlossaryEntry:
    """A term with its definition; `module` is the id of the module that brings it in."""

    term: str
    definition: str
    sources: tuple[str, ...] = ()
    module: str = ""

    @property
    def slug(self) -> str:
        return term_slug(self.term)


def term_slug(term: str) -> str:
    """The term's part of an address: "steering-committee"; "" for a term without letters."""
    plain = unicodedata.normalize("NFKD", term.casefold()).encode("ascii", "ignore").decode()
    return re.sub("[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")


@dataclass(frozen=True, kw_only=True)
class TraceRow:
    """Something that the curriculum must cover, and the lessons and items that cover it.

    `objectives`: all graded items of these count as well.
    """

    row: str
    element: str
    lessons: tuple[str, ...]
    items: tuple[str, ...] = ()
    objectives: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Curriculum:
    """One published version, parsed once per process and shared by all requests."""

    id: str
    title: str
    description: str
    language: str
    notice: str
    modules: tuple[Module, ...]
    items: tuple[Item, ...]
    sources: tuple[Source, ...]
    glossary: tuple[GlossaryEntry, ...] = ()
    traceability: tuple[TraceRow, ...] = ()
    figures: Mapping[str, str] = field(default_factory=dict)  # SVG texts by name
    trademarks: str = ""

    @cached_property
    def item_by_id(self) -> dict[str, Item]:
        return {item.id: item for item in self.items}

    @cached_property
    def module_by_id(self) -> dict[str, Module]:
        return {module.id: module for module in self.modules}

    @cached_property
    def objective_by_id(self) -> dict[str, Objective]:
        return {each.id: each for module in self.modules for each in module.objectives}

    def practice_items(self, objectives: Collection[str]) -> list[Item]:
        """The items of pool practice that test these objectives, as far as they are in use."""
        return [
            item
            for item in self.items
            if item.pool == "practice" and item.status != "retired" and item.objective in objectives
        ]

    @cached_property
    def source_by_ref(self) -> dict[str, Source]:
        return {source.ref: source for source in self.sources}

    @cached_property
    def terms(self) -> tuple[GlossaryEntry, ...]:
        """The glossary in alphabetical order."""
        return tuple(sorted(self.glossary, key=lambda entry: entry.term.casefold()))

    def refs_of(self, module: Module) -> set[str]:
        """The sources that a module's lessons, terms and items cite."""
        items = [item for item in self.items if item.module == module.id]
        claims = [claim for item in items for claim in item.sources]
        claims += [claim for lesson in module.lessons for claim in lesson.sources]
        entries = [entry for entry in self.glossary if entry.module == module.id]
        return {claim.ref for claim in claims} | {ref for each in entries for ref in each.sources}

    @cached_property
    def lesson_by_id(self) -> dict[str, tuple[Module, Lesson]]:
        return {lesson.id: (module, lesson) for module in self.modules for lesson in module.lessons}
