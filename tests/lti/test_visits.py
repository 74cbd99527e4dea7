"""What a launch leads to: a visit of its own, framed by its platform, in one of many tabs."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from flask import Flask

from tests.browsers import TOOL, Browser, text_of
from tests.databases import on_sqlite
from tests.platforms import CLAIM, FakePlatform
from tests.story import set_up


def test_the_keys_are_fetched_once_and_a_launch_asks_the_platform_nothing_else(
    app: Flask, new_browser: Callable[[], Browser], platform: FakePlatform
) -> None:
    set_up(new_browser())
    assert platform.requests == ["GET /jwks"]
    for number in range(3):
        assert new_browser().launch(sub=f"learner-{number}").status_code == 200
    assert platform.requests == ["GET /jwks"]


def test_each_process_fetches_the_keys_once(
    app: Flask, make_app: Callable[..., Flask], platform: FakePlatform
) -> None:
    """What one worker began, another may end: nothing of a login lives in memory."""
    other = make_app(LTI_TOOL_TRUSTED_ORIGINS=platform.url)
    first, second = Browser(app, platform), Browser(other, platform)
    state, nonce = first.begin()
    cookie = first.client.get_cookie("__Host-pmo_bridge", domain="tool.example")
    assert cookie is not None
    second.client.set_cookie(
        "__Host-pmo_bridge", cookie.value, domain="tool.example", origin_only=True
    )
    token = platform.sign(platform.claims(nonce, target=f"{TOOL}/"))
    assert second.finish(state, token).status_code == 303
    assert first.finish(state, token).status_code == 400


@on_sqlite
@pytest.mark.parametrize(
    ("return_url", "allowed"),
    [
        (None, ""),
        ("https://school.instructure.com/courses/1", " https://school.instructure.com"),
        ("javascript:alert(1)", ""),
        ("https://a.example; script-src *", ""),
        ("https://a.example\r\nX: y", ""),
    ],
)
def test_the_platforms_own_origins_alone_may_frame_the_visit(
    browser: Browser, platform: FakePlatform, return_url: str | None, allowed: str
) -> None:
    page = browser.launch(
        role="Instructor", **{CLAIM + "launch_presentation": {"return_url": return_url}}
    )
    policy = page.headers["Content-Security-Policy"]
    assert policy.endswith(f"frame-ancestors {platform.url}{allowed}")
    assert "X-Frame-Options" not in page.headers


def test_two_courses_and_two_people_in_one_browser_keep_apart(app: Flask, browser: Browser) -> None:
    """A teacher, then the student view of the same course, then another course, in three tabs."""
    set_up(browser)
    teacher = browser.launch_id
    browser.launch(sub="student-view", role="Learner")
    student = browser.launch_id
    browser.launch(sub="teacher-1", role="Instructor", context="course-2", link="link-2")
    elsewhere = browser.launch_id
    assert len({teacher, student, elsewhere}) == 3

    browser.launch_id = student
    assert browser.get("/settings").status_code == 403
    assert browser.post("/lessons/l1/complete").status_code == 303
    token_of_student = browser.token()

    browser.launch_id = teacher
    page = text_of(browser.get("/learners").text)
    assert "Name of student-view" in page and "1 of 4" in page
    assert browser.post("/settings", {}, token=token_of_student).status_code == 403

    browser.launch_id = elsewhere
    assert browser.get("/learners").status_code == 409  # nothing placed in the second course yet
    assert browser.get("/settings").status_code == 200


def test_two_launches_begun_at_once_in_one_browser_both_arrive(
    browser: Browser, platform: FakePlatform
) -> None:
    logins = [browser.begin(), browser.begin()]
    answers = [
        browser.finish(state, platform.sign(platform.claims(nonce, target=f"{TOOL}/", link=link)))
        for (state, nonce), link in zip(reversed(logins), ("link-1", "link-2"), strict=True)
    ]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len({answer.location for answer in answers}) == 2


@on_sqlite
def test_reloading_the_page_of_a_visit_goes_on(browser: Browser) -> None:
    browser.launch(role="Instructor")
    pages = [browser.get("/settings") for _ in range(2)]
    assert [page.status_code for page in pages] == [200, 200]


@on_sqlite
def test_a_redirect_stays_with_us_whatever_the_link_says(
    browser: Browser, platform: FakePlatform
) -> None:
    target = f"{TOOL}/lti/launch?next=https://evil.example"
    state, nonce = browser.begin(target_link_uri=target)
    answer = browser.finish(state, platform.sign(platform.claims(nonce, target=target)))
    assert answer.status_code == 303
    assert answer.location.startswith("/l/") and "evil" not in answer.location


@on_sqlite
def test_our_keys_are_published_as_platforms_need_them(app: Flask) -> None:
    answer = app.test_client().get("/lti/jwks", base_url=TOOL)
    [key] = json.loads(answer.text)["keys"]
    assert (key["kty"], key["alg"], key["use"]) == ("RSA", "RS256", "sig")
    assert key["kid"] and key["e"] == "AQAB" and len(key["n"]) >= 340
    assert not set(key) & {"d", "p", "q", "dp", "dq", "qi"}
