"""A course after a term, written straight into the tables: many learners, modules, attempts.

People answer by their strength, so that statistics have something to find; one seed gives one
course. Nothing here goes through the use cases: it is not what is measured.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import insert, select, text
from werkzeug.datastructures import MultiDict

from lti_tool.courses.models import Context, Membership, ResourceLink, User
from lti_tool.curriculum import catalogue
from lti_tool.curriculum.documents import Module
from lti_tool.curriculum.items import Item
from lti_tool.curriculum.models import Placement
from lti_tool.curriculum.varying import varied
from lti_tool.db import Base, db, unit_of_work, utcnow
from lti_tool.grades.models import Delivery, DeliveryState, Grade
from lti_tool.lessons.models import LessonCompletion
from lti_tool.lti.models import Deployment
from lti_tool.quiz.draw import draw
from lti_tool.quiz.marking import mark
from lti_tool.quiz.models import Answer, Attempt, AttemptStatus
from lti_tool.quiz.responses import read_response
from tests.answers import right_form

FIRST_NAMES = [
    "Ada",
    "Ben",
    "Chi",
    "Dara",
    "Eva",
    "Finn",
    "Gita",
    "Hugo",
    "Ines",
    "Jon",
    "Kaya",
    "Lena",
    "Milo",
    "Nora",
    "Omar",
    "Pia",
]
LAST_NAMES = [
    "Adler",
    "Bauer",
    "Costa",
    "Diaz",
    "Egger",
    "Fonseca",
    "Grant",
    "Haas",
    "Ito",
    "Jensen",
    "Kaya",
    "Lind",
    "Moreau",
]
DRAWS = 40
CONFIDENCE = ("sure", "fairly", "guess", None)


@dataclass(frozen=True)
class Size:
    learners: int
    modules: int
    attempts: int


@dataclass
class _Writer:
    """Rows by table, written in one go; ids are given here."""

    chance: random.Random
    version_id: int
    rows: dict[type[Base], list[dict[str, Any]]]

    def add(self, model: type[Base], **values: Any) -> int:
        rows = self.rows.setdefault(model, [])
        if "id" in model.__table__.columns:
            values["id"] = values.get("id") or 100_000 + len(rows)
        rows.append(values)
        return int(values.get("id", 0))

    def write(self) -> None:
        for model, rows in self.rows.items():
            for start in range(0, len(rows), 5000):
                db.session.execute(insert(model), rows[start : start + 5000])


def fill(context_id: int, size: Size, seed: int = 1) -> None:
    """Add learners and their work to the course; modules that are not placed yet are."""
    version = catalogue.latest_version()
    writer = _Writer(random.Random(seed), version.id, {})
    with unit_of_work():
        placements = _place(context_id, size.modules)
        modules = [(placement, catalogue.module_of(placement)) for placement in placements]
        for user_id, strength in _enrol(writer, context_id, size.learners):
            for number, (placement, module) in enumerate(modules):
                if writer.chance.random() < strength + 0.6 - number / (2 * len(modules)):
                    _work(writer, placement, module, user_id, strength, size.attempts)
        writer.write()
        db.session.execute(text("ANALYZE"))  # as the server does by itself before long


def _place(context_id: int, count: int) -> list[Placement]:
    """The first modules of the curriculum, each behind a link of its own."""
    version_id = catalogue.latest_version().id
    query = select(Placement).where(Placement.context_id == context_id)
    placed = {placement.module_id: placement for placement in db.session.scalars(query)}
    for module in catalogue.curriculum(version_id).modules[:count]:
        if module.id in placed:
            continue
        link = ResourceLink(
            context_id=context_id, resource_link_id=f"link-{module.id}", title=module.title
        )
        db.session.add(link)
        db.session.flush()
        placed[module.id] = Placement(
            context_id=context_id,
            resource_link_id=link.id,
            version_id=version_id,
            module_id=module.id,
            attempts_allowed=module.quiz.attempts,
            pass_mark=Decimal(str(module.quiz.pass_mark)),
        )
        db.session.add(placed[module.id])
    db.session.flush()
    return list(placed.values())


def _enrol(writer: _Writer, context_id: int, count: int) -> Iterator[tuple[int, float]]:
    context = db.session.get_one(Context, context_id)
    deployment = db.session.get_one(Deployment, context.deployment_id)
    for number in range(count):
        given, family = writer.chance.choice(FIRST_NAMES), writer.chance.choice(LAST_NAMES)
        user_id = writer.add(
            User,
            registration_id=deployment.registration_id,
            sub=f"classmate-{number}",
            name=f"{given} {family}",
            given_name=given,
            family_name=family,
        )
        away = timedelta(days=writer.chance.expovariate(1 / 6))
        writer.add(
            Membership,
            context_id=context_id,
            user_id=user_id,
            role="learner",
            last_launch_at=utcnow() - away,
        )
        yield user_id, min(max(writer.chance.gauss(0.62, 0.2), 0.05), 0.98)


def _work(
    writer: _Writer,
    placement: Placement,
    module: Module,
    user_id: int,
    strength: float,
    attempts: int,
) -> None:
    """One learner at one module: lessons, attempts until passed or used up, the grade."""
    began = utcnow() - timedelta(days=writer.chance.uniform(1, 80))
    for lesson in module.lessons[: writer.chance.randint(1, max(len(module.lessons), 1))]:
        writer.add(
            LessonCompletion,
            placement_id=placement.id,
            user_id=user_id,
            lesson_id=lesson.id,
            completed_at=began,
        )
    tried = [
        _attempt(writer, placement, user_id, number, strength, began + timedelta(days=number))
        for number in range(1, attempts + 1)
    ]
    best = max(tried, key=lambda each: float(each["score_given"] / each["score_maximum"]))
    grade_id = writer.add(
        Grade,
        placement_id=placement.id,
        user_id=user_id,
        attempt_id=best["id"],
        **{name: best[name] for name in ("score_given", "score_maximum")},
        **{name: best[name] for name in ("started_at", "submitted_at")},
        changed_at=best["submitted_at"],
    )
    missing = writer.chance.random() < 0.004
    state = DeliveryState.RETRYING if missing else DeliveryState.ACCEPTED
    writer.add(Delivery, grade_id=grade_id, state=state, message="", tries=1)


def _attempt(
    writer: _Writer, placement: Placement, user_id: int, number: int, strength: float, at: Any
) -> dict[str, Any]:
    seed = f"draw-{writer.chance.randrange(DRAWS)}"
    items = _drawn(placement.version_id, placement.module_id, seed)
    attempt_id = 100_000 + len(writer.rows.get(Attempt, []))
    given = Decimal(0)
    answers = []
    for item in items:
        if writer.chance.random() < 0.02:
            continue
        response, points = _answer(writer.chance, item, strength)
        given += points
        answers.append((item, response, points))
    values = {
        "id": attempt_id,
        "placement_id": placement.id,
        "user_id": user_id,
        "version_id": writer.version_id,
        "number": number,
        "status": AttemptStatus.SUBMITTED,
        "is_preview": False,
        "seed": seed,
        "item_ids": [item.id for item in items],
        "started_at": at,
        "submitted_at": at + timedelta(minutes=20),
        "score_given": given,
        "score_maximum": sum(Decimal(str(item.max_points)) for item in items),
    }
    writer.add(Attempt, **values)
    for item, response, points in answers:
        confidence = writer.chance.choice(CONFIDENCE)
        writer.add(
            Answer,
            attempt_id=attempt_id,
            item_id=item.id,
            response=response,
            confidence=confidence,
            saved_at=at,
            points=points,
        )
    return values


@cache
def _drawn(version_id: int, module_id: str, seed: str) -> Sequence[Item]:
    curriculum = catalogue.curriculum(version_id)
    module = curriculum.module_by_id[module_id]
    drawn = draw(curriculum, module, seed, today=utcnow().date())
    return [varied(curriculum.item_by_id[item_id], seed) for item_id in drawn]


def _answer(chance: random.Random, item: Item, strength: float) -> tuple[dict[str, Any], Decimal]:
    """Right by strength; one question in each module has a key that the strong reject."""
    right = chance.random() < strength ** (0.4 + item.difficulty / 4)
    if item.id.endswith("-SC-005"):
        right = chance.random() < 0.9 - strength
        return _responses(item)[0 if right else 1]
    return _responses(item)[0 if right else chance.randrange(1, 4)]


_RESPONSES: dict[tuple[str, object], list[tuple[dict[str, Any], Decimal]]] = {}


def _responses(item: Item) -> list[tuple[dict[str, Any], Decimal]]:
    """The right answer, then three others, with their points."""
    form = (item.id, getattr(item, "answer", None))
    if form not in _RESPONSES:
        chance = random.Random(str(form))
        right = read_response(item, MultiDict(right_form(item)))
        found = [right, *(_other(chance, item, right) for _ in range(3))]
        _RESPONSES[form] = [
            (each, Decimal(str(round(float(mark(item, each).credit) * item.max_points, 4))))
            for each in found
        ]
    return _RESPONSES[form]


def _other(chance: random.Random, item: Item, right: dict[str, Any]) -> dict[str, Any]:
    """The right answer spoilt: another option, values exchanged, another number or word."""
    options = [option.id for option in getattr(item, "options", getattr(item, "reasons", ()))]
    other: dict[str, Any] = {}
    for name, value in right.items():
        if isinstance(value, dict):
            places = list(value.values())
            chance.shuffle(places)
            other[name] = dict(zip(value, places, strict=True))
        elif isinstance(value, list):
            pool = options or value
            other[name] = chance.sample(pool, len(value))
        elif name in ("choice", "reason"):
            other[name] = chance.choice([each for each in options if each != value] or options)
        else:
            other[name] = "42" if name == "number" else value if name == "truth" else "a guess"
    return other
