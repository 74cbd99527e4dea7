"""Groups and sections of a course: told at launches or by rosters, never trusted, gone in time."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from bench.classes import Size, fill
from lti_tool.courses.models import Context, Membership, MembershipGroup, Roster, User
from lti_tool.db import db, insert_new, unit_of_work, utcnow
from lti_tool.lti.groups import CHARACTERS, MOST_GROUPS, Group, told_groups
from lti_tool.lti.models import Registration
from tests.analytics.test_course import MOST_QUERIES, names
from tests.browsers import Browser, text_of
from tests.databases import change, on_sqlite, rows
from tests.platforms import CLAIM, GROUP_SCOPE, Answer, FakePlatform
from tests.story import set_up, take_quiz
from tests.test_speed import queries

NewBrowser = Callable[[], Browser]
Work = Callable[[], None]
SECTIONS = '["Section 1, M-T", "Section 2, W-Th"]'


def named(*found: str) -> tuple[Group, ...]:
    return tuple(Group(name, name) for name in found)


TOLD: dict[str, tuple[dict[str, Any], tuple[Group, ...]]] = {
    "Canvas": ({"group_names": SECTIONS}, named("Section 1, M-T", "Section 2, W-Th")),
    "Canvas, in none": ({"group_names": "[]"}, ()),
    "a list as it is": ({"Group_Names": ["A", "B", "A"]}, named("A", "B")),
    "Moodle": ({"group_ids": "12,13"}, (Group("12"), Group("13"))),
    "Moodle, in none": ({"group_ids": ""}, ()),
    "unknown variables": (
        {"group_names": "$com.instructure.User.sectionNames", "group_ids": "$Moodle.Person.x"}, ()
    ),
    "nothing": ({"placement": "abcdefgh"}, ()),
    "no JSON": ({"group_names": '["A'}, ()),
    "other JSON": ({"group_names": '{"A": 1}'}, ()),
    "deep JSON": ({"group_names": "[" * 100_000}, ()),
    "members that are no names": ({"group_names": '["", " ", null, {}, true, "A"]'}, named("A")),
    "what cannot be stored": ({"group_names": '["A\\u0000\\ud800  B\\n"]'}, named("A B")),
    "ids of other kinds": ({"group_ids": 12}, ()),
    "long": ({"group_names": ["x" * 5000]}, named("x" * CHARACTERS)),
}  # fmt: skip


@pytest.mark.parametrize("case", TOLD)
def test_custom_values_are_read_as_each_platform_sends_them(case: str) -> None:
    custom, groups = TOLD[case]
    assert told_groups(custom) == groups


def test_no_more_groups_are_taken_than_a_person_may_have() -> None:
    many = [f"group {n}" for n in range(1000)]
    assert len(told_groups({"group_names": many})) == MOST_GROUPS
    assert len(told_groups({"group_ids": ",".join(many)})) == MOST_GROUPS


@pytest.fixture
def teacher(new_browser: NewBrowser) -> Browser:
    browser = new_browser()
    set_up(browser)
    return browser


def come(new_browser: NewBrowser, sub: str, role: str = "Learner", **custom: Any) -> None:
    new_browser().launch(sub=sub, role=role, **{CLAIM + "custom": custom or None})


def kept(app: Flask) -> dict[str, list[str]]:
    """By the platform's id of each person: the groups that are kept, by name or else by key."""
    subs = {user.id: user.sub for user in rows(app, User)}
    members = {each.id: subs[each.user_id] for each in rows(app, Membership)}
    found: dict[str, list[str]] = {}
    for place in rows(app, MembershipGroup):
        found.setdefault(members[place.membership_id], []).append(place.name or place.key)
    return found


def options(page: str) -> list[str]:
    return re.findall(r"<option value=\"[^\"]*\" [^>]*>([^<]*)</option>", page)


