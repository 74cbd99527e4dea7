"""The demo LMS's pages: people, course, gradebook; and that it stays on this machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from demo.lms import close_lms, create_lms
from demo.people import DANA, MODULE_1, RAVI, SOFIA, Person
from demo.serving import PortTaken, RunningLms, listen, serve_lms
from demo.settings import LmsSettings
from tests.demo.scripted_tool import Browser, ScriptedTool, call, platform_and_tool

NOTICE = "Demo platform: for trying and testing only"


@pytest.fixture
def app() -> Iterator[Flask]:
    app = create_lms()
    yield app
    close_lms(app)


def client_of(app: Flask, person: Person | None = None) -> FlaskClient:
    client = app.test_client()
    if person:
        client.post("/sign-in", data={"person": person.id})
    return client


@pytest.fixture
def sides() -> Iterator[tuple[RunningLms, ScriptedTool]]:
    with platform_and_tool() as both:
        yield both


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/course",
        "/course/links/link-1",
        "/launch/link-1",
        "/course/return?lti_msg=Bye",
        "/gradebook",
        "/auth",
        "/nowhere",
    ],
)
def test_every_page_says_that_it_is_a_demo(app: Flask, path: str) -> None:
    assert NOTICE in client_of(app, DANA).get(path).text


@pytest.mark.parametrize("path", ["/course", "/gradebook", "/launch/link-1"])
def test_stranger_is_sent_to_the_first_page(app: Flask, path: str) -> None:
    assert client_of(app).get(path).location == "/"


def test_unknown_person_cannot_sign_in(app: Flask) -> None:
    assert client_of(app).post("/sign-in", data={"person": "9"}).status_code == 400


def test_signing_out_forgets_the_person(app: Flask) -> None:
    client = client_of(app, RAVI)
    client.post("/sign-out")

    assert client.get("/course").location == "/"


def test_course_offers_each_link_in_the_frame_and_in_a_window(app: Flask) -> None:
    page = client_of(app, RAVI).get("/course").text

    for link in ("link-1", "link-2", "link-3"):
        assert f"/course/links/{link}" in page
        assert f"/launch/{link}?target=window" in page


def test_return_page_shows_what_the_tool_says_as_text(app: Flask) -> None:
    page = client_of(app, RAVI).get("/course/return", query_string={"lti_errormsg": "<b>no</b>"})

    assert "&lt;b&gt;no&lt;/b&gt;" in page.text
    assert 'target="_top"' in page.text


@pytest.mark.parametrize("host", ["campus.example", "10.0.0.5:8701", "localhost.campus.example"])
def test_other_host_names_are_refused(app: Flask, host: str) -> None:
    assert app.test_client().get("/", headers={"Host": host}).status_code == 400


def test_serving_refuses_an_address_that_others_can_reach() -> None:
    with pytest.raises(ValueError, match=r"not this machine"), serve_lms(host="0.0.0.0"):  # noqa: S104 - must be refused
        pass


def test_serving_says_that_a_port_is_taken() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=str(port)), serve_lms(port=port):
            pass


def test_teacher_sees_all_and_a_student_their_own(sides: tuple[RunningLms, ScriptedTool]) -> None:
    lms, tool = sides
    url = lms.settings.line_item_url(1)
    tool.post_score(url, RAVI, 8, "2026-03-01T10:00:00Z", comment="<i>Good</i>")
    tool.post_score(url, SOFIA, 9, "2026-03-01T10:00:00Z")
    with Browser(lms) as browser:
        browser.sign_in(DANA)
        page = browser.get("/gradebook").text
        assert "80 / 100" in page and "90 / 100" in page
        assert "&lt;i&gt;Good&lt;/i&gt;" in page
        assert len(browser.get("/gradebook.json").json()) == 9

        browser.sign_in(RAVI)
        page = browser.get("/gradebook").text
        assert "80 / 100" in page and "90 / 100" not in page
        cells = browser.get("/gradebook.json").json()
        assert {cell["student"] for cell in cells} == {"Ravi Menon"}
        assert (cells[0]["score"], cells[0]["posts"][0]["status"]) == (80, 200)


def test_part_of_a_page_is_sent_when_it_is_new(sides: tuple[RunningLms, ScriptedTool]) -> None:
    lms, tool = sides
    with Browser(lms) as browser:
        assert browser.get("/gradebook/table").status_code == 401
        browser.sign_in(RAVI)
        seen = browser.get("/gradebook/table").headers["X-Version"]
        assert browser.get("/gradebook/table", seen=seen).status_code == 204

        tool.post_score(lms.settings.line_item_url(1), RAVI, 8, "2026-03-01T10:00:00Z")

        assert "80 / 100" in browser.get("/gradebook/table", seen=seen).text
        assert "80 / 100" in browser.get(f"/course/links/{MODULE_1.id}/grade").text


def test_history_shows_what_was_refused(sides: tuple[RunningLms, ScriptedTool]) -> None:
    lms, tool = sides
    url = lms.settings.line_item_url(1)
    for given in (8, 9):
        tool.post_score(url, RAVI, given, "2026-03-01T10:00:00Z")
    tool.post_score(url, RAVI, 8, "soon")
    with Browser(lms) as browser:
        browser.sign_in(RAVI)
        page = browser.get("/gradebook").text

    assert "3 posts" in page
    assert "refused (409): not newer than the grade that is held" in page
    assert "refused (400): timestamp is not an ISO 8601 time" in page


def test_file_keeps_scores_and_the_key(tmp_path: Path) -> None:
    database, keys = tmp_path / "lms.sqlite", []
    for _ in range(2):
        app = create_lms(LmsSettings(), database)
        keys.append(app.test_client().get("/jwks").get_json()["keys"][0]["kid"])
        columns = client_of(app, RAVI).get("/gradebook.json").get_json()
        assert len(columns) == 3
        close_lms(app)

    assert keys[0] == keys[1]


def test_service_that_is_not_there_answers_in_json(
    sides: tuple[RunningLms, ScriptedTool],
) -> None:
    lms, _ = sides
    answer = call("GET", f"{lms.url}/services/none")

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/json")
