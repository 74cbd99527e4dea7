"""Entering: what a valid launch tells us is kept, and a visit begins (LTI 1.3 core, 5.3).

What the platform leaves empty never overwrites what it said before.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import select

from lti_tool.courses.models import Context, Membership, ResourceLink, User
from lti_tool.curriculum.placing import place
from lti_tool.db import db, upsert, utcnow
from lti_tool.events import LaunchReceived, LineItemChanged, publish
from lti_tool.launch.models import Launch
from lti_tool.lti.ags import SCORE_SCOPE
from lti_tool.lti.claims import ContextClaim, LaunchClaims, ResourceLinkClaim
from lti_tool.lti.history import origin_of_link
from lti_tool.lti.logins import digest
from lti_tool.lti.messages import ValidLaunch
from lti_tool.lti.models import Registration
from lti_tool.lti.profiles import PROFILES
from lti_tool.lti.refusals import refusal
from lti_tool.lti.registrations import origin_of
from lti_tool.lti.roles import POWERS, Power, Role, course_role

HOURS_WITHOUT_COOKIE = 4
PERSON = ("name", "given_name", "family_name", "email")


def enter(launch: ValidLaunch, page_secret: str = "") -> Launch:
    """Keep who came where, open the visit and publish `LaunchReceived`.

    `page_secret` proves the visit where no cookie does; such a visit is shorter. Called within a
    unit of work, after `lti.logins.consume`.
    """
    claims, deployment = launch.claims, launch.deployment
    context = _keep_context(deployment.id, claims.context or ContextClaim(id=""))
    user = _keep_user(deployment.registration_id, claims)
    link = _link_of(context, claims)
    role = course_role(claims.roles)
    if claims.deep_linking is not None and Power.LINK not in POWERS[role]:
        raise refusal("instructors_only")
    now = utcnow()
    membership = upsert(
        Membership,
        {"context_id": context.id, "user_id": user.id},
        {"role": role, "last_launch_at": now},
    )
    registration = launch.login.registration
    visit = Launch(
        login_state_id=launch.login.id,
        membership_id=membership.id,
        resource_link_id=link.id if link else None,
        deep_linking=asdict(claims.deep_linking) if claims.deep_linking else None,
        for_user=claims.for_user,
        mentees=list(claims.mentees) if role == Role.MENTOR else None,
        browser_hash=launch.login.browser_hash,
        secret_hash=digest(page_secret) if page_secret else None,
        role=role,
        document_target=claims.presentation.document_target,
        return_url=claims.presentation.return_url,
        locale=claims.presentation.locale or claims.locale,
        frame_ancestors=" ".join(_ancestors(registration, claims.presentation.return_url)),
        expires_at=now + timedelta(hours=_hours(with_cookie=not page_secret)),
    )
    db.session.add(visit)
    db.session.flush()
    publish(
        LaunchReceived(
            user_id=user.id,
            context_id=context.id,
            launch_id=visit.id,
            message_type=claims.message_type,
            resource_link_id=link.id if link else None,
            role=role,
        )
    )
    return visit


def _hours(*, with_cookie: bool) -> int:
    hours: int = current_app.config["LTI_TOOL"].session_hours
    return hours if with_cookie else min(hours, HOURS_WITHOUT_COOKIE)


def _keep_context(deployment_id: int, claim: ContextClaim) -> Context:
    return upsert(
        Context,
        {"deployment_id": deployment_id, "context_id": claim.id},
        {"label": claim.label, "title": claim.title},
        empty_keeps=True,
    )


def _keep_user(registration_id: int, claims: LaunchClaims) -> User:
    return upsert(
        User,
        {"registration_id": registration_id, "sub": claims.sub},
        {name: getattr(claims, name) for name in PERSON},
        empty_keeps=True,
    )


def _link_of(context: Context, claims: LaunchClaims) -> ResourceLink | None:
    """The link that the message is about, if any; a new one finds what was prepared for it."""
    if claims.resource_link is not None:
        link = _keep_link(context, claims, claims.resource_link)
        place(link, origin_of_link(claims))
        return link
    if claims.deep_linking is not None:
        return None
    column = claims.ags.lineitem
    of_column = select(ResourceLink).filter_by(context_id=context.id, lineitem_url=column)
    graded = db.session.scalar(of_column) if column else None
    if graded is None:
        raise refusal("claim_missing", "resource_link")
    return graded


def _keep_link(context: Context, claims: LaunchClaims, claim: ResourceLinkClaim) -> ResourceLink:
    """Keep the link; a line item that is new or another one is an event, for scores may wait."""
    key = {"context_id": context.id, "resource_link_id": claim.id}
    stored = select(ResourceLink.lineitem_url, ResourceLink.ags_scopes).filter_by(**key)
    known = db.session.execute(stored).one_or_none()
    link = upsert(
        ResourceLink,
        key,
        {
            "title": claim.title,
            "lineitem_url": claims.ags.lineitem,
            "lineitems_url": claims.ags.lineitems,
            "ags_scopes": list(claims.ags.scope),
        },
        empty_keeps=True,
    )
    if known is not None and _takes_scores_anew(link, known.lineitem_url, known.ags_scopes):
        publish(LineItemChanged(context_id=context.id, resource_link_id=link.id))
    return link


def _takes_scores_anew(link: ResourceLink, known_url: str, known_scopes: list[str]) -> bool:
    """Whether the line item is another one than was known, or takes scores only now."""
    is_opened = SCORE_SCOPE in link.ags_scopes and SCORE_SCOPE not in known_scopes
    return link.lineitem_url != known_url or is_opened


def _ancestors(registration: Registration | None, return_url: str) -> list[str]:
    """Who may frame the visit: the platform's own origins, as stated in signed or stored data."""
    if registration is None:
        return []
    urls = (registration.issuer, registration.auth_login_url, return_url)
    origins = dict.fromkeys(origin_of(url) for url in urls if origin_of(url))
    host = urlsplit(registration.issuer).netloc
    further = PROFILES[registration.profile].frame_ancestors
    return [*origins, *(each.format(host=host) for each in further)]
