"""Notices of platforms: checked like launches, kept once, and never a failure of ours."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from lti_tool.courses.models import Context
from lti_tool.curriculum.models import ContextCopy, PlacementCopy
from lti_tool.lti.models import Deployment, ReceivedNotice
from lti_tool.outbox import OutboxMessage
from tests.browsers import TOOL, Browser
from tests.databases import change, on_sqlite, rows
from tests.lti.test_fuzz import anything, quietly
from tests.platforms import CLAIM, Answer, FakePlatform
from tests.signing import rsa_key
from tests.story import set_up

FIXTURE = Path(__file__).parent / "lti/fixtures/notices/canvas_context_copy_notice.json"
SCOPE = "https://purl.imsglobal.org/spec/lti/scope/noticehandlers"


def notice(platform: FakePlatform, **changes: Any) -> dict[str, Any]:
    """A notice as Canvas sends it, of our platform: course-1 was copied to course-2."""
    now = int(time.time())
    body: dict[str, Any] = json.loads(FIXTURE.read_text())
    body |= {
        "iss": platform.url,
        "aud": platform.client_id,
        "azp": platform.client_id,
        "iat": now,
        "exp": now + 3600,
        "nonce": uuid.uuid4().hex,
        CLAIM + "deployment_id": platform.deployment_id,
        CLAIM + "context": {"id": "course-2", "label": "PMO-102", "title": "The copy"},
        CLAIM + "origin_contexts": ["course-1"],
    }
    body[CLAIM + "notice"] = body[CLAIM + "notice"] | {"id": uuid.uuid4().hex}
    return {name: value for name, value in (body | changes).items() if value is not None}


def send(app: Flask, *tokens: str) -> TestResponse:
    return send_body(app, json.dumps({"notices": [{"jwt": token} for token in tokens]}))


def results(answer: TestResponse) -> list[dict[str, str]]:
    """What became of each notice."""
    body: dict[str, list[dict[str, str]]] = answer.get_json()
    return body["notices"]


def send_body(app: Flask, body: str | bytes) -> TestResponse:
    return app.test_client().post(
        "/lti/notices", data=body, content_type="application/json", base_url=TOOL
    )


def of_type(name: str) -> dict[str, Any]:
    return {CLAIM + "notice": {"id": uuid.uuid4().hex, "type": name, "timestamp": "now"}}


def test_a_notice_of_a_copy_lets_the_new_course_find_its_settings(
    app: Flask, new_browser: Callable[[], Browser], platform: FakePlatform
) -> None:
    set_up(new_browser(), attempts_allowed="7")
    token = platform.sign(notice(platform))
    answer = send(app, token)
    assert answer.status_code == 200 and results(answer)[0]["status"] == "taken"
    answer = send(app, token)
    assert answer.status_code == 200 and results(answer)[0]["status"] == "known"
    assert len(rows(app, ContextCopy)) == len(rows(app, ReceivedNotice)) == 1
    [copied] = rows(app, Context, context_id="course-2")
    assert copied.title == "The copy"

    learner = new_browser().launch(link="copy-1", context="course-2")
    assert "Two jobs compared" in learner.text
    page = new_browser().launch(sub="t", role="Instructor", link="copy-1", context="course-2")
    assert "This activity was copied" in page.text
    assert [copy.found_by for copy in rows(app, PlacementCopy)] == ["course"]


def test_the_source_may_lie_several_copies_back(
    app: Flask, new_browser: Callable[[], Browser], platform: FakePlatform
) -> None:
    set_up(new_browser())
    steps = [("course-1", "course-2"), ("course-2", "course-3"), ("course-3", "course-1")]
    for origin, course in steps:
        claims = {CLAIM + "origin_contexts": [origin], CLAIM + "context": {"id": course}}
        assert send(app, platform.sign(notice(platform, **claims))).status_code == 200
    assert "Two jobs" in new_browser().launch(link="copy-1", context="course-3").text


@on_sqlite
def test_a_greeting_is_answered_and_what_is_unknown_is_kept_by_name(
    app: Flask, platform: FakePlatform
) -> None:
    hello = platform.sign(notice(platform, **of_type("LtiHelloWorldNotice")))
    other = platform.sign(notice(platform, **of_type("LtiAssetProcessorSubmissionNotice")))
    answer = send(app, hello, other)
    assert answer.status_code == 200
    assert [each["status"] for each in results(answer)] == ["taken", "unused"]
    kept = {each.notice_type: each.used for each in rows(app, ReceivedNotice)}
    assert kept == {"LtiHelloWorldNotice": True, "LtiAssetProcessorSubmissionNotice": False}


BAD: dict[str, dict[str, Any]] = {
    "authorised_party_wrong": {"aud": ["client-1", "other"], "azp": None},
    "token_expired": {"exp": int(time.time()) - 3600},
    "claim_missing": {CLAIM + "notice": None},
    "deployment_unknown": {CLAIM + "deployment_id": "elsewhere"},
    "registration_unknown": {"iss": "https://elsewhere.example"},
    "version_wrong": {CLAIM + "version": "1.2"},
}


@on_sqlite
@pytest.mark.parametrize("reason", BAD)
def test_a_bad_notice_is_refused_by_its_reason_and_spoils_no_other(
    app: Flask, platform: FakePlatform, reason: str
) -> None:
    bad = platform.sign(notice(platform, **BAD[reason]))
    answer = send(app, bad)
    assert answer.status_code == 400
    assert results(answer)[0]["reason"] == reason
    answer = send(app, bad, platform.sign(notice(platform)), "no token")
    assert answer.status_code == 200
    assert [each["status"] for each in results(answer)] == ["refused", "taken", "refused"]


@on_sqlite
def test_a_notice_of_a_stranger_or_a_pending_installation_is_refused(
    app: Flask, platform: FakePlatform
) -> None:
    forged = platform.sign(notice(platform), key=rsa_key("somebody"))
    assert results(send(app, forged))[0]["reason"] == "signature_wrong"
    change(app, Deployment, approved=False)
    answer = send(app, platform.sign(notice(platform)))
    assert results(answer)[0]["reason"] == "deployment_pending"
    assert not rows(app, ReceivedNotice)


@on_sqlite
def test_keys_out_of_reach_ask_for_a_repetition(app: Flask, platform: FakePlatform) -> None:
    platform.answer_jwks = lambda: Answer(500)
    answer = send(app, platform.sign(notice(platform)))
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "60"


@on_sqlite
def test_a_course_that_was_never_seen_has_nothing_to_copy(
    app: Flask, platform: FakePlatform
) -> None:
    for claims in (
        {CLAIM + "origin_contexts": ["never-seen", 5, "\x00", "x" * 999]},
        {CLAIM + "origin_contexts": None},
        {CLAIM + "origin_contexts": ["course-2"]},
        {CLAIM + "context": None},
    ):
        answer = send(app, platform.sign(notice(platform, **claims)))
        assert answer.status_code == 200, claims
    assert not rows(app, ContextCopy)


SHAPES = [
    b"", b"null", b"[]", b"{}", b"\xff", b"[" * 9000, b'{"notices": 5}', b'{"notices": []}',
    b'{"notices": [{}]}', b'{"notices": [{"jwt": 5}]}', b'{"notices": {"jwt": "x"}}',
    json.dumps({"notices": [{"jwt": "x"}] * 201}).encode(),
]  # fmt: skip


@on_sqlite
def test_a_request_of_another_shape_is_refused(app: Flask) -> None:
    for shape in SHAPES:
        assert send_body(app, shape).status_code == 400, shape[:40]
    assert send_body(app, b"x" * 600_000).status_code == 413
    assert app.test_client().get("/lti/notices", base_url=TOOL).status_code == 405


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
@quietly
@given(st.dictionaries(st.sampled_from(["iss", "aud", "azp", "nonce", CLAIM + "notice",
       CLAIM + "context", CLAIM + "origin_contexts", CLAIM + "deployment_id"]), anything,
       max_size=4))  # fmt: skip
def test_whatever_a_platform_signs_the_answer_is_none_of_failure(
    app: Flask, platform: FakePlatform, claims: dict[str, Any]
) -> None:
    try:
        token = platform.sign(notice(platform) | claims)
    except TypeError:  # no text that can be signed
        return
    assert send(app, token).status_code in (200, 400)


OFFER = {
    CLAIM + "platformnotificationservice": {
        "service_versions": ["1.0"],
        "scope": [SCOPE],
        "notice_types_supported": ["LtiHelloWorldNotice", "LtiContextCopyNotice"],
    }
}


def offer(platform: FakePlatform, **changes: Any) -> dict[str, Any]:
    [(name, service)] = OFFER.items()
    url = f"{platform.url}/notice-handlers"
    return {name: service | {"platform_notification_service_url": url} | changes}


def test_the_tool_asks_for_notices_once_for_each_installation(
    app: Flask, browser: Browser, platform: FakePlatform, work: Callable[[], None]
) -> None:
    browser.launch(**offer(platform))
    work()
    handler = {"notice_type": "LtiContextCopyNotice", "handler": f"{TOOL}/lti/notices"}
    assert platform.notice_handlers == [handler]
    browser.launch(**offer(platform))
    work()
    assert len(platform.notice_handlers) == 1
    [deployment] = rows(app, Deployment)
    assert deployment.notices_asked_at is not None


@on_sqlite
def test_a_platform_that_does_not_take_our_address_is_a_matter_for_its_administrator(
    app: Flask, browser: Browser, platform: FakePlatform, work: Callable[[], None]
) -> None:
    platform.answer_notice_handler = lambda: Answer(403)
    browser.launch(**offer(platform))
    work()
    [message] = rows(app, OutboxMessage, handler="ask_for_notices")
    assert message.status == "dead" and "recognised without them" in str(message.last_error)


@on_sqlite
def test_what_is_not_offered_is_not_asked_for(
    browser: Browser, platform: FakePlatform, work: Callable[[], None]
) -> None:
    lacking: list[dict[str, Any]] = [
        {"scope": []},
        {"notice_types_supported": ["LtiHelloWorldNotice"]},
        {"platform_notification_service_url": "javascript:alert(1)"},
        {"platform_notification_service_url": None},
    ]
    for changes in lacking:
        browser.launch(**offer(platform, **changes))
    browser.launch(**{CLAIM + "platformnotificationservice": None})
    work()
    assert not platform.notice_handlers