def test_a_course_is_narrowed_to_a_section(
    app: Flask, teacher: Browser, new_browser: NewBrowser
) -> None:
    """Only where there are sections to tell apart; the address keeps search, order and section."""
    come(new_browser, "ada", group_names='["Section 1"]')
    assert 'name="group"' not in teacher.get("/course").text, "everybody is in the only one"
    come(new_browser, "ben", group_names=SECTIONS)
    come(new_browser, "cleo")
    page = teacher.get("/course").text
    assert options(page) == ["Section 1 (1)", "Section 1, M-T (1)", "Section 2, W-Th (1)"]
    assert "Name of ben Section 1, M-T; Section 2, W-Th" in text_of(page)
    page = teacher.get("/course?group=Section+2,+W-Th&sort=visit").text
    assert names(page) == ["Name of ben"] and "1 learner in this group" in text_of(page)
    assert "group=Section+2,+W-Th" in page.replace("%2C", ",") and "sort=look&amp;group=" in page
    page = teacher.get("/course?group=Section+1&search=ben").text
    assert "Nobody in this group is called “ben”" in text_of(page)
    assert len(names(teacher.get("/course?group=no%00ne").text)) == 3
    report = text_of(teacher.get("/course/report?group=Section+1").text)
    assert "Learners in Section 1" in report and "Name of ada" in report
    assert "Name of ben" not in report


def test_questions_by_section(app: Flask, teacher: Browser, new_browser: NewBrowser) -> None:
    """The figures are those of a section, here and on the page of each question; not designers'."""
    for sub, section, right in (("ada", "A", None), ("ben", "B", 0), ("cleo", "B", 0)):
        learner = new_browser()
        learner.launch(sub=sub, **{CLAIM + "custom": {"group_names": [section]}})
        take_quiz(app, learner, right=right)
    page = teacher.get("/items?group=A").text
    assert options(page) == ["A (1)", "B (2)"] and "attempts=later&amp;group=A" in page
    found = re.search(r'href="/l/[^/]*(/items/[^"?]*\?[^"]*group=A)"', page)
    assert found
    words = text_of(teacher.get(found[1].replace("&amp;", "&")).text)
    assert "answers of A" in words and "1 answer" in words
    assert "<strong>100%</strong>" in page
    assert "<strong>100%</strong>" not in teacher.get("/items?group=B").text
    designer = new_browser()
    designer.launch(sub="designer", role="ContentDeveloper")
    assert 'name="group"' not in designer.get("/items?group=A").text


def test_a_launch_says_where_somebody_is_now(
    app: Flask, teacher: Browser, new_browser: NewBrowser
) -> None:
    """Who changes sections is in the new one; a platform that stops telling is believed, too."""
    come(new_browser, "ada", group_names=SECTIONS)
    come(new_browser, "ada", group_names='["Section 3"]')
    assert kept(app) == {"ada": ["Section 3"]}
    come(new_browser, "ada", group_names="$com.instructure.User.sectionNames")
    assert kept(app) == {}


@on_sqlite
def test_only_learners_groups_are_kept(
    app: Flask, teacher: Browser, new_browser: NewBrowser
) -> None:
    come(new_browser, "grace", role="Instructor", group_names=SECTIONS)
    come(new_browser, "ada", group_names=SECTIONS)
    assert set(kept(app)) == {"ada"}
    come(new_browser, "ada", role="Instructor", group_names=SECTIONS)
    assert kept(app) == {}


@on_sqlite
def test_a_name_with_markup_stays_text(teacher: Browser, new_browser: NewBrowser) -> None:
    come(new_browser, "ada", group_names='["<script>alert(1)</script>", "=1+1"]')
    page = teacher.get("/course").text
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page
    [row] = csv.DictReader(io.StringIO(teacher.get("/exports/grades.csv").text))
    assert row["groups"] == "<script>alert(1)</script>; =1+1"


@pytest.fixture
def grouped(app: Flask, platform: FakePlatform, work: Work) -> FakePlatform:
    """Like Blackboard: numbers of groups come with the roster, their names by a service."""
    platform.groups = [{"id": "_12_1", "name": "Blue"}, {"id": "_13_1", "name": "Red", "tag": "x"},
                       {"id": "_14_1", "name": "\0", "set_id": "_1_1"}]  # fmt: skip
    platform.enrol("teacher-1", role="Instructor")
    platform.enrol("ada", group_enrollments=[{"group_id": "_12_1"}, {"group_id": "_13_1"}])
    platform.enrol("ben", group_enrollments=[{"group_id": "_14_1"}])
    return platform


def reread(app: Flask, teacher: Browser, work: Work) -> None:
    change(app, Roster, asked_at=utcnow() - timedelta(minutes=5))
    teacher.post("/roster")
    work()


def enrolled_in(platform: FakePlatform, sub: str, *group_ids: str) -> None:
    for member in platform.members or []:
        if member["user_id"] == sub:
            member["group_enrollments"] = [{"group_id": each} for each in group_ids]


