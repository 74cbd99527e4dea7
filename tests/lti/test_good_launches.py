"""Launches that must be let in, after the cases of the 1EdTech LTI Advantage certification."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from lti_tool.courses.models import Context, Membership, ResourceLink, User
from lti_tool.launch.models import Launch
from lti_tool.lti.models import LoginState
from tests.browsers import Browser, text_of
from tests.conftest import register
from tests.databases import on_sqlite, rows
from tests.platforms import AGS, CLAIM, MEMBERSHIP, FakePlatform
from tests.story import set_up

INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person#"
NO_PII: dict[str, Any] = {"name": None, "family_name": None}
NAMES_ONLY = {"name": "Ada Okafor", "given_name": "Ada", "family_name": "Okafor"}
EMAIL_ONLY = NO_PII | {"email": "ada@example.org"}


def roles(*uris: str) -> dict[str, list[str]]:
    return {CLAIM + "roles": list(uris)}


TEACHER = MEMBERSHIP + "Instructor"
STUDENT = MEMBERSHIP + "Learner"
SUB_ROLE = "http://purl.imsglobal.org/vocab/lis/v2/membership/"

CERTIFIED: dict[str, tuple[dict[str, Any], str]] = {
    "valid teacher launch": (roles(TEACHER), "instructor"),
    "valid teacher launch with short role": (roles("Instructor"), "instructor"),
    "valid instructor launch with unknown role": (roles(TEACHER, "urn:x:unknown"), "instructor"),
    "valid instructor launch no role": (roles(), "other"),
    "valid instructor launch email only": (roles(TEACHER) | EMAIL_ONLY, "instructor"),
    "valid instructor launch names only": (roles(TEACHER) | NAMES_ONLY, "instructor"),
    "valid instructor launch no PII": (roles(TEACHER) | NO_PII, "instructor"),
    "valid instructor launch email without context": (
        roles(TEACHER) | EMAIL_ONLY | {CLAIM + "context": None},
        "instructor",
    ),
    "valid student launch": (roles(STUDENT), "learner"),
    "valid student launch with short role": (roles("Learner"), "learner"),
    "valid student launch with unknown role": (roles(STUDENT, "urn:x:unknown"), "learner"),
    "valid student launch no role": (roles(), "other"),
    "valid student launch email only": (roles(STUDENT) | EMAIL_ONLY, "learner"),
    "valid student launch names only": (roles(STUDENT) | NAMES_ONLY, "learner"),
    "valid student launch no PII": (roles(STUDENT) | NO_PII, "learner"),
    "valid student launch email without context": (
        roles(STUDENT) | EMAIL_ONLY | {CLAIM + "context": None},
        "learner",
    ),
}
ROLES: dict[str, tuple[dict[str, Any], str]] = {
    "several": (roles(STUDENT, TEACHER), "instructor"),
    "institution only": (roles(INSTITUTION + "Instructor", INSTITUTION + "Faculty"), "other"),
    "system administrator": (roles(SYSTEM + "Administrator"), "other"),
    "student here, staff elsewhere": (roles(STUDENT, INSTITUTION + "Staff"), "learner"),
    "Moodle's administrator": (
        roles(TEACHER, INSTITUTION + "Administrator", SYSTEM + "Administrator"),
        "instructor",
    ),
    "grader": (roles(SUB_ROLE + "Instructor#Grader"), "assistant"),
    "assistant": (roles(MEMBERSHIP + "TeachingAssistant"), "assistant"),
    "assistant by sub-role, sent with the principal role": (
        roles(TEACHER, SUB_ROLE + "Instructor#TeachingAssistant"),
        "assistant",
    ),
    "assistant in one section, lecturer in another": (
        roles(TEACHER, SUB_ROLE + "Instructor#TeachingAssistant", SUB_ROLE + "Instructor#Lecturer"),
        "instructor",
    ),
    "content developer": (roles("ContentDeveloper"), "designer"),
    "administrator of the course": (roles(MEMBERSHIP + "Administrator"), "administrator"),
    "administrator who teaches": (roles(MEMBERSHIP + "Administrator", TEACHER), "instructor"),
    "mentor": (roles(MEMBERSHIP + "Mentor"), "mentor"),
    "mentor who learns": (roles(MEMBERSHIP + "Mentor", STUDENT), "learner"),
    "member of a group": (roles(MEMBERSHIP + "Member"), "other"),
    "a learner whose sub-role is called Instructor": (
        roles(SUB_ROLE + "Learner#Instructor"),
        "learner",
    ),
    "foreign words": (roles("http://evil.example/membership#Instructor", "", "#"), "other"),
    "members that are no text": ({CLAIM + "roles": [None, 3, {}, STUDENT]}, "learner"),
}


def launched_role(app: Flask) -> str:
    return rows(app, Launch)[-1].role


@on_sqlite
@pytest.mark.parametrize("case", [*CERTIFIED, *ROLES])
def test_valid_launch(app: Flask, browser: Browser, case: str) -> None:
    claims, role = (CERTIFIED | ROLES)[case]
    page = browser.launch(**claims)
    sets_up = role in ("instructor", "administrator", "designer")
    assert page.status_code == (200 if sets_up else 409)  # not set up yet
    assert launched_role(app) == role
    [login] = rows(app, LoginState)
    assert (login.status, login.reason) == ("launched", None)


@on_sqlite
@pytest.mark.parametrize("case", [name for name, (_, role) in ROLES.items() if role == "other"])
def test_only_a_role_in_the_course_gives_power(browser: Browser, case: str) -> None:
    browser.launch(**ROLES[case][0])
    assert browser.get("/settings").status_code == 403
    assert browser.get("/learners").status_code == 403


def test_what_the_platform_says_is_kept(app: Flask, browser: Browser) -> None:
    browser.launch(**NAMES_ONLY)
    [user], [context], [link] = rows(app, User), rows(app, Context), rows(app, ResourceLink)
    assert (user.name, user.given_name, user.family_name) == ("Ada Okafor", "Ada", "Okafor")
    assert (context.context_id, context.label, context.title) == (
        "course-1",
        "PMO-101",
        "PMO Academy",
    )
    assert (link.resource_link_id, link.title) == ("link-1", "Two jobs compared")
    assert link.lineitem_url == browser.platform.line_item("link-1")


EMPTY: dict[str, dict[str, Any]] = {
    "left out": NO_PII | {CLAIM + "context": {"id": "course-1"}, AGS: None},
    "null": {
        CLAIM + "context": {"id": "course-1", "label": None, "title": None},
        CLAIM + "resource_link": {"id": "link-1", "title": None},
        AGS: {"scope": [], "lineitem": None, "lineitems": None},
    },
    "empty": {
        "name": "",
        "family_name": " ",
        CLAIM + "context": {"id": "course-1", "label": "", "title": "\t"},
        CLAIM + "resource_link": {"id": "link-1", "title": ""},
        AGS: {"scope": [], "lineitem": "", "lineitems": ""},
    },
}


@pytest.mark.parametrize("how", EMPTY)
def test_empty_claims_never_overwrite_what_is_known(app: Flask, browser: Browser, how: str) -> None:
    browser.launch(**NAMES_ONLY)
    browser.launch(**EMPTY[how])
    [user], [context], [link] = rows(app, User), rows(app, Context), rows(app, ResourceLink)
    assert user.family_name in ("Okafor", "learner-1") and user.name
    assert (context.label, context.title) == ("PMO-101", "PMO Academy")
    assert link.title == "Two jobs compared"
    assert link.lineitem_url and link.lineitems_url and link.ags_scopes


def test_a_new_name_overwrites_the_old(app: Flask, browser: Browser) -> None:
    browser.launch(name="Ada Okafor")
    browser.launch(name="Ada Lovelace")
    [user], [membership] = rows(app, User), rows(app, Membership)
    assert user.name == "Ada Lovelace" and membership.user_id == user.id


@on_sqlite
def test_claims_of_vendors_pass_by(app: Flask, browser: Browser) -> None:
    page = browser.launch(
        **{
            "https://www.instructure.com/placement": None,
            "https://purl.imsglobal.org/spec/lti-ext/claim/anything": [{"deep": [1, None]}],
            "picture": "javascript:alert(1)",
            "jti": "x",
            CLAIM + "custom": {"key": "$Unknown.variable", "n": 3},
            CLAIM + "lis": {"person_sourcedid": "", "course_section_sourcedid": ""},
            CLAIM + "ext": {"lms": "moodle-2"},
            CLAIM + "tool_platform": {"guid": "g", "product_family_code": "moodle"},
            CLAIM + "launch_presentation": {"document_target": "iframe", "height": 300},
            CLAIM + "role_scope_mentor": [],
        }
    )
    assert page.status_code == 409  # let in: the link only waits for its module
    assert rows(app, Launch)


@on_sqlite
def test_a_name_is_text_on_the_page_and_nothing_more(
    app: Flask, new_browser: Callable[[], Browser]
) -> None:
    instructor = new_browser()
    set_up(instructor)
    new_browser().launch(name="<script>alert(1)</script>\u202e{{7*7}}\x07", sub="mallory")
    page = instructor.get("/learners").text
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page
    assert "{{7*7}}" in text_of(page)


@on_sqlite
def test_two_deployments_are_two_places_with_the_same_people(
    app: Flask, browser: Browser, platform: FakePlatform
) -> None:
    platform.deployment_id = "deployment-2"
    register(app, platform)
    for deployment in ("deployment-1", "deployment-2"):
        browser.launch(**{CLAIM + "deployment_id": deployment})
    assert len(rows(app, Context)) == len(rows(app, ResourceLink)) == 2
    assert len(rows(app, User)) == 1


def test_two_client_ids_of_one_issuer_are_two_worlds(
    app: Flask, new_browser: Callable[[], Browser], platform: FakePlatform
) -> None:
    set_up(new_browser())
    platform.client_id = "client-2"
    register(app, platform)
    page = new_browser().launch(sub="learner-1")
    assert page.status_code == 409, "the link of the other client id is another link"
    assert len(rows(app, Context)) == 2


@on_sqlite
@pytest.mark.parametrize(
    "claims",
    [
        {"aud": ["client-1", "other"], "azp": "client-1"},
        {"aud": ["client-1"]},
        {"aud": "client-1", "azp": "client-1"},
    ],
)
def test_audiences(browser: Browser, claims: dict[str, Any]) -> None:
    assert browser.launch(**claims).status_code == 409


@on_sqlite
@pytest.mark.parametrize(("iat", "exp"), [(45, 105), (-120, -45), (-4000, 4000)])
def test_clocks_may_differ_by_up_to_a_minute(browser: Browser, iat: int, exp: int) -> None:
    now = int(time.time())
    assert browser.launch(iat=now + iat, exp=now + exp, nbf=now + iat).status_code == 409
