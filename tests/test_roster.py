"""Who is in the course, as the platform's roster says: applied by and by, and never in haste."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from lti_tool.courses import roster
from lti_tool.courses.models import Context, Membership, Roster, User
from lti_tool.db import utcnow
from lti_tool.events import EventRecord
from lti_tool.outbox import OutboxMessage, Status
from tests.browsers import Browser, text_of
from tests.databases import change, on_sqlite, rows
from tests.platforms import MEMBERSHIP, NRPS, Answer, FakePlatform
from tests.story import set_up

Work = Callable[[], None]


@pytest.fixture
def teacher(platform: FakePlatform, browser: Browser) -> Browser:
    """A teacher of a course in which the platform lists the teacher and three learners."""
    platform.enrol("teacher-1", role="Instructor")
    platform.enrol("ada", "ben", "cleo")
    set_up(browser)
    return browser


def table(browser: Browser) -> str:
    return text_of(browser.get("/learners").text)


def reread(browser: Browser, work: Work, app: Flask) -> None:
    """The teacher presses the button, and a worker reads."""
    change(app, Roster, asked_at=utcnow() - timedelta(minutes=5))
    answer = browser.post("/roster")
    assert answer.status_code == 303 and answer.location.endswith("/learners")
    work()


def members(app: Flask) -> dict[str, Membership]:
    subs = {user.id: user.sub for user in rows(app, User)}
    return {subs[each.user_id]: each for each in rows(app, Membership)}


def waiting(app: Flask, handler: str = roster.HANDLER) -> int:
    return len(rows(app, OutboxMessage, handler=handler, status=Status.WAITING))


def test_people_who_never_came_are_listed(app: Flask, teacher: Browser, work: Work) -> None:
    """The teacher's launch asks; the page never waits; then everybody stands in the table."""
    before = table(teacher)
    assert "The list of people is being read" in before and "Name of ada" not in before
    work()
    after = table(teacher)
    assert "Read from your platform just now: 4 people." in after
    assert "3 of 3 learners have not opened the course yet." in after
    assert after.count("Has not opened it yet") == 3 and "Name of ada" in after
    ada = members(app)["ada"]
    assert (ada.role, ada.roster_role, ada.last_launch_at) == ("learner", "learner", None)
    page = teacher.get(f"/learners/{ada.user_id}")
    assert "Has not opened the course yet" in page.text


def test_somebody_listed_arrives(
    app: Flask, teacher: Browser, new_browser: Callable[[], Browser], work: Work
) -> None:
    work()
    new_browser().launch(sub="ada")
    assert "2 of 3 learners have not opened the course yet." in table(teacher)
    assert len(rows(app, User)) == 4 and members(app)["ada"].last_launch_at


def test_a_launch_says_more_of_a_role_than_the_roster(
    app: Flask, platform: FakePlatform, teacher: Browser, work: Work
) -> None:
    """Both are kept: somebody who learns in one section may teach in another."""
    platform.leave("teacher-1")
    platform.enrol("teacher-1", role="Learner")
    work()
    member = members(app)["teacher-1"]
    assert (member.role, member.roster_role) == ("instructor", "learner")


def test_only_differences_are_written(
    app: Flask, platform: FakePlatform, teacher: Browser, work: Work
) -> None:
    work()
    reread(teacher, work, app)
    [event] = rows(app, EventRecord, name="RosterChanged")
    assert event.data == {"joined": 3, "left": 0, "people": 4}
    platform.enrol("dora")
    reread(teacher, work, app)
    assert rows(app, EventRecord, name="RosterChanged")[1].data["joined"] == 1


def test_nobody_goes_on_one_answer(
    app: Flask, platform: FakePlatform, teacher: Browser, work: Work
) -> None:
    """Two lists in a row must lack somebody; coming back makes them active again."""
    work()
    platform.leave("ben")
    reread(teacher, work, app)
    assert "Name of ben" in table(teacher) and members(app)["ben"].inactive_since is None
    reread(teacher, work, app)
    assert "Name of ben" not in table(teacher) and members(app)["ben"].inactive_since
    assert len(rows(app, User)) == 4, "nobody is deleted"
    platform.enrol("ben")
    reread(teacher, work, app)
    assert "Name of ben" in table(teacher) and members(app)["ben"].inactive_since is None


def test_an_absence_in_between_does_not_count(
    app: Flask, platform: FakePlatform, teacher: Browser, work: Work
) -> None:
    work()
    for _ in range(2):
        platform.leave("ben")
        reread(teacher, work, app)
        platform.enrol("ben")
        reread(teacher, work, app)
    assert members(app)["ben"].absences == 0 and members(app)["ben"].inactive_since is None


