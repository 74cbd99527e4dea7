"""Columns of the gradebook where the launch names none, or names one that has gone."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from lti_tool.grades import columns
from lti_tool.grades.models import DeliveryState, LineItem
from lti_tool.lti.score_refusals import CAUSES
from lti_tool.outbox import OutboxMessage, Status
from tests.browsers import Browser
from tests.databases import on_sqlite, rows
from tests.gradebooks import ALL_SCOPES, LINE_ITEM_SCOPE, READ_SCOPE, SCORE_SCOPE
from tests.platforms import AGS, CLAIM, Answer, FakePlatform
from tests.scoring import delivery_of, in_turn, make_due, message_of
from tests.story import SETTINGS, take_quiz

NewBrowser = Callable[[], Browser]
Work = Callable[[], None]


def endpoint(platform: FakePlatform, scopes: list[str]) -> dict[str, Any]:
    """What a launch says whose link has no column of its own."""
    container = f"{platform.url}/lineitems?type_id=2"
    return {AGS: {"scope": scopes, "lineitems": container}}


def hand_in(
    app: Flask, new_browser: NewBrowser, claims: dict[str, Any], *subs: str, **settings: str
) -> Browser:
    """An instructor places a module, learners hand in; returns the instructor's browser."""
    instructor = new_browser()
    instructor.launch(sub="teacher-1", role="Instructor", **claims)
    assert instructor.post("/settings", SETTINGS | settings).status_code == 303
    for sub in subs or ("learner-1",):
        learner = new_browser()
        learner.launch(sub=sub, **claims)
        take_quiz(app, learner, right=2)
    return instructor


def settle(app: Flask, work: Work) -> None:
    """Let the work be done, and what had to wait for it as well."""
    work()
    for _ in range(6):
        if not rows(app, OutboxMessage, status=Status.WAITING):
            return
        make_due(app)
        work()


def made(platform: FakePlatform) -> list[str]:
    return [path for path in platform.requests if path.startswith("POST /lineitems?")]


def test_a_column_is_made_once_and_every_score_goes_there(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work
) -> None:
    hand_in(
        app, new_browser, endpoint(platform, ALL_SCOPES), "ada", "ben", due_at="2031-05-01T12:00"
    )
    settle(app, work)
    assert made(platform) == ["POST /lineitems?type_id=2"]
    [column] = platform.gradebook.columns.values()
    assert column["label"] == "Two jobs compared" and column["scoreMaximum"] == 10
    assert column["tag"] == "quiz" and column["resourceLinkId"] == "link-1"
    assert {score["userId"] for score in platform.scores} == {"ada", "ben"}
    assert {score["link"] for score in platform.scores} == {"made-1"}
    [item] = rows(app, LineItem)
    assert item.url == column["id"] and item.made_by_us


@pytest.mark.parametrize("filters", [True, False])
def test_a_column_of_ours_is_found_on_a_later_page_among_others(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work, filters: bool
) -> None:
    platform.gradebook.filters = filters
    for number in range(5):
        name = f"col-{number}"
        url = f"{platform.url}/lineitems/{name}?type_id=2"
        column = {"id": url, "label": name, "tag": "other", "resourceId": str(number)}
        platform.gradebook.columns[name] = column | {"scoreMaximum": 20}
    platform.gradebook.columns["col-4"] |= {"resourceLinkId": "link-1", "tag": ""}
    hand_in(app, new_browser, endpoint(platform, [SCORE_SCOPE, READ_SCOPE]))
    settle(app, work)
    assert made(platform) == []
    assert [score["link"] for score in platform.scores] == ["col-4"]
    assert platform.gradebook.results == {("col-4", "learner-1"): 4}


@on_sqlite
def test_a_review_from_a_column_that_the_tool_made_opens_the_learners_work(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work
) -> None:
    hand_in(app, new_browser, endpoint(platform, ALL_SCOPES), "ada")
    settle(app, work)
    teacher = new_browser()
    column = {"scope": ALL_SCOPES, "lineitem": platform.line_item("made-1")}
    page = teacher.launch(
        sub="teacher-1",
        role="Instructor",
        **{
            CLAIM + "message_type": "LtiSubmissionReviewRequest",
            CLAIM + "resource_link": None,
            CLAIM + "for_user": {"user_id": "ada"},
            AGS: column,
        },
    )
    assert "Name of ada" in page.text and "Attempt 1" in page.text


@on_sqlite
def test_a_tool_that_may_only_read_says_what_is_missing(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work
) -> None:
    hand_in(app, new_browser, endpoint(platform, [SCORE_SCOPE, READ_SCOPE]))
    settle(app, work)
    delivery = delivery_of(app)
    assert (delivery.state, delivery.cause) == (DeliveryState.BLOCKED, "no_column")
    assert platform.scores == [] and platform.gradebook.columns == {}
    new_browser().launch(sub="ben", **endpoint(platform, ALL_SCOPES))
    work()
    assert [score["link"] for score in platform.scores] == ["made-1"]


