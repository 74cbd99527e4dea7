"""Modules, lessons and the curriculum as frozen dataclasses: what a published version holds."""

from __future__ import annotations

from dataclasses import dataclass
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
class QuizBlueprint:
    """What one attempt draws; `pass_mark` is a fraction, `spaced` counts earlier modules' items."""

    draw: tuple[Slot, ...]
    pass_mark: float
    attempts: int | None
    suggested_minutes: int
    spaced: int = 0

    @property
    def item_count(self) -> int:
        return sum(slot.count for slot in self.draw) + self.spaced


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


@dataclass(frozen=True, kw_only=True)
class Module:
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

    @cached_property
    def item_by_id(self) -> dict[str, Item]:
        return {item.id: item for item in self.items}

    @cached_property
    def module_by_id(self) -> dict[str, Module]:
        return {module.id: module for module in self.modules}

    @cached_property
    def source_by_ref(self) -> dict[str, Source]:
        return {source.ref: source for source in self.sources}

    @cached_property
    def lesson_by_id(self) -> dict[str, tuple[Module, Lesson]]:
        return {lesson.id: (module, lesson) for module in self.modules for lesson in module.lessons}