def test_who_worked_and_left_stays_in_sight(
    app: Flask, platform: FakePlatform, teacher: Browser, new_browser: Callable[[], Browser],
    work: Work,
) -> None:  # fmt: skip
    new_browser().launch(sub="ben")
    work()
    platform.leave("ben")
    for _ in range(2):
        reread(teacher, work, app)
    assert "Name of ben No longer in the course" in table(teacher)
    new_browser().launch(sub="ben")
    assert "No longer in the course" not in table(teacher)


@pytest.mark.parametrize("status", ["Inactive", "Deleted"])
@on_sqlite
def test_the_platform_says_that_somebody_left(
    app: Flask, platform: FakePlatform, teacher: Browser, work: Work, status: str
) -> None:
    """That is a statement, not a gap: it counts at once. Strangers who left are not taken in."""
    work()
    platform.leave("ben")
    platform.enrol("ben", "stranger", status=status)
    reread(teacher, work, app)
    assert members(app)["ben"].inactive_since and "stranger" not in members(app)


@pytest.fixture
def large(app: Flask, platform: FakePlatform, teacher: Browser, work: Work) -> Browser:
    """Eleven people are known; then the platform forgets six of them."""
    platform.enrol(*(f"learner-{n}" for n in range(7)))
    work()
    platform.leave(*(f"learner-{n}" for n in range(6)))
    reread(teacher, work, app)
    return teacher


def test_a_list_that_shrinks_by_half_is_held_back(
    app: Flask, platform: FakePlatform, large: Browser, work: Work
) -> None:
    for _ in range(2):
        said = table(large)
        assert "lacks 6 people" in said and "nobody was taken off" in said
        assert "Read from your platform just now: 11 people." in said
        reread(large, work, app)
    assert all(each.absences == 0 for each in rows(app, Membership))
    assert rows(app, EventRecord, name="RosterHeldBack")[0].data == {"missing": 6}
    platform.enrol(*(f"learner-{n}" for n in range(6)))
    reread(large, work, app)
    assert "lacks" not in table(large), "it was a mistake, and has passed"


def test_a_list_that_shrank_is_right_when_the_instructor_says_so(
    app: Flask, large: Browser, work: Work
) -> None:
    assert large.post("/roster/confirm").status_code == 303
    work()
    assert "Read from your platform just now: 5 people." in table(large)
    assert "Name of learner-0" in table(large), "yet not on one answer only"
    large.post("/roster/confirm")
    work()
    assert "Name of learner-0" not in table(large)


@on_sqlite
def test_a_small_course_may_empty(
    app: Flask, platform: FakePlatform, teacher: Browser, work: Work
) -> None:
    work()
    platform.members = []
    for _ in range(2):
        reread(teacher, work, app)
    assert "Read from your platform just now: 0 people." in table(teacher)
    assert "Name of ada" not in table(teacher)


def test_names_come_and_stay(
    app: Flask, platform: FakePlatform, teacher: Browser, work: Work
) -> None:
    """A roster without names takes none away; a new name is taken over."""
    work()
    for member in platform.members or []:
        if member["user_id"] == "ada":
            member.update(name=None, family_name="")
        elif member["user_id"] == "ben":
            member["name"] = "Benjamin"
    reread(teacher, work, app)
    assert "Name of ada" in table(teacher) and "Benjamin" in table(teacher)


@on_sqlite
def test_a_roster_without_names(
    app: Flask, platform: FakePlatform, teacher: Browser, work: Work
) -> None:
    platform.members = [{"user_id": sub, "roles": ["Learner"]} for sub in ("anon-1", "anon-2")]
    work()
    said = table(teacher)
    assert said.count("Has not opened it yet") == 2
    for sub in ("anon-1", "anon-2"):
        assert f"Person {members(app)[sub].user_id}" in said and sub not in said


@on_sqlite
def test_a_course_of_more_people_than_fit_on_a_page(
    app: Flask, platform: FakePlatform, teacher: Browser, work: Work
) -> None:
    platform.page_members = 100
    platform.enrol(*(f"many-{n:04}" for n in range(1200)))
    work()
    assert len(rows(app, Membership)) == 1204
    assert "Page 1 of 25, 1203 learners" in table(teacher)


FAILURES: dict[str, tuple[Answer, str, bool]] = {
    "scope": (Answer(403), "allow it Names and Role Provisioning", False),
    "token": (Answer(401), "allow it Names and Role Provisioning", False),
    "gone": (Answer(404), "open the activity again from the course", False),
    "down": (Answer(503), "has a problem of its own (503)", True),
}


