"""Every page of a visit, asked for by every role: who may open it, and whom they read about there.

A new page below `/l/<launch_id>/` gets one line in `NEEDS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lti_tool.courses.models import User
from lti_tool.curriculum.models import Placement
from lti_tool.lti.roles import POWERS, Power, Role
from tests.browsers import TOOL, Browser, text_of
from tests.databases import on_sqlite, rows
from tests.platforms import CLAIM
from tests.story import set_up, take_quiz

NewBrowser = Callable[[], Browser]

ANYBODY = frozenset(Power)
"""A page of everybody who has a visit, also without any power."""
SEES = frozenset({Power.SEE_LEARNERS, Power.SEE_MENTEES})
NEEDS: dict[str, frozenset[Power]] = {
    "accommodation.grant": frozenset({Power.CONFIGURE}),
    "accommodation.show": frozenset({Power.CONFIGURE}),
    "acts.delete_attempt": frozenset({Power.REPAIR}),
    "acts.give": frozenset({Power.REPAIR}),
    "acts.reopen_attempt": frozenset({Power.REPAIR}),
    "acts.set_grade": frozenset({Power.REPAIR}),
    "acts.take_back_grade": frozenset({Power.REPAIR}),
    "acts.write": frozenset({Power.MARK}),
    "again.finish": ANYBODY,
    "again.read": ANYBODY,
    "analytics.learner": SEES,
    "analytics.learners": SEES,
    "analytics.reviewed": ANYBODY,
    "course.overview": frozenset({Power.SEE_LEARNERS}),
    "course_settings.decide": frozenset({Power.CONFIGURE}),
    "course_settings.offer": frozenset({Power.CONFIGURE}),
    "course.report": frozenset({Power.SEE_LEARNERS}),
    "copying.answer": frozenset({Power.CONFIGURE}),
    "copying.question": frozenset({Power.CONFIGURE}),
    "curriculum.save_settings": frozenset({Power.CONFIGURE}),
    "curriculum.settings": frozenset({Power.CONFIGURE}),
    "exports.book": frozenset({Power.SEE_LEARNERS}),
    "exports.choose": frozenset({Power.SEE_LEARNERS}),
    "exports.table": frozenset({Power.SEE_LEARNERS}),
    "deliveries.replace": frozenset({Power.DELIVER}),
    "deliveries.send_all": frozenset({Power.DELIVER}),
    "deliveries.send_one": frozenset({Power.DELIVER}),
    "deliveries.show": frozenset({Power.DELIVER}),
    "grades.send_again": ANYBODY,
    "grades.show_receipt": ANYBODY,
    "items.question": frozenset({Power.SEE_LEARNERS, Power.CONFIGURE}),
    "items.questions": frozenset({Power.SEE_LEARNERS, Power.CONFIGURE}),
    "history.changes": frozenset({Power.CONFIGURE}),
    "launch.modules": ANYBODY,
    "launch.start": ANYBODY,
    "lessons.answer_check": ANYBODY,
    "lessons.complete": ANYBODY,
    "lessons.figure": ANYBODY,
    "lessons.glossary": ANYBODY,
    "lessons.lesson": ANYBODY,
    "lessons.module": ANYBODY,
    "lessons.sources": ANYBODY,
    "marking.answer": frozenset({Power.MARK}),
    "marking.queue": frozenset({Power.MARK}),
    "marking.save": frozenset({Power.MARK}),
    "picking.choose": frozenset({Power.LINK}),
    "picking.place": frozenset({Power.LINK}),
    "privacy.choose": ANYBODY,
    "privacy.data": ANYBODY,
    "privacy.export": ANYBODY,
    "practice.answer": ANYBODY,
    "practice.begin": ANYBODY,
    "practice.done": ANYBODY,
    "practice.overview": ANYBODY,
    "practice.question": ANYBODY,
    "quiz.calibration": ANYBODY,
    "quiz.extend": ANYBODY,
    "quiz.last_look": ANYBODY,
    "quiz.overview": ANYBODY,
    "quiz.question": ANYBODY,
    "quiz.questions": ANYBODY,
    "quiz.result": ANYBODY,
    "quiz.save": ANYBODY,
    "quiz.start": ANYBODY,
    "quiz.submit": ANYBODY,
    "roster.confirm": frozenset({Power.SEE_LEARNERS}),
    "roster.refresh": frozenset({Power.SEE_LEARNERS}),
    "roster.show": frozenset({Power.SEE_LEARNERS}),
    "repairs.propose": frozenset({Power.REPAIR}),
    "repairs.repair": frozenset({Power.REPAIR}),
    "repairs.undo": frozenset({Power.REPAIR}),
    "updates.decide": frozenset({Power.CONFIGURE}),
    "updates.offer": frozenset({Power.CONFIGURE}),
    "quiz.take_back": ANYBODY,
}
"""Which powers open a page, by its endpoint; one of them is enough."""

URIS = {
    Role.INSTRUCTOR: "Instructor",
    Role.ADMINISTRATOR: "Administrator",
    Role.ASSISTANT: "TeachingAssistant",
    Role.DESIGNER: "ContentDeveloper",
    Role.LEARNER: "Learner",
    Role.MENTOR: "Mentor",
    Role.OTHER: "Guest",
}
VALUES: dict[str, Any] = {"slug": "l1", "lesson_id": "M1.L1"}


def pages(app: Flask, *, number: int = 1) -> Iterator[tuple[str, str, str]]:
    """Endpoint, method and path below the launch of every route; each number in it is `number`."""
    adapter = app.url_map.bind("tool.example")
    for rule in app.url_map.iter_rules():
        if "launch_id" not in rule.arguments:
            continue
        values = {name: VALUES.get(name, number) for name in rule.arguments} | {"launch_id": "X"}
        path = adapter.build(rule.endpoint, values).removeprefix("/l/X")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            yield rule.endpoint, method, path


def ask(browser: Browser, method: str, path: str) -> TestResponse:
    """A form carries the visit's token and nothing else."""
    form = {"csrf_token": browser.token()} if method != "GET" else None
    return browser.client.open(
        browser.path(path), method=method, data=form, base_url=TOOL, buffered=True
    )