def test_while_one_looks_for_the_column_others_wait(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work
) -> None:
    """Eight threads find no column at once; one of them makes it."""
    platform.answer_columns = slowly
    subs = [f"learner-{number}" for number in range(6)]
    hand_in(app, new_browser, endpoint(platform, ALL_SCOPES), *subs)
    settle(app, work)
    assert len(made(platform)) == 1
    assert {score["userId"] for score in platform.scores} == set(subs)


def slowly(method: str, path: str) -> None:
    time.sleep(0.05)


@on_sqlite
def test_whoever_fails_to_make_the_column_lets_others_try(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work
) -> None:
    platform.answer_columns = in_turn(Answer(503), Answer(503))
    hand_in(app, new_browser, endpoint(platform, ALL_SCOPES))
    work()
    assert delivery_of(app).state == DeliveryState.RETRYING
    [item] = rows(app, LineItem)
    assert item.leased_until is None and item.url == ""
    settle(app, work)
    assert len(platform.scores) == 1


def test_a_deleted_column_is_made_again_and_gets_all_scores(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work
) -> None:
    platform.scopes = ALL_SCOPES
    hand_in(app, new_browser, {}, "ada", "ben")
    settle(app, work)
    assert {score["link"] for score in platform.scores} == {"link-1"}
    platform.gradebook.gone.add("link-1")
    platform.scores.clear()
    make_due(app)
    learner = new_browser()
    learner.launch(sub="ada", **endpoint(platform, ALL_SCOPES))
    take_quiz(app, learner, right=10)
    settle(app, work)
    assert {(score["link"], score["userId"]) for score in platform.scores} == {
        ("made-1", "ada"),
        ("made-1", "ben"),
    }
    assert {message.status for message in [message_of(app)]} == {Status.DONE}


@on_sqlite
def test_a_deleted_column_without_permission_waits_for_the_instructor(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work
) -> None:
    platform.gradebook.gone.add("link-1")
    hand_in(app, new_browser, {})
    settle(app, work)
    delivery = delivery_of(app)
    assert (delivery.state, delivery.cause) == (DeliveryState.BLOCKED, "column_gone")
    assert CAUSES["column_gone"].kind == "needs instructor"


@on_sqlite
def test_a_refusal_that_looks_like_a_lost_column_makes_no_second_one(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work
) -> None:
    """Some platforms say 404 when it is the learner who is not there."""
    platform.scopes = ALL_SCOPES
    platform.answer_scores = lambda score: Answer(404)
    hand_in(app, new_browser, {})
    settle(app, work)
    assert delivery_of(app).state == DeliveryState.BLOCKED and made(platform) == []


def keep(app: Flask) -> None:
    with app.app_context():
        columns.keep_column(1)


def puts(platform: FakePlatform) -> int:
    return len([path for path in platform.requests if path.startswith("PUT")])


@on_sqlite
def test_a_column_of_ours_follows_the_placement_and_only_where_it_differs(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work
) -> None:
    claims = endpoint(platform, ALL_SCOPES)
    instructor = hand_in(app, new_browser, claims)
    settle(app, work)
    keep(app)
    assert puts(platform) == 0
    platform.gradebook.columns["made-1"] |= {"label": "Old", "gradesReleased": True}
    answer = instructor.post("/settings", SETTINGS | {"due_at": "2031-05-01T12:00"})
    assert answer.status_code == 303, answer.text
    settle(app, work)
    column = platform.gradebook.columns["made-1"]
    assert column["label"] == "Two jobs compared" and column["gradesReleased"] is True
    assert column["endDateTime"] == "2031-05-01T12:00:00.000Z" and puts(platform) == 1
    keep(app)
    assert puts(platform) == 1


@on_sqlite
def test_the_platforms_own_column_keeps_the_name_that_the_teacher_gave_it(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work
) -> None:
    platform.scopes = ALL_SCOPES
    hand_in(app, new_browser, {}, due_at="2031-05-01T12:00")
    settle(app, work)
    column = platform.gradebook.columns["link-1"]
    assert (column["label"], column["scoreMaximum"]) == ("Own", 10)
    assert column["endDateTime"] == "2031-05-01T12:00:00.000Z"


@on_sqlite
def test_a_tool_without_the_scope_changes_no_column(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform, work: Work
) -> None:
    platform.scopes = [scope for scope in ALL_SCOPES if scope != LINE_ITEM_SCOPE]
    hand_in(app, new_browser, {}, due_at="2031-05-01T12:00")
    settle(app, work)
    keep(app)
    assert puts(platform) == 0