@pytest.mark.parametrize("case", FAILURES)
@on_sqlite
def test_a_failure_is_said_and_takes_nothing_away(
    app: Flask, platform: FakePlatform, teacher: Browser, work: Work, case: str
) -> None:
    work()
    answer, said, again = FAILURES[case]
    platform.answer_members = lambda path: answer
    reread(teacher, work, app)
    page = table(teacher)
    assert said in page and "Read from your platform just now: 4 people." in page
    assert "Name of ada" in page
    assert bool(waiting(app)) is again, "time may cure it, or a person must"
    platform.answer_members = lambda path: None
    reread(teacher, work, app)
    assert said not in table(teacher)


@on_sqlite
def test_a_platform_without_rosters(app: Flask, browser: Browser, work: Work) -> None:
    set_up(browser)
    said = table(browser)
    assert "does not tell PMO Bridge who is in the course" in said
    assert "Refresh the list" not in said and not waiting(app)
    assert browser.post("/roster").status_code == 409


@on_sqlite
def test_learners_neither_ask_nor_see(
    app: Flask, platform: FakePlatform, teacher: Browser, new_browser: Callable[[], Browser],
    work: Work,
) -> None:  # fmt: skip
    work()
    change(app, Roster, asked_at=utcnow() - timedelta(days=2))
    learner = new_browser()
    learner.launch(sub="ada")
    assert not waiting(app)
    assert learner.get("/roster").status_code == 403
    assert learner.post("/roster").status_code == 403


@on_sqlite
def test_a_teacher_who_comes_asks_only_when_the_list_is_old(
    app: Flask, teacher: Browser, new_browser: Callable[[], Browser], work: Work
) -> None:
    work()
    new_browser().launch(sub="teacher-1", role="Instructor")
    assert not waiting(app)
    change(app, Roster, asked_at=utcnow() - timedelta(hours=2))
    new_browser().launch(sub="teacher-1", role="Instructor")
    assert waiting(app) == 1


@on_sqlite
def test_pressing_the_button_twice_asks_once(app: Flask, teacher: Browser, work: Work) -> None:
    work()
    for _ in range(3):
        assert teacher.post("/roster").status_code == 303
    assert not waiting(app)


@on_sqlite
def test_the_script_watches_the_reading(teacher: Browser, work: Work) -> None:
    def look() -> dict[str, Any]:
        answer = teacher.get("/roster")
        assert answer.json is not None
        return dict(answer.json)

    assert 'data-watch="' in teacher.get("/learners").text
    assert look()["settled"] is False
    work()
    found = look()
    assert found["settled"] is True and "Show the list" in found["html"]
    assert 'data-watch="' not in teacher.get("/learners").text


SCHEDULES: dict[str, tuple[timedelta, timedelta, int]] = {
    "fresh": (timedelta(hours=1), timedelta(days=1), 0),
    "old, in use": (timedelta(hours=7), timedelta(days=13), 1),
    "old, out of use": (timedelta(hours=7), timedelta(days=15), 0),
}


@pytest.mark.parametrize("case", SCHEDULES)
@on_sqlite
def test_the_schedule_reads_what_is_old_and_in_use(
    app: Flask, teacher: Browser, work: Work, case: str
) -> None:
    work()
    asked, launched, expected = SCHEDULES[case]
    change(app, Roster, asked_at=utcnow() - asked)
    change(app, Membership, last_launch_at=utcnow() - launched)
    with app.app_context():
        roster.read_stale_rosters(0)
    assert waiting(app) == expected


def test_the_address_of_the_roster_is_kept(
    app: Flask, platform: FakePlatform, teacher: Browser, new_browser: Callable[[], Browser]
) -> None:
    """A launch that names none leaves it; one that names another moves it."""
    learner = new_browser()
    learner.launch(**{NRPS: None})
    [context] = rows(app, Context)
    assert context.memberships_url == platform.roster_url()
    learner.launch(**{NRPS: {"context_memberships_url": f"{platform.url}/courses/new/memberships"}})
    assert rows(app, Context)[0].memberships_url.endswith("/courses/new/memberships")


@on_sqlite
def test_names_with_markup_stay_text(platform: FakePlatform, teacher: Browser, work: Work) -> None:
    platform.enrol("eve", name="<script>alert(1)</script>", roles=[MEMBERSHIP + "Learner"])
    work()
    page = teacher.get("/learners").text
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page
