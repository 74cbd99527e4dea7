"""The demo LMS's services: line items, scores, results, members."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from demo.people import DANA, MODULE_1, MODULE_3, RAVI, SOFIA
from demo.serving import RunningLms
from tests.demo.scripted_tool import (
    LINE_ITEM,
    LINE_ITEM_READ,
    LINE_ITEM_TYPE,
    MEMBERS,
    RESULT,
    SCORE,
    SCORE_TYPE,
    ScriptedTool,
    call,
    get,
    platform_and_tool,
)

T1, T1_LATER_IN_THE_SECOND, T2 = (
    "2026-03-01T10:00:00.100Z",
    "2026-03-01T10:00:00.900Z",
    "2026-03-01T11:00:01+01:00",
)

Sides = tuple[RunningLms, ScriptedTool]


@pytest.fixture
def sides() -> Iterator[Sides]:
    with platform_and_tool() as both:
        yield both


def line_item_url(lms: RunningLms, number: int = 1) -> str:
    return lms.settings.line_item_url(number)


# Line items


def test_line_items_come_in_pages(sides: Sides) -> None:
    lms, tool = sides
    headers, labels, pages = tool.bearer(LINE_ITEM_READ), [], 0
    url: str | None = f"{lms.settings.line_items_url}&limit=2"
    while url:
        answer = get(url, headers)
        assert answer.headers["Content-Type"].startswith("application/vnd.ims.lis.v2.lineitemcont")
        labels += [item["label"] for item in answer.json()]
        url, pages = answer.links.get("next", {}).get("url"), pages + 1
        assert url is None or 'rel="next"' in answer.headers["Link"]

    assert (labels, pages) == (["Module 1", "Module 3", "New activity"], 2)


def test_line_items_of_one_link(sides: Sides) -> None:
    lms, tool = sides
    url = f"{lms.settings.line_items_url}&resource_link_id={MODULE_3.id}"
    (item,) = get(url, tool.bearer(LINE_ITEM)).json()

    assert item == {
        "id": line_item_url(lms, 2),
        "label": "Module 3",
        "scoreMaximum": 100,
        "resourceLinkId": MODULE_3.id,
    }
    assert get(item["id"], tool.bearer(LINE_ITEM)).json() == item


def test_tool_makes_changes_and_removes_a_line_item(sides: Sides) -> None:
    lms, tool = sides
    headers = {**tool.bearer(LINE_ITEM), "Content-Type": LINE_ITEM_TYPE}
    made = call(
        "POST",
        lms.settings.line_items_url,
        headers=headers,
        data=json.dumps({"label": "Reflection", "scoreMaximum": 12.5, "tag": "extra"}),
    )
    assert made.status_code == 201
    url = made.json()["id"]

    changed = call(
        "PUT", url, headers=headers, data=json.dumps({"label": "Plan", "scoreMaximum": 20})
    )
    assert changed.json() == {"id": url, "label": "Plan", "scoreMaximum": 20}
    assert call("DELETE", url, headers=headers).status_code == 204
    assert get(url, headers).status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"label": "No maximum"}, 400),
        ({"label": "", "scoreMaximum": 1}, 400),
        ({"label": "Zero", "scoreMaximum": 0}, 400),
        ({"label": "Elsewhere", "scoreMaximum": 1, "resourceLinkId": "none"}, 400),
        (["no object"], 400),
    ],
)
def test_bad_line_item_is_refused(sides: Sides, body: object, status: int) -> None:
    lms, tool = sides
    headers = {**tool.bearer(LINE_ITEM), "Content-Type": LINE_ITEM_TYPE}
    url = lms.settings.line_items_url

    assert call("POST", url, headers=headers, data=json.dumps(body)).status_code == status


# Scores and results


def test_score_is_refused_within_the_same_second_and_kept_in_the_history(sides: Sides) -> None:
    lms, tool = sides
    url = line_item_url(lms)

    answers = [
        tool.post_score(url, RAVI, given, at).status_code
        for given, at in ((5, T1), (9, T1_LATER_IN_THE_SECOND), (7, T2), (1, T1))
    ]

    assert answers == [200, 409, 200, 409]
    posts = lms.gradebook.posts(RAVI, MODULE_1)
    assert [(post.body["scoreGiven"], post.status) for post in posts] == [
        (5, 200),
        (9, 409),
        (7, 200),
        (1, 409),
    ]
    grade = lms.gradebook.grade(RAVI, MODULE_1)
    assert grade is not None and grade.score == 70


def test_score_that_is_not_fully_graded_erases(sides: Sides) -> None:
    lms, tool = sides
    url = line_item_url(lms)
    tool.post_score(url, RAVI, 5, T2)

    assert tool.post_score(url, RAVI, 6, T1).status_code == 409
    later = "2026-03-02T10:00:00Z"
    assert tool.post_score(url, RAVI, None, later, gradingProgress="Pending").status_code == 200
    assert lms.gradebook.grade(RAVI, MODULE_1) is None
    assert tool.post_score(url, RAVI, 6, T1).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"userId": DANA.id},
        {"userId": "nobody"},
        {"userId": 1002},
        {"timestamp": 1767225600},
        {"timestamp": "yesterday"},
        {"timestamp": "2026-03-01T10:00:00"},
        {"activityProgress": "Done"},
        {"gradingProgress": None},
        {"scoreMaximum": None},
        {"scoreMaximum": 0},
        {"scoreGiven": -1},
        {"scoreGiven": "8"},
        {"comment": 5},
    ],
    ids=lambda change: json.dumps(change),
)
def test_score_that_breaks_the_specification_is_refused(
    sides: Sides, change: dict[str, Any]
) -> None:
    lms, tool = sides
    answer = tool.post_score(line_item_url(lms), RAVI, 8, T1, **change)

    assert answer.status_code == 400
    assert answer.json()["error"]
    assert lms.gradebook.grade(RAVI, MODULE_1) is None


def test_score_needs_its_own_media_type(sides: Sides) -> None:
    lms, tool = sides
    url = line_item_url(lms).replace("?", "/scores?")
    headers = tool.bearer(SCORE)

    assert call("POST", url, headers=headers, json={}).status_code == 415
    headers["Content-Type"] = f"{SCORE_TYPE}; charset=utf-8"
    assert call("POST", url, headers=headers, data="no json").status_code == 400
    assert call("GET", url, headers=headers).status_code == 405


def test_score_for_an_unknown_line_item(sides: Sides) -> None:
    lms, tool = sides
    assert tool.post_score(line_item_url(lms, 99), RAVI, 8, T1).status_code == 404


def test_results_say_what_is_held(sides: Sides) -> None:
    lms, tool = sides
    url = line_item_url(lms)
    tool.post_score(url, RAVI, 8, T1, comment="Good")
    tool.post_score(url, SOFIA, 0, T1)
    results_url, headers = url.replace("?", "/results?"), tool.bearer(RESULT)

    answer = get(results_url, headers)
    assert answer.headers["Content-Type"].startswith("application/vnd.ims.lis.v2.resultcontainer")
    assert [(r["userId"], r["resultScore"], r["resultMaximum"]) for r in answer.json()] == [
        (RAVI.id, 80, 100),
        (SOFIA.id, 0, 100),
    ]
    (first,) = get(f"{results_url}&user_id={RAVI.id}", headers).json()
    assert (first["comment"], first["scoreOf"]) == ("Good", url)
    page = get(f"{results_url}&limit=1", headers)
    (second,) = get(page.links["next"]["url"], headers).json()
    assert second["userId"] == SOFIA.id


# Members


def test_members_come_in_pages(sides: Sides) -> None:
    lms, tool = sides
    headers, names = tool.bearer(MEMBERS), []
    url: str | None = f"{lms.settings.memberships_url}?limit=3&rlid={MODULE_1.id}"
    while url:
        answer = get(url, headers)
        assert answer.json()["context"]["label"] == "PMO-101"
        names += [member["name"] for member in answer.json()["members"]]
        url = answer.links.get("next", {}).get("url")

    assert names == ["Dana Whitfield", "Ravi Menon", "Sofia Lindqvist", "Tom Achterberg"]


def test_members_of_one_role_and_of_no_link(sides: Sides) -> None:
    lms, tool = sides
    url, headers = lms.settings.memberships_url, tool.bearer(MEMBERS)

    (teacher,) = get(f"{url}?role=Instructor", headers).json()["members"]
    assert (teacher["user_id"], teacher["status"]) == (DANA.id, "Active")
    assert get(f"{url}?rlid=none", headers).status_code == 403