LOOKS_ON = "This page is for instructors of the course"
WORKS_HERE = "Your role in this course does not include this page"
CLOSED = dict.fromkeys(Role, WORKS_HERE) | {Role.LEARNER: LOOKS_ON, Role.OTHER: LOOKS_ON}


@pytest.fixture
def course(app: Flask, new_browser: NewBrowser) -> dict[str, Browser]:
    """A course in which two learners have worked."""
    set_up(new_browser())
    people = {}
    for sub in ("learner-1", "learner-2"):
        people[sub] = new_browser()
        people[sub].launch(sub=sub)
        take_quiz(app, people[sub], right=1)
    return people


def somebody(new_browser: NewBrowser, role: Role, **claims: Any) -> Browser:
    browser = new_browser()
    browser.launch(sub=f"the-{role}", role=URIS[role], **claims)
    return browser


@on_sqlite
def test_every_page_says_who_may_open_it(app: Flask) -> None:
    assert sorted(NEEDS) == sorted({endpoint for endpoint, _, _ in pages(app)})


@on_sqlite
@pytest.mark.parametrize("role", Role)
def test_a_page_opens_to_those_with_its_power_and_to_nobody_else(
    app: Flask, course: dict[str, Browser], new_browser: NewBrowser, role: Role
) -> None:
    browser = somebody(new_browser, role)
    for endpoint, method, path in pages(app):
        opens = NEEDS[endpoint] == ANYBODY or bool(NEEDS[endpoint] & POWERS[role])
        answer = ask(browser, method, path)
        assert (answer.status_code != 403) == opens, (role, method, path, answer.status_code)
        if not opens:
            assert CLOSED[role] in answer.text
        assert answer.status_code < 500 and answer.status_code != 401, (role, method, path)


