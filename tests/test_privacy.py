"""What is kept about a person: told on a page, given as a file, and never to anybody else."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lti_tool.db import Base
from lti_tool.lti.models import Registration
from tests.browsers import TOOL, Browser, text_of
from tests.databases import change, on_sqlite
from tests.platforms import AGS, CLAIM, FakePlatform
from tests.story import set_up, take_quiz

NewBrowser = Callable[[], Browser]
SYSTEM_ADMINISTRATOR = "http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator"


def ask(browser: Browser, sub: str, *roles: str, **changes: Any) -> TestResponse:
    """A data privacy launch, without link and course; returns the page or the refusal."""
    state, nonce = browser.begin()
    claims: dict[str, Any] = {
        CLAIM + "message_type": "DataPrivacyLaunchRequest",
        CLAIM + "resource_link": None,
        CLAIM + "context": None,
        CLAIM + "roles": list(roles),
        AGS: None,
    }
    body = browser.platform.claims(nonce, target=f"{TOOL}/", sub=sub, **claims | changes)
    answer = browser.finish(state, browser.platform.sign(body))
    if answer.status_code != 303:
        return answer
    browser.launch_id = answer.location.split("/")[2]
    return browser.follow(answer)


@pytest.fixture
def ada(app: Flask, new_browser: NewBrowser, work: Callable[[], None]) -> Browser:
    """A learner who has read, answered, and handed in."""
    set_up(new_browser())
    learner = new_browser()
    learner.launch(sub="ada", name="Ada Okafor", email="ada@example.org")
    learner.post("/lessons/l1/complete")
    take_quiz(app, learner)
    work()
    return learner


def test_a_person_reads_and_takes_along_what_is_kept_about_them(
    ada: Browser, new_browser: NewBrowser
) -> None:
    browser = new_browser()
    words = text_of(ask(browser, "ada", name=None).text)
    assert "What is kept about you" in words
    for kept in (
        "Ada Okafor", "PMO Academy, as learner", "1 completed lesson",
        "1 attempt at a quiz with 10 answers", "1 grade", "2 visits",
    ):  # fmt: skip
        assert kept in words, kept
    answer = browser.get("/data/export")
    assert answer.mimetype == "application/json"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    kept = answer.get_json()["kept"]
    for unreleased in ('points"', 'given"', 'maximum"', '"comment"'):
        assert unreleased not in answer.text, unreleased
    assert "AttemptSubmitted" in {row["name"] for row in kept["event"]}
    assert "ada@example.org" not in words + answer.text
    assert len(kept["answer"]) == 10 and kept["delivery"][0]["state"] == "accepted"
    assert {row["user_id"] for row in kept["attempt"]} == {kept["user_account"][0]["id"]}


@on_sqlite
def test_every_table_about_people_is_told_of_and_no_secret(ada: Browser) -> None:
    kept = ada.get("/data/export").get_json()["kept"]
    about_people = {name for name, table in Base.metadata.tables.items() if "user_id" in table.c}
    assert about_people | {"user_account", "answer", "delivery", "launch"} <= set(kept)
    text = ada.get("/data/export").text
    assert "_hash" not in text and "teacher-1" not in text


@on_sqlite
def test_the_page_can_be_reached_from_the_module(ada: Browser) -> None:
    assert f'href="{ada.path("/data")}"' in ada.get("/module").text
    assert "What is kept about you" in ada.get("/data").text


@on_sqlite
@pytest.mark.parametrize("name", ["user_id", "id"])
@pytest.mark.parametrize("kind", ["DataPrivacyLaunchRequest", "LtiDataPrivacyLaunchRequest"])
def test_an_administrator_asks_about_the_named_person(
    ada: Browser, new_browser: NewBrowser, name: str, kind: str
) -> None:
    named = {CLAIM + "for_user": {name: "ada"}, CLAIM + "message_type": kind}
    browser = new_browser()
    words = text_of(ask(browser, "root", SYSTEM_ADMINISTRATOR, **named).text)
    assert "What is kept about Ada Okafor" in words and "1 attempt" in words
    kept = browser.get("/data/export").get_json()["kept"]
    assert kept["user_account"][0]["sub"] == "ada" and "points" in kept["answer"][0]
    assert "score_given" in kept["grade"][0] and "accepted_given" in kept["delivery"][0]

    unknown = named | {CLAIM + "for_user": {name: "nobody"}}
    page = ask(browser, "root", SYSTEM_ADMINISTRATOR, **unknown)
    assert page.status_code == 404 and "Nothing is kept about this person" in page.text


@on_sqlite
def test_nobody_else_asks_about_another(ada: Browser, new_browser: NewBrowser) -> None:
    named = {CLAIM + "for_user": {"user_id": "ada"}}
    for roles in (
        [],
        ["Learner"],
        ["http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"],
        ["http://purl.imsglobal.org/vocab/lis/v2/membership#Administrator", "Administrator"],
        ["http://purl.imsglobal.org/vocab/lis/v2/system/person#User", "x#NoAdministrator"],
    ):
        page = ask(new_browser(), "someone", *roles, **named)
        assert page.status_code == 400, roles
        assert "Only administrators" in page.text and "Okafor" not in page.text
    words = text_of(ask(new_browser(), "ada", "Learner", **named).text)
    assert "What is kept about you" in words


@on_sqlite
def test_where_institutions_share_a_client_id_each_sees_its_own_people(
    app: Flask, ada: Browser, new_browser: NewBrowser, platform: FakePlatform
) -> None:
    change(app, Registration, profile="blackboard", auto_approve_deployments=True)
    platform.deployment_id = "another-institution"
    named = {CLAIM + "for_user": {"user_id": "ada"}}
    page = ask(new_browser(), "root", SYSTEM_ADMINISTRATOR, **named)
    assert page.status_code == 404


@on_sqlite
def test_names_stay_text(new_browser: NewBrowser) -> None:
    name = "<script>alert(1)</script>"
    page = ask(new_browser(), "x", name=name)
    assert name not in page.text and html.escape(name) in page.text


@on_sqlite
def test_a_review_opened_by_itself_is_not_a_question_about_data(
    ada: Browser, new_browser: NewBrowser
) -> None:
    """`for_user` of a submission review opens that work, and no more of the person."""
    teacher = new_browser()
    review: dict[str, Any] = {
        CLAIM + "message_type": "LtiSubmissionReviewRequest",
        CLAIM + "for_user": {"user_id": "ada"},
    }
    teacher.launch(sub="teacher-1", role="Instructor", **review)
    assert "What is kept about you" in teacher.get("/data").text
    assert "Ada Okafor" not in teacher.get("/data/export").text


ODD: list[object] = [None, "ada", [], {}, 5, {"user_id": None}, {"user_id": 5}, {"id": "\x00"}]


@on_sqlite
@pytest.mark.parametrize("named", ODD, ids=str)
def test_whoever_is_named_oddly_is_nobody(
    ada: Browser, new_browser: NewBrowser, named: object
) -> None:
    page = ask(new_browser(), "root", SYSTEM_ADMINISTRATOR, **{CLAIM + "for_user": named})
    assert page.status_code in (200, 400) and "Okafor" not in page.text
