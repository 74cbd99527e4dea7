"""Rosters as platforms send them: every shape, every page, and what else may come."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lti_tool.errors import PlatformError
from lti_tool.lti import paging
from lti_tool.lti.groups import Group
from lti_tool.lti.models import Registration
from lti_tool.lti.nrps import Member, read_members, read_roster, with_query
from lti_tool.lti.roles import Role, course_role
from tests.databases import on_sqlite, rows
from tests.platforms import CLAIM, Answer, FakePlatform

FIXTURES = Path(__file__).parent / "fixtures/nrps"
SENT: dict[str, list[tuple[str, Role, str]]] = {
    "blackboard": [("b317a895e7f64796a3fd01bb18a61d65", Role.LEARNER, "Ada Student")],
    "canvas_page1": [
        ("3f2c9c6e-58e7-4d0c-9d6b-0d0f5d4b1c22", Role.INSTRUCTOR, "Grace Teacher"),
        ("a445ca99-1a64-4697-9bfa-508a118245ea", Role.LEARNER, "Ada Student"),
    ],
    "canvas_rlid": [("a445ca99-1a64-4697-9bfa-508a118245ea", Role.LEARNER, "Ada Student")],
    "d2l": [("d3f1105f-7b67-4282-b71a-33f3fdadfa95_2387", Role.LEARNER, "Ada Student")],
    "moodle": [
        ("3", Role.INSTRUCTOR, "Grace Teacher"),
        ("5", Role.LEARNER, "Ada Student"),
    ],
    "openedx": [("4f1a9e3a-0f0c-4a47-8e5d-6c2f7f3c1b20", Role.LEARNER, "")],
    "sakai": [("3b6f8e2d-4a1c-4f7b-8e55-a1b2c3d4e5f6", Role.LEARNER, "Ada Student")],
    "schoology": [
        ("1234568::aabbccddeeff", Role.INSTRUCTOR, "Grace Teacher"),
        ("1234567::1f2e3d4c5b6a", Role.LEARNER, "Ada Student"),
    ],
}
"""What each platform's example says: (user id, role in the course, name)."""


