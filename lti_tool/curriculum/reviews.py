"""What is due for review: facts and graded items whose `review_by` is past or near. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from lti_tool.curriculum.documents import Curriculum
from lti_tool.curriculum.faults import Path, Problem

NOTICE = timedelta(days=60)
"""How long before its day a review is announced."""


@dataclass(frozen=True, order=True)
class Review:
    """A fact of a lesson or an item to be looked at again by a day; `path` is its place."""

    review_by: date
    name: str
    text: str
    path: Path

    def is_past(self, today: date) -> bool:
        return self.review_by < today


def reviews_due(curriculum: Curriculum, today: date) -> list[Review]:
    """Everything that is past its day or comes to it within `NOTICE`, the oldest first."""
    latest = today + NOTICE
    return sorted(each for each in _reviews(curriculum) if each.review_by <= latest)


def _reviews(curriculum: Curriculum) -> Iterator[Review]:
    for number, module in enumerate(curriculum.modules):
        for position, lesson in enumerate(module.lessons):
            for index, claim in enumerate(lesson.sources):
                if claim.review_by:
                    path: Path = ("modules", number, "lessons", position, "sources", index)
                    name = f"{lesson.id} {claim.ref}"
                    yield Review(claim.review_by, name, claim.claim, (*path, "review_by"))
    for index, item in enumerate(curriculum.items):
        if item.review_by and item.status != "retired":
            yield Review(item.review_by, item.id, item.stem, ("items", index, "review_by"))


def thin_slots(curriculum: Curriculum, today: date) -> Iterator[Problem]:
    """Warn of quizzes that draw fewer items than planned, because others are past their review."""
    kept = [each for each in curriculum.items if each.pool == "graded" and each.status != "retired"]
    planned = Counter((item.objective, item.type) for item in kept)
    fresh = Counter((item.objective, item.type) for item in kept if not item.is_stale(today))
    for number, module in enumerate(curriculum.modules):
        for slot in module.quiz.draw:
            left = fresh[slot.objective, slot.type]
            if left < slot.count <= planned[slot.objective, slot.type]:
                path: Path = ("modules", number, "quiz", "draw", slot.objective, slot.type)
                message = f"asks for {slot.count} items, but only {left} are not past their review"
                yield Problem(path, message, "warning")
        yield from _thin_reserve(curriculum, number, today)


def _thin_reserve(curriculum: Curriculum, number: int, today: date) -> Iterator[Problem]:
    """Warn of each module that a reserve draws from and that has too few fresh items left."""
    reserve = curriculum.modules[number].quiz.reserve
    kept = [each for each in curriculum.items if each.pool == "final" and each.status != "retired"]
    fresh = Counter(item.module for item in kept if not item.is_stale(today))
    for index, name in enumerate(reserve.modules if reserve else ()):
        if reserve and fresh[name] < reserve.each:
            path: Path = ("modules", number, "quiz", "reserve", "modules", index)
            message = (
                f"asks for {reserve.each} final items of {name}, "
                f"but only {fresh[name]} are not past their review"
            )
            yield Problem(path, message, "warning")
