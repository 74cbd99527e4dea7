"""Practice: rounds of items from the pool of their own, with feedback at once, never graded.

What stands here is in tables of its own, so that nothing of it can reach a grade.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select

from lti_tool.curriculum import catalogue
from lti_tool.curriculum.documents import Curriculum, Module
from lti_tool.curriculum.items import Item, Response
from lti_tool.curriculum.models import Placement
from lti_tool.curriculum.varying import varied
from lti_tool.db import db, find, lock_pair, upsert, utcnow
from lti_tool.errors import Conflict, NotFound
from lti_tool.events import PracticeAnswered, publish
from lti_tool.quiz.attempts import list_attempts
from lti_tool.quiz.correcting import missed_objectives, practice_each
from lti_tool.quiz.draw import spread_over
from lti_tool.quiz.models import PracticeAnswer, PracticeSet

ROUND = 10
"""Items in a round over the whole module."""

PRACTICE, MISSED = "practice", "missed"
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Round:
    """A round with its answers by item id."""

    practice: PracticeSet
    answers: Mapping[str, PracticeAnswer]

    @property
    def items(self) -> list[Item]:
        by_id = catalogue.curriculum(self.practice.version_id).item_by_id
        return [varied(by_id[item_id], self.practice.seed) for item_id in self.practice.item_ids]

    @property
    def answered(self) -> int:
        return len(self.answers)

    @property
    def credit(self) -> float:
        return sum(answer.credit for answer in self.answers.values())


def begin(placement: Placement, user_id: int, kind: str) -> PracticeSet:
    """A new round of that kind, or the last one of it while nothing in it is answered.

    Items that were never practised come first, then those practised longest ago. Called within a
    unit of work. Raises `Conflict` where there is nothing to practise.
    """
    lock_pair(placement.id, user_id)
    rounds = list_rounds(placement.id, user_id)
    if rounds and rounds[0].practice.kind == kind and not rounds[0].answered:
        return rounds[0].practice
    item_ids = _draw(placement, user_id, kind, secrets.token_hex(8))
    if not item_ids:
        raise Conflict(
            "There is nothing to practise here", "Look at the lessons, or begin the quiz."
        )
    return begin_round(placement, user_id, kind, item_ids)


def begin_round(placement: Placement, user_id: int, kind: str, item_ids: list[str]) -> PracticeSet:
    """A round over these items. Called within a unit of work."""
    lock_pair(placement.id, user_id)
    own = {"placement_id": placement.id, "user_id": user_id}
    count = db.session.scalar(select(func.count()).select_from(PracticeSet).filter_by(**own))
    drawn = PracticeSet(
        **own,
        version_id=placement.version_id,
        number=(count or 0) + 1,
        kind=kind,
        seed=secrets.token_hex(8),
        item_ids=item_ids,
    )
    db.session.add(drawn)
    db.session.flush()
    return drawn


def _draw(placement: Placement, user_id: int, kind: str, seed: str) -> list[str]:
    curriculum = catalogue.curriculum(placement.version_id)
    module = curriculum.module_by_id[placement.module_id]
    last = _last_practised(placement.id, user_id)
    if kind == MISSED:
        objectives = missed(placement, user_id)
        pool, each = curriculum.practice_items(objectives), practice_each(module)
        count = each * len(objectives)
    else:
        pool, count, each = curriculum.practice_items(_objectives(curriculum, module)), ROUND, ROUND
    age = {item.id: last.get(item.id, NEVER) for item in pool}
    return spread_over(pool, count, each, seed, age)


def _objectives(curriculum: Curriculum, module: Module) -> set[str]:
    """Those of the module; a final assessment practises all that it draws from."""
    modules = [module]
    if module.quiz.reserve is not None:
        modules += [curriculum.module_by_id[each] for each in module.quiz.reserve.modules]
    return {objective.id for each in modules for objective in each.objectives}


def missed(placement: Placement, user_id: int) -> list[str]:
    """The objectives that the learner's last ended attempt missed."""
    ended = [each for each in list_attempts(placement.id, user_id) if not each.is_open]
    return list(missed_objectives(ended[-1], placement.pass_mark)) if ended else []


def _last_practised(placement_id: int, user_id: int) -> dict[str, datetime]:
    rows = db.session.execute(
        select(PracticeAnswer.item_id, func.max(PracticeAnswer.answered_at))
        .join(PracticeSet, PracticeSet.id == PracticeAnswer.practice_set_id)
        .where(PracticeSet.placement_id == placement_id, PracticeSet.user_id == user_id)
        .group_by(PracticeAnswer.item_id)
    )
    return {item_id: at for item_id, at in rows}


def list_rounds(placement_id: int, user_id: int) -> Sequence[Round]:
    """The learner's rounds at a placement, the newest first; two queries."""
    own = {"placement_id": placement_id, "user_id": user_id}
    newest = select(PracticeSet).filter_by(**own).order_by(PracticeSet.number.desc())
    sets = db.session.scalars(newest).all()
    found = select(PracticeAnswer).where(
        PracticeAnswer.practice_set_id.in_([each.id for each in sets])
    )
    answers: dict[int, dict[str, PracticeAnswer]] = {each.id: {} for each in sets}
    for answer in db.session.scalars(found):
        answers[answer.practice_set_id][answer.item_id] = answer
    return [Round(each, answers[each.id]) for each in sets]


def get_round(placement_id: int, user_id: int, number: int) -> Round:
    """The learner's own round of that number; raises `NotFound`."""
    practice = find(PracticeSet, placement_id=placement_id, user_id=user_id, number=number)
    if practice is None:
        raise NotFound("There is no such round of practice")
    rows = db.session.scalars(select(PracticeAnswer).filter_by(practice_set_id=practice.id))
    return Round(practice, {answer.item_id: answer for answer in rows})


def keep_answer(
    practice: PracticeSet,
    context_id: int,
    item: Item,
    response: Response,
    confidence: str | None,
    credit: float,
) -> None:
    """Keep the latest answer with the credit it earned; publishes `PracticeAnswered`.

    Called within a unit of work.
    """
    upsert(
        PracticeAnswer,
        {"practice_set_id": practice.id, "item_id": item.id},
        {
            "response": dict(response),
            "confidence": confidence,
            "credit": credit,
            "answered_at": utcnow(),
        },
    )
    publish(
        PracticeAnswered(
            user_id=practice.user_id,
            context_id=context_id,
            placement_id=practice.placement_id,
            item_id=item.id,
            kind=practice.kind,
            credit=credit,
        )
    )
