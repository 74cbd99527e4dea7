"""The tool in an Open edX course: other people's code launches it and keeps its scores."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest

from lti_tool import outbox
from lti_tool.db import db, unit_of_work
from lti_tool.lti.access_tokens import AccessTokens, StoredToken, seal
from lti_tool.lti.connector import EXTENSION
from lti_tool.quiz.attempts import items_of
from lti_tool.quiz.models import Attempt
from lti_tool.worker import Worker
from tests.answers import right_form
from tests.browsers import text_of
from tests.gradebooks import SCORE_SCOPE
from tests.interop.conftest import Tool
from tests.interop.openedx import Person
from tests.signing import rsa_key
from tests.story import SETTINGS

pytestmark = pytest.mark.interop
SCORE_SECONDS = 20
SignIn = Callable[[str], Person]


def set_up(instructor: Person, tool: Tool) -> None:
    page = instructor.launch(tool.component)
    assert page.status_code == 200, page.text
    instructor.post("/settings", SETTINGS, "/settings")


def take_quiz(tool: Tool, learner: Person, *, right: int) -> str:
    """Answer the first `right` questions rightly, hand in; returns the attempt's address."""
    begun = learner.post("/quiz", {}, "/quiz").headers["Location"]
    quiz = "/quiz/" + begun.split("/")[4]
    with tool.app.app_context():
        attempt = db.session.query(Attempt).order_by(Attempt.id.desc()).first()
        assert attempt is not None
        items = items_of(attempt)
    for place, item in enumerate(items[:right], 1):
        learner.post(f"{quiz}/{place}", right_form(item), f"{quiz}/{place}")
    learner.post(f"{quiz}/submit", {}, f"{quiz}/check")
    return quiz


def work(tool: Tool) -> dict[str, Any]:
    """Run the worker until no score is on its way; one may wait for the clock's next second."""
    give_up_at = time.monotonic() + SCORE_SECONDS
    while True:
        Worker(tool.app).run(until_idle=True)
        with tool.app.app_context():
            waiting = outbox.count_by_status()["waiting"]
        if not waiting:
            return tool.component.gradebook()
        assert time.monotonic() < give_up_at, "a score is still on its way"
        time.sleep(0.1)


def test_a_learner_of_an_open_edx_course_finds_the_score_in_its_gradebook(
    tool: Tool, person: SignIn
) -> None:
    set_up(person("dana"), tool)
    learner = person("ada")
    page = learner.launch(tool.component)
    assert "Two jobs compared" in page.text and "Begin lesson 1" in page.text

    take_quiz(tool, learner, right=4)
    gradebook = work(tool)
    [score] = gradebook["scores"]
    assert score["user_id"] == gradebook["people"]["ada"]
    assert (score["score_given"], score["score_maximum"]) == (4, 10)
    assert (score["activity_progress"], score["grading_progress"]) == ("Completed", "FullyGraded")
    assert gradebook["grades"] == [{"username": "ada", "value": 8, "of": 20}]

    quiz = take_quiz(tool, learner, right=10)
    gradebook = work(tool)
    [better] = gradebook["scores"]
    assert better["id"] == score["id"] and better["timestamp"] > score["timestamp"]
    assert (better["score_given"], better["comment"]) == (
        10,
        "Best of 2 attempts: 10 of 10 points.",
    )
    assert gradebook["grades"][1:] == [{"username": "ada", "value": 20, "of": 20}]
    assert "In the gradebook" in learner.get(f"{quiz}/result")


def test_a_token_that_open_edx_no_longer_accepts_is_renewed(tool: Tool, person: SignIn) -> None:
    """Open edX says 403 where others say 401, as when its keys were replaced meanwhile."""
    set_up(person("dana"), tool)
    learner = person("ada")
    learner.launch(tool.component)
    take_quiz(tool, learner, right=4)
    assert len(work(tool)["grades"]) == 1
    tool.app.extensions[EXTENSION].tokens = AccessTokens()
    with tool.app.app_context(), unit_of_work():
        for stored in db.session.query(StoredToken):
            stored.sealed = seal("a token of other keys")

    take_quiz(tool, learner, right=10)
    gradebook = work(tool)
    assert [grade["value"] for grade in gradebook["grades"]] == [8, 20]


def test_people_are_known_by_name_and_role_as_open_edx_states_them(
    tool: Tool, person: SignIn
) -> None:
    instructor, learner = person("dana"), person("ada")
    set_up(instructor, tool)
    learner.launch(tool.component)

    table = text_of(instructor.get("/learners"))
    assert "Ada Okafor" in table and "Dana Ruiz" not in table
    assert learner.send("GET", learner.visit + "/settings").status_code == 403


def test_a_launch_that_open_edx_signed_serves_once(tool: Tool, person: SignIn) -> None:
    instructor = person("dana")
    instructor.launch(tool.component)
    used = instructor.form

    again = instructor.send("POST", instructor.action, used)
    assert again.status_code == 400, again.text
    assert "This launch has been used already" in again.text

    instructor.begin(tool.component)
    old_token = instructor.form | {"id_token": used["id_token"]}
    mixed = instructor.send("POST", instructor.action, old_token)
    assert mixed.status_code == 400
    assert "does not answer the request that we made" in mixed.text


def test_open_edx_tells_our_key_from_another(tool: Tool, person: SignIn) -> None:
    """That the platform accepts our scores means something only if it refuses others."""
    info = tool.component.info
    claims = {"iss": info["client_id"], "sub": info["client_id"]}
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": jwt.encode(claims, rsa_key("a stranger's key"), algorithm="RS256"),
        "scope": SCORE_SCOPE,
    }
    refused = person("ada").send("POST", info["token_url"], form)
    assert (refused.status_code, refused.json()) == (400, {"error": "invalid_client"})
