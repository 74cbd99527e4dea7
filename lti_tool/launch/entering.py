"""Entering: what a valid launch tells us is kept, and a visit begins (LTI 1.3 core, 5.3).

What the platform leaves empty never overwrites what it said before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import LABEL_STYLE_TABLENAME_PLUS_COL, bindparam, exists, select

from lti_tool.courses.grouping import LAUNCH, keep_groups
from lti_tool.courses.models import Context, Membership, MembershipGroup, ResourceLink, User
from lti_tool.curriculum.models import Placement
from lti_tool.curriculum.placing import place
from lti_tool.db import db, utcnow
from lti_tool.events import LaunchReceived, LineItemChanged, publish
from lti_tool.grades.columns import link_of_column
from lti_tool.launch.models import Launch, new_launch_id
from lti_tool.lti.claims import (
    DATA_PRIVACY,
    AgsClaim,
    ContextClaim,
    LaunchClaims,
    ResourceLinkClaim,
)
from lti_tool.lti.groups import told_groups
from lti_tool.lti.history import origin_of_link
from lti_tool.lti.logins import digest
from lti_tool.lti.messages import ValidLaunch
from lti_tool.lti.models import Deployment
from lti_tool.lti.notice_service import note_service
from lti_tool.lti.refusals import refusal
from lti_tool.lti.registrations import KnownRegistration, frame_ancestors
from lti_tool.lti.roles import POWERS, Power, Role, course_role, is_administrator
from lti_tool.rows import execute, insert_row, keep_row, table_of

HOURS_WITHOUT_COOKIE = 4
NO_CONTEXT = ""
PERSON = ("name", "given_name", "family_name")


@dataclass(frozen=True)
class Entered:
    """The visit that a launch begins; `attempt` is the number of the one to look at, "" for any."""

    launch_id: str
    role: Role
    has_link: bool
    attempt: str = ""


def enter(launch: ValidLaunch, page_secret: str = "") -> Entered:
    """Keep who came where, open the visit and publish `LaunchReceived`.

    `page_secret` proves the visit where no cookie does; such a visit is shorter. Called within a
    unit of work, after `lti.logins.consume`.
    """
    claims, deployment = launch.claims, launch.deployment
    note_service(deployment, claims.notices)
    known = _known(deployment.id, claims)
    context_id = _keep_context(known, deployment.id, claims)
    user_id = _keep_user(known, deployment.registration_id, claims)
    link_id = _link_of(known, context_id, claims)
    role = course_role(claims.roles)
    if claims.deep_linking is not None and Power.LINK not in POWERS[role]:
        raise refusal("instructors_only")
    if asks_about_another(claims) and not is_administrator(claims.roles):
        raise refusal("administrators_only")
    membership_id = keep_row(
        Membership,
        known,
        {"context_id": context_id, "user_id": user_id},
        {"role": role, "last_launch_at": utcnow(), "absences": 0, "inactive_since": None},
    )
    if claims.resource_link is not None:
        told = told_groups(claims.custom) if role == Role.LEARNER else ()
        if told or known["told_groups"]:
            keep_groups(membership_id, told)
    launch_id = _open_visit(launch, membership_id, link_id, role, page_secret)
    publish(
        LaunchReceived(
            user_id=user_id,
            context_id=context_id,
            launch_id=launch_id,
            message_type=claims.message_type,
            resource_link_id=link_id,
            role=role,
        )
    )
    return Entered(launch_id, role, link_id is not None, claims.target.attempt)


def asks_about_another(claims: LaunchClaims) -> bool:
    """Whether the launch asks for the data of somebody else (Data Privacy Launch, draft)."""
    return claims.message_type in DATA_PRIVACY and claims.for_user not in ("", claims.sub)


def _open_visit(
    launch: ValidLaunch, membership_id: int, link_id: int | None, role: Role, page_secret: str
) -> str:
    claims, login, presentation = launch.claims, launch.login, launch.claims.presentation
    now = utcnow()
    launch_id = new_launch_id()
    values = {
        "id": launch_id,
        "login_state_id": login.id,
        "membership_id": membership_id,
        "resource_link_id": link_id,
        "message_type": claims.message_type,
        "deep_linking": asdict(claims.deep_linking) if claims.deep_linking else None,
        "for_user": claims.for_user,
        "mentees": list(claims.mentees) if role == Role.MENTOR else None,
        "browser_hash": login.browser_hash,
        "secret_hash": digest(page_secret) if page_secret else None,
        "role": role,
        "document_target": presentation.document_target,
        "return_url": presentation.return_url,
        "locale": presentation.locale or claims.locale,
        "frame_ancestors": _ancestors(login.registration, presentation.return_url),
        "created_at": now,
        "expires_at": now + timedelta(hours=_hours(with_cookie=not page_secret)),
    }
    insert_row(Launch, values)
    return launch_id


def _hours(*, with_cookie: bool) -> int:
    hours: int = current_app.config["LTI_TOOL"].session_hours
    return hours if with_cookie else min(hours, HOURS_WITHOUT_COOKIE)


CONTEXT, USER, MEMBERSHIP, LINK, PLACEMENT = (
    table_of(model) for model in (Context, User, Membership, ResourceLink, Placement)
)
TOLD_GROUPS = exists().where(
    MembershipGroup.membership_id == MEMBERSHIP.c.id, MembershipGroup.told_by == LAUNCH
)
KNOWN = (
    select(CONTEXT, USER, MEMBERSHIP, LINK, PLACEMENT.c.id, TOLD_GROUPS.label("told_groups"))
    .select_from(DEPLOYMENT := table_of(Deployment))
    .outerjoin(
        CONTEXT,
        (CONTEXT.c.deployment_id == DEPLOYMENT.c.id)
        & (CONTEXT.c.context_id == bindparam("context_id")),
    )
    .outerjoin(
        USER,
        (USER.c.registration_id == DEPLOYMENT.c.registration_id) & (USER.c.sub == bindparam("sub")),
    )
    .outerjoin(
        MEMBERSHIP,
        (MEMBERSHIP.c.context_id == CONTEXT.c.id) & (MEMBERSHIP.c.user_id == USER.c.id),
    )
    .outerjoin(
        LINK,
        (LINK.c.context_id == CONTEXT.c.id)
        & (LINK.c.resource_link_id == bindparam("resource_link_id")),
    )
    .outerjoin(PLACEMENT, PLACEMENT.c.resource_link_id == LINK.c.id)
    .where(DEPLOYMENT.c.id == bindparam("deployment_id"))
    .set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
)
"""All that is known of who comes where, in one query; None in every column of an unknown row."""


def _known(deployment_id: int, claims: LaunchClaims) -> Mapping[Any, Any]:
    values = {
        "deployment_id": deployment_id,
        "context_id": claims.context.id if claims.context else NO_CONTEXT,
        "sub": claims.sub,
        "resource_link_id": claims.resource_link.id if claims.resource_link else None,
    }
    return execute(KNOWN, values).one()._mapping


def _keep_context(known: Mapping[Any, Any], deployment_id: int, claims: LaunchClaims) -> int:
    claim = claims.context or ContextClaim(id=NO_CONTEXT)
    return keep_row(
        Context,
        known,
        {"deployment_id": deployment_id, "context_id": claim.id},
        {
            "label": claim.label,
            "title": claim.title,
            "memberships_url": claims.memberships_url,
            "groups_url": claims.groups_url,
        },
    )


def _keep_user(known: Mapping[Any, Any], registration_id: int, claims: LaunchClaims) -> int:
    return keep_row(
        User,
        known,
        {"registration_id": registration_id, "sub": claims.sub},
        {name: getattr(claims, name) for name in PERSON},
    )


def _link_of(known: Mapping[Any, Any], context_id: int, claims: LaunchClaims) -> int | None:
    """The link that the message is about, if any; one without a module may find it prepared."""
    if claims.target.is_submission:
        return _link_of_placement(context_id, claims.target.placement)
    if _names_the_course(claims):
        return None
    if claims.resource_link is not None:
        link_id = _keep_link(known, context_id, claims, claims.resource_link)
        if known[PLACEMENT.c.id] is None:
            place(db.session.get_one(ResourceLink, link_id), origin_of_link(claims))
        return link_id
    if claims.deep_linking is not None or claims.message_type in DATA_PRIVACY:
        return None
    column = claims.ags.lineitem
    graded = link_of_column(context_id, column) if column else None
    if graded is None:
        raise refusal("claim_missing", "resource_link")
    return graded


def _link_of_placement(context_id: int, public_id: str) -> int:
    """The link of a placement of this course; raises `LaunchRefused` where there is none."""
    query = select(Placement.resource_link_id)
    link_id = db.session.scalar(query.filter_by(context_id=context_id, public_id=public_id))
    if link_id is None:
        raise refusal("submission_unknown", public_id)
    return link_id


def _names_the_course(claims: LaunchClaims) -> bool:
    """Whether the "link" is Canvas's course navigation, which belongs to no link."""
    link, context = claims.resource_link, claims.context
    return claims.family == "canvas" and bool(link and context and link.id == context.id)


