"""What the authorization endpoint asks of a request before it answers with an id_token.

Library: `validate_preflight_response` looks only at nonce, state and client_id, by `assert`, and
takes any redirect_uri; so all of this is done here (Security Framework 1.0, 5.1.1.2 and 5.1.1.3).
"""

import time
from dataclasses import dataclass

from demo.people import PEOPLE, Person
from demo.settings import LmsSettings
from demo.storage import Storage

HINT_LIFE_SECONDS = 600

# Parameter -> its only value, and the error (OAuth 2.0, OpenID Connect) when it has another.
_FIXED = {
    "response_type": ("id_token", "unsupported_response_type"),
    "scope": ("openid", "invalid_scope"),
    "response_mode": ("form_post", "invalid_request"),
    "prompt": ("none", "invalid_request"),
}


@dataclass(frozen=True)
class Hint:
    """What a message hint stands for."""

    link_id: str
    document_target: str


class Refused(Exception):
    """The request is answered with an error, posted to the tool."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error, self.description = error, description

    def as_fields(self, asked: dict[str, str]) -> dict[str, str]:
        fields = {"error": self.error, "error_description": self.description}
        return {**fields, "state": asked["state"]} if asked.get("state") else fields


def check_addressee(asked: dict[str, str], settings: LmsSettings) -> str | None:
    """Why no answer can be sent: the client or its address is not the registered one."""
    if asked.get("client_id") != settings.client_id:
        return "client_id is not a registered tool's."
    if asked.get("redirect_uri") != settings.tool_redirect_uri:
        return "redirect_uri is not exactly the registered one."
    return None


def check_request(asked: dict[str, str]) -> None:
    """Raises Refused unless the request has the form that LTI prescribes."""
    for name, (value, error) in _FIXED.items():
        if asked.get(name) != value:
            raise Refused(error, f"{name} must be {value}")
    for name in ("nonce", "state", "login_hint", "lti_message_hint"):
        if not asked.get(name):
            raise Refused("invalid_request", f"{name} is missing")


def spend_hint(
    storage: Storage, asked: dict[str, str], person: Person | None
) -> tuple[Person, Hint]:
    """Check who asks and use the message hint up. Raises Refused."""
    if person is None:
        raise Refused("login_required", "nobody is signed in on the platform")
    if asked["login_hint"] != person.id or person.id not in PEOPLE:
        raise Refused("access_denied", "login_hint is not the person who is signed in")
    oldest = time.time() - HINT_LIFE_SECONDS
    with storage.transaction() as connection:
        row = connection.execute(
            "DELETE FROM message_hint WHERE hint = ? AND person_id = ? AND made_at > ?"
            " RETURNING link_id, document_target",
            [asked["lti_message_hint"], person.id, oldest],
        ).fetchone()
    if row is None:
        raise Refused("invalid_request", "lti_message_hint is unknown, used before or too old")
    return person, Hint(row["link_id"], row["document_target"])
