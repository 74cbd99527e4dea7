"""Entering: what a valid launch tells us is kept, and a visit begins (LTI 1.3 core, 5.3).

What the platform leaves empty never overwrites what it said before.
"""

from __future__ import annotations

from datetime import timedelta

from flask import current_app
from sqlalchemy import select

from lti_tool.courses.models import Context, Membership, ResourceLink, User
from lti_tool.db import db, upsert, utcnow
from lti_tool.events import LaunchReceived, LineItemChanged, publish
from lti_tool.launch.models import Launch
from lti_tool.lti.claims import ContextClaim, LaunchClaims
from lti_tool.lti.messages import ValidLaunch, digest
from lti_tool.lti.models import Registration
from lti_tool.lti.profiles import PROFILES
from lti_tool.lti.registrations import origin_of
from lti_tool.lti.roles import course_role

HOURS_WITHOUT_COOKIE = 4
PERSON = ("name", "given_name", "family_name", "email")


def enter(launch: ValidLaunch, page_secret: str = "") -> Launch:
    """Keep who came where, open the visit and publish `LaunchReceived`.

    `page_secret` proves the visit where no cookie does; such a visit is shorter. Called within a
    unit of work, after `lti.messages.consume`.
    """
    claims, deployment = launch.claims, launch.deployment
    context = _keep_context(deployment.id, claims.context or ContextClaim(id=""))
    user = _keep_user(deployment.registration_id, claims)
    link = _keep_link(context, claims)
    role = course_role(claims.roles)
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
        resource_link_id=link.id,
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
            resource_link_id=link.id,
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


def _keep_link(context: Context, claims: LaunchClaims) -> ResourceLink:
    """Keep the link; a line item that is new or another one is an event, for scores may wait."""
    key = {"context_id": context.id, "resource_link_id": claims.resource_link.id}
    known = db.session.scalar(select(ResourceLink.lineitem_url).filter_by(**key))
    link = upsert(
        ResourceLink,
        key,
        {
            "title": claims.resource_link.title,
            "lineitem_url": claims.ags.lineitem,
            "lineitems_url": claims.ags.lineitems,
            "ags_scopes": list(claims.ags.scope),
        },
        empty_keeps=True,
    )
    if known is not None and link.lineitem_url != known:
        publish(LineItemChanged(context_id=context.id, resource_link_id=link.id))
    return link


def _ancestors(registration: Registration | None, return_url: str) -> list[str]:
    """Who may frame the visit: the platform's own origins, as stated in signed or stored data."""
    if registration is None:
        return []
    urls = (registration.issuer, registration.auth_login_url, return_url)
    origins = dict.fromkeys(origin_of(url) for url in urls if origin_of(url))
    return [*origins, *PROFILES[registration.profile].frame_ancestors]
