"""What changed in a module from one version to another, for the instructor who decides. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Generic, TypeVar

from lti_tool.curriculum.documents import Curriculum, Lesson, Module
from lti_tool.curriculum.items import Item
from lti_tool.curriculum.plain import plain_text

T = TypeVar("T")
NAMES = {
    "stem": "Question",
    "stimulus": "Material",
    "scenario": "Scenario",
    "statement": "Statement",
    "options": "Option",
    "reasons": "Reason",
    "prompts": "Prompt",
    "targets": "Target",
    "elements": "Step",
    "cards": "Card",
    "categories": "Group",
    "slips": "Known slip",
    "rubric": "Criterion",
    "accepted": "Accepted answer",
    "near_misses": "Near miss",
    "model_answer": "Model answer",
    "max_points": "Points",
    "truth_feedback": "Feedback on true or false",
    "label": "",
    "text": "",
    "rank": "place",
    "general": "after the answer",
    "correct": "when right",
    "other": "when wrong",
    "remediate": "lesson to look at again",
}
"""Field names as an instructor reads them; other names are plain words already."""
UNSEEN = {
    "id", "type", "module", "objective", "bloom", "difficulty", "expected_p", "pool", "version",
    "status", "skill", "language", "sources", "review_by", "tags", "interaction", "misconception",
    "text_alternative", "suggested_seconds", "panel_raters", "panel_note",
}  # fmt: skip
"""What neither a learner meets nor marking uses."""


@dataclass(frozen=True)
class Piece:
    """Words that stayed ("same"), went ("gone") or came ("new")."""

    kind: str
    text: str


@dataclass(frozen=True)
class Edit:
    """A text that changed: where it stands, in words, and how."""

    place: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Changed(Generic[T]):
    """A lesson or item that is in both versions and not the same."""

    old: T
    new: T
    edits: tuple[Edit, ...]


@dataclass(frozen=True)
class Changes(Generic[T]):
    """What came, went and changed, in the order of the new version (of the old for what went)."""

    added: tuple[T, ...] = ()
    removed: tuple[T, ...] = ()
    changed: tuple[Changed[T], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


@dataclass(frozen=True)
class ModuleChanges:
    """All that differs in one module; `about` are its own texts and the shape of its quiz."""

    about: tuple[Edit, ...]
    lessons: Changes[Lesson]
    items: Changes[Item]

    def __bool__(self) -> bool:
        return bool(self.about or self.lessons or self.items)


def compare(old: Curriculum, new: Curriculum, module_id: str) -> ModuleChanges:
    """The module as it is kept against the module as it would be; both versions must have it."""
    before, after = old.module_by_id[module_id], new.module_by_id[module_id]
    return ModuleChanges(
        about=_edits(_module_texts(before), _module_texts(after)),
        lessons=_changes(before.lessons, after.lessons, _lesson_texts),
        items=_changes(_items(old, before), _items(new, after), _item_texts),
    )


def _items(curriculum: Curriculum, module: Module) -> list[Item]:
    """The module's own items; for a quiz from reserves, those that it may draw."""
    reserve = module.quiz.reserve
    if reserve is None:
        return [item for item in curriculum.items if item.module == module.id]
    return [
        item for item in curriculum.items if item.pool == "final" and item.module in reserve.modules
    ]


def _changes(before: Sequence[Any], after: Sequence[Any], texts: Any) -> Changes[Any]:
    old = {each.id: each for each in before}
    new = {each.id: each for each in after}
    edits = {
        name: _edits(texts(old[name]), texts(new[name]))
        for name in new
        if name in old and new[name] != old[name]
    }
    return Changes(
        added=tuple(each for name, each in new.items() if name not in old),
        removed=tuple(each for name, each in old.items() if name not in new),
        changed=tuple(
            Changed(old[name], new[name], found) for name, found in edits.items() if found
        ),
    )


def _edits(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Edit, ...]:
    places = [*after, *(place for place in before if place not in after)]
    return tuple(
        Edit(place, word_changes(before.get(place, ""), after.get(place, "")))
        for place in places
        if before.get(place, "") != after.get(place, "")
    )


def word_changes(old: str, new: str) -> tuple[Piece, ...]:
    """The two texts as one, word by word."""
    before, after = (re.findall(r"\s+|[^\s]+", text) for text in (old, new))
    pieces = []
    for tag, i, j, k, m in difflib.SequenceMatcher(None, before, after, False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(before[i:j])))
            continue
        pieces += [
            Piece(kind, "".join(words))
            for kind, words in (("gone", before[i:j]), ("new", after[k:m]))
            if words
        ]
    return tuple(pieces)


def _module_texts(module: Module) -> dict[str, str]:
    quiz = module.quiz
    draw = "; ".join(f"{slot.objective}: {slot.count} {slot.type}" for slot in quiz.draw)
    return {
        "Title": module.title,
        "Purpose": module.purpose,
        "Objectives": "\n".join(objective.text for objective in module.objectives),
        "Questions in an attempt": str(quiz.item_count),
        "What an attempt draws": draw.replace("_", " "),
    }


def _lesson_texts(lesson: Lesson) -> dict[str, str]:
    """The lesson by paragraph, so that a change is shown where it stands."""
    texts = {"Title": lesson.title, "Opening question": lesson.question}
    heading, count = "Opening", 0
    for paragraph in re.split(r"(?=<h[2-4])|(?<=</p>)", lesson.html):
        text = plain_text(paragraph)
        if paragraph.startswith("<h"):
            heading, count = text.split("\n", 1)[0], 0
        if text:
            count += 1
            texts[f"{heading}, paragraph {count}"] = text
    return texts


def _item_texts(item: Item) -> dict[str, str]:
    return {
        place: text
        for field in fields(item)
        if field.name not in UNSEEN
        for place, text in _texts((field.name,), getattr(item, field.name))
        if text
    }


def _texts(path: tuple[str, ...], value: Any) -> Iterator[tuple[str, str]]:
    """Every plain value below, with its place in words."""
    if is_dataclass(value):
        parts = [(field.name, getattr(value, field.name)) for field in fields(value)]
        parts = [(name, part) for name, part in parts if name not in UNSEEN]
    elif isinstance(value, Mapping):
        parts = list(value.items())
    elif isinstance(value, tuple):
        parts = [(getattr(part, "id", str(i)), part) for i, part in enumerate(value, start=1)]
    else:
        yield _place(path), "" if value is None else str(value)
        return
    for name, part in parts:
        yield from _texts((*path, str(name)), part)


def _place(path: tuple[str, ...]) -> str:
    words = [NAMES.get(name, name.replace("_", " ")) for name in path]
    place = " ".join(word for word in words[:2] if word)
    more = [word for word in words[2:] if word]
    text = ", ".join([place, *more]) if more else place
    return text[:1].upper() + text[1:]