def names_on(browser: Browser, app: Flask) -> set[str]:
    """Whose names a person gets to read, opening every page with every number that there is."""
    found = set()
    people = {f"Name of {user.sub}" for user in rows(app, User)}
    for number in range(1, len(people) + 2):
        for _, method, path in pages(app, number=number):
            if method == "GET":
                answer = browser.follow(ask(browser, method, path))
                words = text_of(answer.text) if answer.mimetype == "text/html" else ""
                found |= {name for name in people if name in words}
    return found


BOTH = {"Name of learner-1", "Name of learner-2"}
READS: dict[Role, set[str]] = {
    Role.INSTRUCTOR: BOTH,
    Role.ADMINISTRATOR: BOTH,
    Role.ASSISTANT: BOTH,
    Role.DESIGNER: set(),
    Role.LEARNER: set(),
    Role.MENTOR: {"Name of learner-2"},
    Role.OTHER: set(),
}


@on_sqlite
@pytest.mark.parametrize("role", Role)
def test_whom_each_role_reads_about(
    app: Flask, course: dict[str, Browser], new_browser: NewBrowser, role: Role
) -> None:
    mentees = {CLAIM + "role_scope_mentor": ["learner-2", "somebody-elsewhere", 3]}
    browser = somebody(new_browser, role, **mentees)
    read = names_on(browser, app) - {f"Name of the-{role}", "Name of teacher-1"}
    assert read == READS[role]


@pytest.fixture
def elsewhere(app: Flask, course: dict[str, Browser], new_browser: NewBrowser) -> str:
    """The id of another activity of the course, in which learner-1 has worked."""
    set_up(new_browser(), link="link-2")
    course["learner-1"].launch(sub="learner-1", link="link-2")
    take_quiz(app, course["learner-1"], right=1)
    return str(rows(app, Placement)[1].public_id)


def at(browser: Browser, placement: str) -> Browser:
    """The same visit at another activity."""
    browser.launch_id = f"{browser.launch_id.partition('.')[0]}.{placement}"
    return browser


@on_sqlite
@pytest.mark.parametrize("role", Role)
def test_another_activity_of_the_course_opens_to_staff_by_the_same_powers(
    app: Flask, elsewhere: str, new_browser: NewBrowser, role: Role
) -> None:
    """Learners, and who only looks on, reach an activity by its own link alone."""
    browser = somebody(new_browser, role)
    token = browser.token()
    at(browser, elsewhere)
    is_staff = POWERS[role] > {Power.PREVIEW}
    for endpoint, method, path in pages(app):
        opens = is_staff and (NEEDS[endpoint] == ANYBODY or NEEDS[endpoint] & POWERS[role])
        form = {"csrf_token": token} if method != "GET" else None
        where = browser.path(path)
        answer = browser.client.open(where, method=method, data=form, base_url=TOOL, buffered=True)
        assert (answer.status_code != 403) == bool(opens), (role, method, path)
        assert answer.status_code < 500 and answer.status_code != 401, (role, method, path)


@on_sqlite
@pytest.mark.parametrize("role", Role)
def test_nobody_reads_of_more_people_at_another_activity(
    app: Flask, elsewhere: str, new_browser: NewBrowser, role: Role
) -> None:
    browser = somebody(new_browser, role, **{CLAIM + "role_scope_mentor": ["learner-2"]})
    read = names_on(at(browser, elsewhere), app) - {f"Name of the-{role}", "Name of teacher-1"}
    assert read == READS[role]


