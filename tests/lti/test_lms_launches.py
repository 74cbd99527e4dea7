"""Each platform's launches: who comes where, as what, with which line item, and lands on what."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

import pytest
from flask import Flask

from lti_tool.courses.models import Context, Membership, ResourceLink, User
from lti_tool.curriculum.models import Placement
from lti_tool.launch.models import Launch
from tests.browsers import TOOL, Browser, text_of
from tests.databases import on_sqlite, rows
from tests.lti.lms import Lms, fixture
from tests.lti.refused import assert_refused
from tests.platforms import CLAIM
from tests.story import take_quiz


@dataclass(frozen=True, kw_only=True)
class Expected:
    lms: str
    name: str
    role: str
    context: str
    link: str
    line_item: str
    lands: str
    locale: str = "en"


CANVAS, CANVAS_ASSIGNMENT = "4dde05e8ca1973bcca9bffc13e1548820eee93a3", "bb1b5a3c-0f5e-4c0b"
CANVAS_COLUMN = "https://school.instructure.com/api/lti/courses/42/line_items/503"
MOODLE_COLUMN = "https://moodle.example.edu/mod/lti/services.php/2/lineitems/26/lineitem?type_id=1"
SAKAI_SITE = "92e7ddf2-1c60-486c-97ae-bc2ffbde8e67"
EDX_COURSE, EDX_COLUMN = "course-v1:ExampleX+BIO101+2026", "/api/lti_consumer/v1/lti/7/lti-ags/3"


def on_canvas(**changes: str) -> Expected:
    usual = {
        "lms": "canvas",
        "context": CANVAS,
        "link": CANVAS_ASSIGNMENT,
        "line_item": CANVAS_COLUMN,
    }
    return Expected(**(usual | changes))


LAUNCHES = {
    "canvas_resource_link_assignment": on_canvas(
        name="Ada Student", role="learner", lands="/module"
    ),
    "canvas_resource_link_assignment_instructor": on_canvas(
        name="Grace Teacher", role="instructor", lands="/learners"
    ),
    "canvas_resource_link_module": on_canvas(
        name="Ada Student", role="learner", link="0c9f1a52-", line_item="", lands="/module"
    ),
    "canvas_student_view": on_canvas(name="Test Student", role="other", lands="/module"),
    "canvas_observer": on_canvas(name="Pat Parent", role="mentor", lands="/learners"),
    "moodle_resource_link": Expected(
        lms="moodle",
        name="Ada Student",
        role="learner",
        context="2",
        link="57",
        line_item=MOODLE_COLUMN,
        lands="/module",
    ),
    "moodle_resource_link_instructor": Expected(
        lms="moodle",
        name="Admin User",
        role="instructor",
        context="2",
        link="57",
        line_item=MOODLE_COLUMN,
        lands="/learners",
    ),
    "blackboard_resource_link": Expected(
        lms="blackboard",
        name="Ada Student",
        role="learner",
        context="ad83286ea6494b799bd1a5d57436d7d8",
        link="_44_1",
        line_item="/learn/api/v1/lti/courses/_4_1/lineItems/_40_1",
        lands="/module",
        locale="en-US",
    ),
    "d2l_resource_link": Expected(
        lms="d2l",
        name="Ada Student",
        role="learner",
        context="9052",
        link="2f0f7a7c-",
        line_item="/lineitems/3106e6da-b85b-4ac4-9a04-5dd8ff0394c3",
        lands="/module",
        locale="en-US",
    ),
    "sakai_resource_link": Expected(
        lms="sakai",
        name="Ada Student",
        role="learner",
        context=SAKAI_SITE,
        link="content:3",
        line_item=f"/lineitems/{SAKAI_SITE}/12",
        lands="/module",
        locale="en-US",
    ),
    "openedx_resource_link": Expected(
        lms="openedx",
        name="",
        role="learner",
        context=EDX_COURSE,
        link="block-v1:",
        line_item=EDX_COLUMN,
        lands="/module",
        locale="",
    ),
    "openedx_resource_link_pii": Expected(
        lms="openedx",
        name="Grace Teacher",
        role="instructor",
        context=EDX_COURSE,
        link="block-v1:",
        line_item=EDX_COLUMN,
        lands="/learners",
        locale="",
    ),
    "schoology_resource_link": Expected(
        lms="schoology",
        name="Ada Student",
        role="learner",
        context="7600000042",
        link="7700000099",
        line_item="/sections/7600000042/lineitems/5500000012",
        lands="/module",
    ),
}


@on_sqlite
@pytest.mark.parametrize("name", LAUNCHES)
def test_a_launch_arrives(app: Flask, browser: Browser, name: str) -> None:
    expected = LAUNCHES[name]
    lms = Lms(app, browser, expected.lms)
    lms.set_up(name)
    answer = lms.send(fixture(name))
    assert answer.status_code == 303, answer.text
    if not answer.location.endswith("/module"):
        answer = browser.client.get(answer.location, base_url=TOOL)
    assert answer.location == browser.path(expected.lands)
    assert browser.follow(answer).status_code == 200

    [launch] = [each for each in rows(app, Launch) if each.id == browser.launch_id]
    [context], [link] = rows(app, Context), rows(app, ResourceLink)
    [membership] = rows(app, Membership, id=launch.membership_id)
    [user] = rows(app, User, id=membership.user_id)
    assert (launch.role, membership.role) == (expected.role, expected.role)
    assert user.name == expected.name
    assert context.context_id == expected.context and context.title.startswith("Biology 101")
    assert launch.resource_link_id == link.id
    assert link.resource_link_id.startswith(expected.link)
    assert link.lineitem_url.endswith(expected.line_item)
    assert bool(link.lineitem_url) == bool(expected.line_item)
    assert launch.locale == expected.locale


@on_sqlite
@pytest.mark.parametrize("lms_name", ["moodle", "sakai"])
def test_a_review_lands_on_that_learners_work(app: Flask, browser: Browser, lms_name: str) -> None:
    lms = Lms(app, browser, lms_name)
    review, learner = (fixture(f"{lms_name}_{what}") for what in REVIEW)
    lms.set_up(f"{lms_name}_submission_review")
    lms.send(learner)
    take_quiz(app, browser, right=1)
    answer = lms.send(review)
    assert answer.status_code == 303
    page = browser.follow(answer)
    assert page.status_code == 200
    assert "Ada Student" in text_of(page.text) and "Attempt 1" in text_of(page.text)


REVIEW = ("submission_review", "resource_link")


@on_sqlite
def test_canvas_navigation_belongs_to_no_link(app: Flask, browser: Browser) -> None:
    """What it calls a resource link is the course itself: nothing is placed there."""
    lms = Lms(app, browser, "canvas")
    lms.set_up("canvas_resource_link_assignment")
    answer = lms.send(fixture("canvas_resource_link_course_navigation"))
    page = browser.follow(answer)
    assert page.request.path == browser.path("/course")
    page = browser.get("/modules")
    assert page.status_code == 200 and "Modules in this course" in text_of(page.text)
    assert "Cell quiz" in text_of(page.text)
    assert [link.title for link in rows(app, ResourceLink)] == ["Cell quiz"]
    for path in ("/module", "/settings", "/learners", "/quiz"):
        assert browser.get(path).status_code in (200, 409), path


@on_sqlite
@pytest.mark.parametrize("encoded", [1, 2])
@pytest.mark.parametrize("who", ["teacher", "learner", "elsewhere"])
def test_canvas_speedgrader_shows_the_work_behind_a_score(
    app: Flask, browser: Browser, encoded: int, who: str
) -> None:
    lms = Lms(app, browser, "canvas")
    lms.set_up("canvas_resource_link_assignment")
    learner = fixture("canvas_resource_link_assignment")
    lms.send(learner)
    take_quiz(app, browser, right=1)
    [placement] = rows(app, Placement)
    query = f"placement={placement.public_id}&for_user={quote(learner['sub'])}&attempt=1"
    target = f"{TOOL}/?{query if encoded == 1 else quote(query)}"
    launch = fixture("canvas_speedgrader_launch") | {CLAIM + "target_link_uri": target}
    if who == "learner":
        launch |= {name: learner[name] for name in ("sub", CLAIM + "roles")}
    if who == "elsewhere":
        launch |= {CLAIM + "context": {"id": "another-course"}}

    answer = lms.send(launch)
    if who == "elsewhere":
        assert answer.status_code == 400
        assert "There is no such work in this course" in text_of(answer.text)
        return
    words = text_of(browser.follow(answer).text)
    assert ("Ada Student" in words) == (who == "teacher")
    assert len(rows(app, ResourceLink)) == 1


@on_sqlite
def test_an_account_level_launch_is_a_visit_without_a_link(app: Flask, browser: Browser) -> None:
    """Canvas: the "course" is the account; an administrator has no role in it."""
    lms = Lms(app, browser, "canvas")
    account = {"id": "account-1", "title": "Example University", "type": ["Account"]}
    launch = fixture("canvas_resource_link_course_navigation") | {
        CLAIM + "context": account,
        CLAIM + "resource_link": {"id": "account-1", "title": None},
        CLAIM + "roles": [
            "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator"
        ],
    }
    page = browser.follow(lms.send(launch))
    assert page.status_code == 200
    assert "No module has been placed here yet" in text_of(page.text)


@on_sqlite
def test_moodles_numbers_may_be_the_same_for_course_and_link(app: Flask, browser: Browser) -> None:
    lms = Lms(app, browser, "moodle")
    launch = fixture("moodle_resource_link_instructor") | {
        CLAIM + "resource_link": {"id": "2", "title": "Cell quiz"}
    }
    assert browser.follow(lms.send(launch)).status_code == 200
    assert [link.resource_link_id for link in rows(app, ResourceLink)] == ["2"]


@on_sqlite
def test_somebody_who_is_not_signed_in_is_answered_politely(app: Flask, browser: Browser) -> None:
    launch = fixture("canvas_resource_link_assignment")
    del launch["sub"]
    answer = Lms(app, browser, "canvas").send(launch)
    assert_refused(answer, app, "anonymous")
    assert "Sign in there, then open the activity again" in text_of(answer.text)


@on_sqlite
def test_people_without_a_name_are_told_apart(app: Flask, browser: Browser) -> None:
    lms = Lms(app, browser, "openedx")
    lms.set_up("openedx_resource_link")
    for sub, username in (("a", None), ("b", "$Person.name"), ("c", "ada_1815")):
        lms.send(fixture("openedx_resource_link") | {"sub": sub, "preferred_username": username})
    shown = [user.display_name for user in rows(app, User)][1:]
    assert shown[2] == "ada_1815" and len(set(shown)) == 3
    assert all(name.startswith("Person ") for name in shown[:2])


@on_sqlite
@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("en", "en"),
        ("pt-BR", "pt-BR"),
        ("en_US", "en-US"),
        ("EN-US__", "en-US"),
        ("en-AU-x-unimelb", "en-AU"),
        ("zh-Hant", "zh"),
        ("$Message.locale", ""),
        ("", ""),
        ("x" * 400, ""),
        (7, ""),
        (None, ""),
    ],
)
def test_locales(app: Flask, browser: Browser, sent: object, kept: str) -> None:
    launch = fixture("openedx_resource_link") | {"locale": sent}
    Lms(app, browser, "openedx").send(launch)
    assert rows(app, Launch)[-1].locale == kept
