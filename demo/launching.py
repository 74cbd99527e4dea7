"""A launch: login initiation, then the authorization endpoint's answer (Security Framework, 5.1.1).

The library composes the messages and signs; what is asked of the tool is checked in
`demo.authorizing`.
"""
# mypy: disallow-subclassing-any=False
# The library is skipped by mypy (pyproject.toml), so its classes are Any here.

import secrets
import time
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Blueprint, abort, render_template, request, url_for
from lti1p3platform.exceptions import PreflightRequestValidationException
from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract
from lti1p3platform.oidc_login import OIDCLoginAbstract

from demo.ags import LINE_ITEM, LINE_ITEM_READ, RESULT_READ, SCORE
from demo.authorizing import Hint, Refused, check_addressee, check_request, spend_hint
from demo.course import find_link
from demo.line_items import line_item_of
from demo.lti_platform import DemoPlatform, FlaskRequest
from demo.people import COURSE, LINKS, Link, Person
from demo.settings import STORAGE_FRAME
from demo.signing_in import signed_in, someone_signed_in
from demo.state import LmsState, state

launching = Blueprint("launching", __name__)

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
AGS_CLAIM = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
COURSE_SECTION = "http://purl.imsglobal.org/vocab/lis/v2/course#CourseSection"
ID_TOKEN_SECONDS = 60


class DemoLogin(OIDCLoginAbstract):
    """The library's login initiation, as a form to post."""

    def set_lti_message_hint(self, *, hint: str) -> None:
        self._lti_message_hint = hint

    def get_redirect(self, url: str) -> dict[str, Any]:
        # Library: puts everything into a query; we post it, as Moodle does.
        address = urlsplit(url)
        fields = dict(parse_qsl(address.query, strict_parsing=True))
        return {"action": address._replace(query="").geturl(), "fields": fields}


class DemoLaunch(LTIAdvantageMessageLaunchAbstract):
    """The library's resource link launch, filled with a person and a link."""

    def __init__(
        self,
        asked: FlaskRequest,
        platform: DemoPlatform,
        here: LmsState,
        person: Person,
        hint: Hint,
    ) -> None:
        super().__init__(asked, platform)
        self._state, self._person, self._hint = here, person, hint

    def prepare_launch(self, preflight_response: dict[str, Any]) -> None:
        link = LINKS[self._hint.link_id]
        self.set_id_token_expiration(ID_TOKEN_SECONDS)
        self.set_user_data(
            self._person.id,
            self._person.roles,
            full_name=self._person.name,
            email_address=self._person.email,
        )
        self.set_launch_context_claim(
            COURSE.id, [COURSE_SECTION], context_title=COURSE.title, context_label=COURSE.label
        )
        self.set_resource_link_claim(link.id, description=link.description, title=link.title)
        self.set_custom_parameters_claim(dict(link.custom))
        self._set_services(link)
        self.set_extra_claims(self._further_claims())

    def render_launch_form(self, launch_data: dict[str, Any], **kwargs: Any) -> str:
        fields = {"id_token": launch_data["id_token"], "state": launch_data["state"]}
        return posting_page(launch_data["launch_url"], fields)

    def _set_services(self, link: Link) -> None:
        settings = self._state.settings
        item = line_item_of(self._state.storage, link.id)
        item_url = settings.line_item_url(item.id) if item else None
        self.set_ags(settings.line_items_url, item_url)
        # Library: names either lineitem or lineitem.readonly, never both.
        scopes = [LINE_ITEM, LINE_ITEM_READ, RESULT_READ, SCORE]
        self.set_extra_claims({AGS_CLAIM: {**self.extra_claims[AGS_CLAIM], "scope": scopes}})
        self.set_nrps(settings.memberships_url)

    def _further_claims(self) -> dict[str, Any]:
        """Library: knows no parts of names, no locale, no platform and no sourced ids."""
        settings = self._state.settings
        return {
            "given_name": self._person.given_name,
            "family_name": self._person.family_name,
            f"{CLAIM}launch_presentation": {
                "document_target": self._hint.document_target,
                "return_url": settings.issuer + url_for("course.return_page"),
                "locale": "en",
            },
            f"{CLAIM}tool_platform": {
                "guid": settings.issuer,
                "name": "Campus demo",
                "product_family_code": "demo-platform",
                "version": "1",
            },
            f"{CLAIM}lis": {"person_sourcedid": "", "course_section_sourcedid": COURSE.label},
        }


@launching.get("/launch/<link_id>")
def begin(link_id: str) -> str:
    """Login initiation: a page that posts itself to the tool."""
    person, here, link = someone_signed_in(), state(), find_link(link_id)
    target = "window" if request.args.get("target") == "window" else "iframe"
    hint = secrets.token_urlsafe(16)
    with here.storage.transaction() as connection:
        values = [hint, person.id, link.id, target, time.time()]
        connection.execute("INSERT INTO message_hint VALUES (?, ?, ?, ?, ?)", values)
    login = DemoLogin(FlaskRequest(request), _platform(here))
    login.set_launch_url(here.settings.tool_redirect_uri)
    login.set_lti_message_hint(hint=hint)
    form = login.initiate_login(person.id)
    if here.settings.keeps_storage:
        # Library: knows no platform storage.
        form["fields"]["lti_storage_target"] = STORAGE_FRAME
    return posting_page(form["action"], form["fields"])


@launching.get("/storage")
def storage_frame() -> str:
    """The frame that keeps data for tools (LTI Client Side postMessages)."""
    return render_template("storage.html")


@launching.route("/auth", methods=["GET", "POST"])
def auth() -> str:
    """The authorization endpoint: answers with an id_token, or with an error, by form_post."""
    here, asked, person = state(), request.values.to_dict(), signed_in()
    problem = check_addressee(asked, here.settings)
    if problem:
        # Whoever asked is not the registered tool, so nothing is sent anywhere.
        abort(400, problem)
    if person is None and "repost" not in asked:
        # A browser leaves a Lax cookie out when another site sends it here inside a frame. Asked
        # once more by a page of our own it comes along. Moodle does the same.
        return posting_page(url_for("launching.auth"), {**asked, "repost": "1"})
    try:
        check_request(asked)
        person, hint = spend_hint(here.storage, asked, person)
    except Refused as refused:
        return posting_page(asked["redirect_uri"], refused.as_fields(asked))
    return _answer(here, person, hint)


def _answer(here: LmsState, person: Person, hint: Hint) -> str:
    launch = DemoLaunch(FlaskRequest(request), _platform(here), here, person, hint)
    try:
        return str(launch.lti_launch())
    except PreflightRequestValidationException as problem:
        # Cannot happen after check_request(); were it to, it is a request that we do not serve.
        abort(400, f"This request is not complete: {problem}")


def posting_page(action: str, fields: dict[str, str]) -> str:
    """A page that posts a form by itself; without scripts it shows a button."""
    return render_template("posting.html", action=action, fields=fields)


def _platform(here: LmsState) -> DemoPlatform:
    return DemoPlatform(
        registration=here.registration, settings=here.settings, storage=here.storage
    )