@on_sqlite
def test_no_visit_reaches_an_activity_of_another_course(
    app: Flask, elsewhere: str, new_browser: NewBrowser
) -> None:
    abroad = new_browser()
    abroad.launch(sub="teacher-2", role="Instructor", link="link-9", context="course-2")
    for placement in (elsewhere, "x" * 16, "1", ".", elsewhere + "." + elsewhere, "%00", "%ff"):
        for path in ("/settings", "/learners", "/module", "/course", "/data", "/"):
            assert at(abroad, placement).get(path).status_code == 404, (placement, path)


@on_sqlite
def test_a_learner_does_not_reach_even_their_own_activity_in_that_way(
    app: Flask, elsewhere: str, course: dict[str, Browser]
) -> None:
    """An activity may be closed at the platform: then its link is, and so is this."""
    learner = course["learner-1"]
    for placement in rows(app, Placement):
        assert at(learner, placement.public_id).get("/module").status_code == 403
    assert at(course["learner-2"], elsewhere).get("/quiz/1/result").status_code == 403


@on_sqlite
def test_mentees_that_can_be_nobody_are_passed_over(
    course: dict[str, Browser], new_browser: NewBrowser
) -> None:
    named = {CLAIM + "role_scope_mentor": ["learner-2", 3, "", "\0", "\ud800", "x" * 300]}
    mentor = somebody(new_browser, Role.MENTOR, **named)
    page = mentor.get("/learners")
    assert page.status_code == 200 and "Name of learner-2" in page.text


@on_sqlite
def test_a_learner_reads_nobody_elses_answers(
    app: Flask, course: dict[str, Browser], new_browser: NewBrowser
) -> None:
    """The numbers in an address count within one's own work, whatever they are."""
    newcomer = somebody(new_browser, Role.LEARNER)
    for number in (1, 2, 3):
        for endpoint, method, path in pages(app, number=number):
            if endpoint in ("quiz.question", "quiz.result", "quiz.last_look", "quiz.submit"):
                assert ask(newcomer, method, path).status_code == 404, path


LANDS = {
    Role.INSTRUCTOR: "/learners",
    Role.ADMINISTRATOR: "/learners",
    Role.ASSISTANT: "/learners",
    Role.DESIGNER: "/settings",
    Role.LEARNER: "/module",
    Role.MENTOR: "/learners",
    Role.OTHER: "/module",
}


@on_sqlite
@pytest.mark.parametrize("role", Role)
def test_each_role_lands_where_its_work_is(
    course: dict[str, Browser], new_browser: NewBrowser, role: Role
) -> None:
    browser = somebody(new_browser, role)
    answer = browser.client.get(browser.path("/"), base_url=TOOL)
    assert answer.location == browser.path(LANDS[role])
    page = browser.follow(answer)
    assert page.status_code == 200
    tabs = {name for name in ("Learners", "Settings") if f">{name}</a>" in page.text}
    assert ("Settings" in tabs) == (Power.CONFIGURE in POWERS[role])
    assert ("Learners" in tabs) == bool(SEES & POWERS[role])


@on_sqlite
def test_a_mentor_reviews_a_learner_of_theirs_and_no_other(
    course: dict[str, Browser], new_browser: NewBrowser
) -> None:
    for sub, status in (("learner-2", 200), ("learner-1", 404)):
        mentor = new_browser()
        page = mentor.launch(
            sub="mentor-1",
            role="Mentor",
            **{
                CLAIM + "message_type": "LtiSubmissionReviewRequest",
                CLAIM + "for_user": {"user_id": sub},
                CLAIM + "role_scope_mentor": ["learner-2"],
            },
        )
        assert page.status_code == status
        assert ("Name of learner-2" in page.text) == (status == 200)


@on_sqlite
def test_a_mentor_without_learners_sees_none(
    course: dict[str, Browser], new_browser: NewBrowser
) -> None:
    page = somebody(new_browser, Role.MENTOR).get("/learners")
    assert "Name of" not in page.text
    assert "None of your people has opened this link yet" in text_of(page.text)
