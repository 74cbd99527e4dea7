"""Deep Linking 2.0: what we place in a course, and the signed response that carries it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import jwt

from lti_tool.lti import keys
from lti_tool.lti.ags import timestamp_text
from lti_tool.lti.claims import CLAIM, DeepLinkingClaim
from lti_tool.lti.models import Registration
from lti_tool.lti.profiles import Profile
from lti_tool.lti.registrations import tool_url

DL_CLAIM = "https://purl.imsglobal.org/spec/lti-dl/claim/"
RESPONSE_SECONDS = 300
QUIZ_TAG = "quiz"


@dataclass(frozen=True, kw_only=True)
class NewLink:
    """A link to place; `placement` is our own id, which comes back with every launch of it."""

    placement: str
    title: str
    text: str
    points: Decimal
    opens_at: datetime | None = None
    due_at: datetime | None = None
    closes_at: datetime | None = None


def content_item(link: NewLink, asked: DeepLinkingClaim, profile: Profile) -> dict[str, Any]:
    """An `ltiResourceLink` item (Deep Linking 2.0, 2.1) with only what the platform accepts.

    Its custom values name our placement, and ask for what a platform tells at launches.
    """
    item: dict[str, Any] = {
        "type": "ltiResourceLink",
        "title": link.title,
        "text": link.text,
        "url": tool_url("/"),
        "icon": {"url": tool_url("/static/mark.png"), "width": 64, "height": 64},
        "custom": {"placement": link.placement, **profile.variables},
    }
    if asked.accept_lineitem is not False:
        item["lineItem"] = {
            "scoreMaximum": int(link.points),
            "label": link.title,
            "resourceId": link.placement,
            "tag": QUIZ_TAG,
        }
    if "window" in asked.document_targets:
        item["window"] = {"targetName": f"pmo_bridge_{link.placement}"}
    if "iframe" in asked.document_targets:
        item["iframe"] = {"width": 900, "height": 800}
    available = _span(startDateTime=link.opens_at, endDateTime=link.closes_at)
    submission = _span(startDateTime=link.opens_at, endDateTime=link.due_at)
    windows = {"available": available, "submission": submission}
    return item | {name: span for name, span in windows.items() if span}


def _span(**moments: datetime | None) -> dict[str, str]:
    return {name: timestamp_text(at) for name, at in moments.items() if at is not None}


def response_token(
    registration: Registration,
    deployment_id: str,
    asked: DeepLinkingClaim,
    items: Sequence[dict[str, Any]],
    message: str,
) -> str:
    """The signed `LtiDeepLinkingResponse` (Deep Linking 2.0, 3.4.2); no items: none was chosen."""
    now = int(time.time())
    body: dict[str, Any] = {
        "iss": registration.client_id,
        "sub": registration.client_id,
        "aud": registration.issuer,
        "iat": now - 5,
        "exp": now + RESPONSE_SECONDS,
        "nonce": secrets.token_urlsafe(24),
        CLAIM + "deployment_id": deployment_id,
        CLAIM + "message_type": "LtiDeepLinkingResponse",
        CLAIM + "version": "1.3.0",
        DL_CLAIM + "content_items": list(items),
        DL_CLAIM + "msg": message,
    }
    if asked.data is not None:
        body[DL_CLAIM + "data"] = asked.data
    signing = keys.signing_key()
    return jwt.encode(body, signing.private, algorithm="RS256", headers={"kid": signing.kid})