def body_of(name: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads((FIXTURES / f"{name}.json").read_text())["response"]["body"]
    return body


@pytest.mark.parametrize("name", SENT)
def test_each_platforms_roster_is_read(name: str) -> None:
    members = list(read_members(body_of(name)))
    assert [(m.user_id, course_role(m.roles), m.name) for m in members] == SENT[name]
    assert all(member.is_active for member in members)


def test_an_assistant_in_full_form(name: str = "canvas_page2") -> None:
    [tim] = read_members(body_of(name))
    assert tim.name == "Tim Assistant" and course_role(tim.roles) != Role.LEARNER


def test_only_what_is_shown_is_taken() -> None:
    """No e-mail address, no picture, no identifier of the school's own systems."""
    [ada] = read_members(body_of("canvas_rlid"))
    assert set(vars(ada)) == {
        "user_id", "roles", "status", "name", "given_name", "family_name", "groups",
    }  # fmt: skip
    assert not [each for each in ("sis-ada", "avatar", "@") if each in repr(ada)]


def test_groups_are_taken_where_they_are_told() -> None:
    """Canvas names sections in the launch that a member would make, Blackboard numbers groups."""
    [ada] = read_members(body_of("canvas_rlid"))
    assert [group.name for group in ada.groups] == ["Section 1, M-T", "Section 2, W-Th"]
    [ada] = read_members(body_of("blackboard"))
    assert ada.groups == (Group("_12_1"), Group("_14_1"))


@pytest.mark.parametrize(
    "told",
    [{"group_enrollments": None}, {"group_enrollments": "1"}, {"group_enrollments": [None, {}, 3]},
     {"group_enrollments": [{"group_id": None}, {"group_id": {}}, {"group_id": True}]},
     {"message": {"custom": {}}}, {"message": [{CLAIM + "custom": ["group_ids"]}, None]},
     {"message": [{CLAIM + "custom": {"group_ids": "$Membership.course.groupIds"}}]}],
)  # fmt: skip
def test_groups_in_no_shape_of_groups_are_none(told: dict[str, Any]) -> None:
    [read] = read_members({"members": [{"user_id": "1", "roles": ["Learner"]} | told]})
    assert read.groups == ()


@pytest.mark.parametrize(
    "body",
    [None, [], "", {}, {"members": None}, {"members": [{}]}, {"members": [{"user_id": 7}]},
     {"members": [None]}, {"members": {"user_id": "1"}}],
)  # fmt: skip
def test_what_is_no_roster_is_refused_in_words(body: Any) -> None:
    with pytest.raises(PlatformError, match="roster cannot be read") as refused:
        list(read_members(body))
    assert refused.value.kind == "needs admin"


@pytest.mark.parametrize(
    ("member", "active"),
    [({}, True), ({"status": "Active"}, True), ({"status": None}, True),
     ({"status": "Inactive"}, False), ({"status": "Deleted"}, False)],
)  # fmt: skip
def test_status(member: dict[str, Any], active: bool) -> None:
    """Absent means active (NRPS 2.0, 2.2.2)."""
    [read] = read_members({"members": [{"user_id": "1", "roles": ["Learner"]} | member]})
    assert read.is_active is active


def test_an_address_keeps_its_query() -> None:
    assert with_query("https://a.example/m?x=1&limit=7", {"limit": "100"}) == (
        "https://a.example/m?x=1&limit=100"
    )


Read = Callable[..., Mapping[str, Member]]


@pytest.fixture
def read(app: Flask, platform: FakePlatform) -> Read:
    [registration] = rows(app, Registration)

    def reading() -> Mapping[str, Member]:
        with app.app_context():
            return read_roster(registration, platform.roster_url())

    return reading


def gets(platform: FakePlatform) -> list[str]:
    return [line for line in platform.requests if line.startswith("GET")]


@on_sqlite
def test_all_pages_are_read_with_one_token(read: Read, platform: FakePlatform) -> None:
    platform.enrol(*(f"learner-{n}" for n in range(5)))
    assert list(read()) == [f"learner-{n}" for n in range(5)]
    first, *following = gets(platform)
    assert first == "GET /courses/course-1/memberships?tool=7&limit=100"
    assert [line.rpartition("&")[2] for line in following] == ["from=2", "from=4"]
    assert platform.tokens_issued == 1


@on_sqlite
def test_a_token_that_is_no_longer_accepted_is_renewed_once(
    read: Read, platform: FakePlatform
) -> None:
    platform.enrol("learner-1")
    read()
    platform.token_scopes.clear()
    assert list(read()) == ["learner-1"]
    assert platform.tokens_issued == 2


LINKS = {
    "another origin": ('<https://elsewhere.example/more>; rel="next"', "another address"),
    "another scheme": ('<file:///etc/passwd>; rel="next"', "another address"),
    "itself": ('<?tool=7&limit=100>; rel="next"', "has no end"),
}


@pytest.mark.parametrize("case", LINKS)
@on_sqlite
def test_pages_that_lead_astray(read: Read, platform: FakePlatform, case: str) -> None:
    """The token goes nowhere else, and there is an end."""
    link, said = LINKS[case]
    page = json.dumps({"members": []}).encode()
    platform.answer_members = lambda path: Answer(200, {"Link": link}, page)
    with pytest.raises(PlatformError, match=said):
        read()
    assert len(gets(platform)) == 1


@on_sqlite
def test_pages_without_end_are_cut_off(read: Read, platform: FakePlatform) -> None:
    page = json.dumps({"members": []}).encode()
    platform.answer_members = lambda path: Answer(200, {"Link": f'<{path}1>; rel="next"'}, page)
    with pytest.raises(PlatformError, match="has no end"):
        read()
    assert len(gets(platform)) == paging.PAGES


FAILURES: dict[str, tuple[Answer, str, str]] = {
    "scope": (Answer(403), "needs admin", "allow it Names and Role Provisioning"),
    "too large": (Answer(403, body=b'{"error": "above_response_limit"}'), "needs admin", "large"),
    "gone": (Answer(404), "needs instructor", "open the activity again"),
    "refused": (Answer(400), "needs admin", r"refused to give the roster \(400\)"),
    "busy": (Answer(429, {"Retry-After": "9"}), "wait", "pause"),
    "broken": (Answer(502), "retry", "problem of its own"),
    "a page": (Answer(200, body=b"<html>"), "retry", "could not be read"),
    "nothing": (Answer(200), "needs admin", "roster cannot be read"),
    "too much": (Answer(200, body=b" " * 2_000_000), "retry", "could not be read"),
}


@pytest.mark.parametrize("case", FAILURES)
@on_sqlite
def test_each_failure_is_classed_and_said_in_words(
    read: Read, platform: FakePlatform, case: str
) -> None:
    answer, kind, said = FAILURES[case]
    platform.answer_members = lambda path: answer
    with pytest.raises(PlatformError, match=said) as failed:
        read()
    assert failed.value.kind == kind


@on_sqlite
def test_a_scope_that_is_not_granted(read: Read, platform: FakePlatform) -> None:
    """Some platforms refuse the token, some give one that opens nothing."""
    platform.enrol("learner-1")
    platform.granted = lambda scope: ""
    with pytest.raises(PlatformError, match="allow it Names and Role Provisioning"):
        read()
    platform.answer_token = lambda: Answer(400, body=b'{"error": "invalid_scope"}')
    with pytest.raises(PlatformError, match="has not allowed the tool this service"):
        read()