def test_groups_of_the_roster_with_their_names(
    app: Flask, grouped: FakePlatform, teacher: Browser, new_browser: NewBrowser, work: Work
) -> None:
    work()
    assert kept(app) == {"ada": ["Blue", "Red"], "ben": ["_14_1"]}
    assert "Blue (1)" in options(teacher.get("/course").text)
    assert "Group _14_1 (1)" in options(teacher.get("/course").text)
    come(new_browser, "ada")
    assert kept(app)["ada"] == ["Blue", "Red"], "a launch that tells nothing takes nothing away"
    come(new_browser, "ada", group_ids="_13_1")
    assert kept(app)["ada"] == ["Red"], "and it knows the name already"
    grouped.groups = [{"id": "_12_1", "name": "Navy"}]
    enrolled_in(grouped, "ada", "_12_1")
    enrolled_in(grouped, "ben")
    reread(app, teacher, work)
    assert kept(app) == {"ada": ["Navy"]}
    assert any("groups=true" in line for line in grouped.requests)


def test_a_roster_that_tells_no_groups_leaves_what_launches_told(
    app: Flask, platform: FakePlatform, teacher: Browser, new_browser: NewBrowser, work: Work
) -> None:
    """As in Moodle: numbers at a launch, and nothing more."""
    platform.enrol("ada")
    come(new_browser, "ada", group_ids="12,13")
    reread(app, teacher, work)
    assert kept(app) == {"ada": ["12", "13"]}
    assert "Group 12 (1)" in options(teacher.get("/course").text)


@on_sqlite
@pytest.mark.parametrize("answer", [Answer(403), Answer(500), Answer(200, body=b"[]")])
def test_without_names_the_roster_is_as_good(
    app: Flask, grouped: FakePlatform, teacher: Browser, work: Work, answer: Answer
) -> None:
    grouped.answer_groups = lambda: answer
    work()
    assert kept(app)["ada"] == ["_12_1", "_13_1"]
    assert "Read from your platform just now: 3 people." in text_of(teacher.get("/learners").text)


@on_sqlite
def test_the_scope_is_asked_for_only_where_there_are_groups(
    app: Flask, platform: FakePlatform, teacher: Browser, new_browser: NewBrowser, work: Work
) -> None:
    platform.enrol("ada")
    new_browser().launch(sub="teacher-1", role="Instructor")
    work()
    assert platform.token_scopes and GROUP_SCOPE not in platform.token_scopes.values()
    platform.groups = []
    new_browser().launch(sub="teacher-1", role="Instructor")
    reread(app, teacher, work)
    assert GROUP_SCOPE in platform.token_scopes.values()


@on_sqlite
def test_canvas_tells_the_sections_of_those_who_never_came(
    app: Flask, platform: FakePlatform, new_browser: NewBrowser, work: Work
) -> None:
    """Its roster, asked with the course's own id, lacks nobody and has each member's variables."""
    change(app, Registration, profile="canvas")
    message = {"locale": "en", CLAIM + "custom": {"group_names": SECTIONS}}
    platform.enrol("teacher-1", role="Instructor", message=[message])
    platform.enrol("ada", message=[message])
    teacher = new_browser()
    set_up(teacher)
    work()
    assert kept(app) == {"ada": ["Section 1, M-T", "Section 2, W-Th"]}
    assert any("rlid=course-1" in line for line in platform.requests)
    platform.answer_members = lambda path: Answer(400) if "rlid" in path else None
    reread(app, teacher, work)
    assert "Read from your platform just now: 2 people." in text_of(teacher.get("/learners").text)


def test_a_course_with_groups_costs_the_same_queries_at_any_size(
    app: Flask, teacher: Browser
) -> None:
    with app.app_context():
        [course] = rows(app, Context)
        fill(course.id, Size(learners=60, modules=2, attempts=1))
        with unit_of_work():
            members = [each.id for each in db.session.query(Membership)]
            places = [
                {"membership_id": each, "key": f"g{each % 7}", "name": "", "told_by": "roster"}
                for each in members
            ]
            insert_new(MembershipGroup, places)
    assert queries(app, teacher, "/course?group=g3&sort=look") <= MOST_QUERIES
    assert queries(app, teacher, "/course") <= MOST_QUERIES
