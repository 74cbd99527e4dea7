"""A course at work: a link with a module, learners who launched, attempts to be handed in.

Launches and settings go over HTTP. Reading and answering is done by the tool's own use cases in
this process, on the same database, for it is not what is measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from bench.people import Caller, Person, csrf_token, launch_all
from bench.tools import Tool
from lti_tool.courses.models import Membership
from lti_tool.curriculum import catalogue
from lti_tool.curriculum.models import Placement
from lti_tool.db import db, unit_of_work
from lti_tool.launch.models import Launch
from lti_tool.lessons.completing import complete_lesson
from lti_tool.quiz import attempts
from lti_tool.quiz.responses import read_given
from lti_tool.quiz.saving import find_question, save_answer
from lti_tool.quiz.starting import start
from lti_tool.web import csrf_token as token_of
from tests.answers import right_form

LINK = "link-1"
SETTINGS = {"module_id": "M1", "attempts_allowed": "", "pass_percent": "80"}


@dataclass(frozen=True)
class Learner:
    """A person with the ids that the tool gave them."""

    person: Person
    user_id: int
    context_id: int


def configure(tool: Tool, link: str = LINK) -> Person:
    """An instructor launches the link and places a module at it."""
    instructor, caller = Person("teacher-1", link, "Instructor"), Caller(tool.port)
    page = instructor.launch(caller, tool.platform)
    form = SETTINGS | {"csrf_token": csrf_token(page.body)}
    instructor.send(caller, "POST", instructor.path("/settings"), form).expect(303)
    with tool.app.app_context(), unit_of_work():
        _placement().corrective_path = False  # one attempt follows the other
    return instructor


def enrol(tool: Tool, count: int, link: str = LINK) -> list[Learner]:
    """So many learners launch the link."""
    people = [Person(f"learner-{number}", link) for number in range(count)]
    launch_all(tool.port, tool.platform, people)
    with tool.app.app_context():
        rows = db.session.execute(select(Launch.id, Membership).join(Launch.membership))
        ids = {launch_id: (member.user_id, member.context_id) for launch_id, member in rows}
    return [Learner(person, *ids[person.launch_id]) for person in people]


def read_first_lesson(tool: Tool, learners: Sequence[Learner]) -> None:
    with tool.app.app_context():
        placement = _placement()
        lesson = catalogue.module_of(placement).lessons[0]
        for learner in learners:
            with unit_of_work():
                complete_lesson(placement, learner.user_id, learner.context_id, lesson)


def begin_attempts(tool: Tool, learners: Sequence[Learner], right: int) -> list[int]:
    """Everybody begins an attempt and answers `right` questions; returns the attempts' numbers."""
    with tool.app.app_context():
        placement = _placement()
        return [_begin(placement, learner, right) for learner in learners]


def hand_in(tool: Tool, learners: Sequence[Learner]) -> None:
    """Everybody's open attempt is handed in, by the use case."""
    with tool.app.app_context():
        placement = _placement()
        for learner in learners:
            with unit_of_work():
                tried = attempts.list_attempts(placement.id, learner.user_id)
                attempts.submit(tried[-1], learner.context_id)


def csrf_tokens(tool: Tool, learners: Sequence[Learner]) -> list[str]:
    with tool.app.app_context():
        return [token_of(learner.person.launch_id) for learner in learners]


def _placement() -> Placement:
    return db.session.scalars(select(Placement)).one()


def _begin(placement: Placement, learner: Learner, right: int) -> int:
    with unit_of_work():
        attempt = start(placement, learner.user_id, learner.context_id, is_preview=False)
        for number, item in enumerate(attempts.items_of(attempt)[:right], 1):
            asked = find_question(placement.id, learner.user_id, attempt.number, number)
            save_answer(asked, read_given(item, MultiDict(right_form(item))))
        return attempt.number