def _keep_link(
    known: Mapping[Any, Any], context_id: int, claims: LaunchClaims, claim: ResourceLinkClaim
) -> int:
    """Keep the link; a line item that is new or another one is an event, for scores may wait."""
    link_id = keep_row(
        ResourceLink,
        known,
        {"context_id": context_id, "resource_link_id": claim.id},
        {
            "title": claim.title,
            "lineitem_url": claims.ags.lineitem,
            "lineitems_url": claims.ags.lineitems,
            "ags_scopes": list(claims.ags.scope),
        },
    )
    if known[LINK.c.id] is not None and _takes_scores_anew(known, claims.ags):
        publish(LineItemChanged(context_id=context_id, resource_link_id=link_id))
    return link_id


def _takes_scores_anew(known: Mapping[Any, Any], said: AgsClaim) -> bool:
    """Whether the line item or its container is another one, or the tool may do more with it."""
    is_other = said.lineitem not in ("", known[LINK.c.lineitem_url])
    has_moved = said.lineitems not in ("", known[LINK.c.lineitems_url])
    return is_other or has_moved or not set(said.scope) <= set(known[LINK.c.ags_scopes])


def _ancestors(registration: KnownRegistration | None, return_url: str) -> str:
    if registration is None:
        return ""
    stored = registration.issuer, registration.auth_login_url
    return frame_ancestors(registration.profile, *stored, return_url)
