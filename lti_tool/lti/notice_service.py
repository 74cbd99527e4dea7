"""Asking a platform for its notices (Platform Notification Service 1.0): once per installation."""

from __future__ import annotations

import requests
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lti_tool.db import db, unit_of_work, utcnow
from lti_tool.errors import PlatformError
from lti_tool.events import NoticesOffered, publish
from lti_tool.lti.claims import NoticeServiceClaim
from lti_tool.lti.connector import RegistrationConnector, as_platform_error, from_answer
from lti_tool.lti.deployments import KnownDeployment
from lti_tool.lti.models import Deployment
from lti_tool.lti.registrations import tool_url
from lti_tool.rows import update_row

HANDLER = "ask_for_notices"
NOTICE_SCOPE = "https://purl.imsglobal.org/spec/lti/scope/noticehandlers"
CONTEXT_COPY = "LtiContextCopyNotice"


def note_service(deployment: KnownDeployment, offered: NoticeServiceClaim) -> None:
    """Keep where the platform takes our address, when it sends what we use; within a unit of work.

    Publishes `NoticesOffered` the first time, and when the service has moved.
    """
    if not offered.url or CONTEXT_COPY not in offered.types or NOTICE_SCOPE not in offered.scope:
        return
    if deployment.notices_url != offered.url:
        changes = {"notices_url": offered.url, "notices_asked_at": None}
        update_row(Deployment, deployment.id, changes)
        publish(NoticesOffered(deployment_id=deployment.id))


def registration_of_deployment(deployment_id: int) -> int | None:
    """Whose platform `ask_for_notices` calls."""
    query = select(Deployment.registration_id).where(Deployment.id == deployment_id)
    return db.session.scalar(query)


def ask_for_notices(deployment_id: int) -> None:
    """Give the platform our address for notices of copied courses; raises `PlatformError`."""
    query = select(Deployment).options(joinedload(Deployment.registration))
    deployment = db.session.scalars(query.filter_by(id=deployment_id)).one()
    if not deployment.registration.enabled or deployment.notices_asked_at is not None:
        return
    url, connector = deployment.notices_url, RegistrationConnector(deployment.registration)
    response = _put_handler(connector, url)
    if response.status_code == 401:
        connector.forget_token([NOTICE_SCOPE])
        response = _put_handler(connector, url)
    if not response.ok:
        raise _refused(response)
    with unit_of_work():
        deployment.notices_asked_at = utcnow()


def _put_handler(connector: RegistrationConnector, url: str) -> requests.Response:
    token = connector.get_access_token([NOTICE_SCOPE])
    handler = {"notice_type": CONTEXT_COPY, "handler": tool_url("/lti/notices")}
    try:
        return connector.shared.session.put(
            url, json=handler, headers={"Authorization": f"Bearer {token}"}
        )
    except requests.exceptions.RequestException as error:
        raise as_platform_error(error) from error


def _refused(response: requests.Response) -> PlatformError:
    if response.status_code >= 500 or response.status_code in (408, 425, 429):
        return from_answer(response)
    return PlatformError(
        "needs admin",
        f"The platform did not take the tool's address for notices ({response.status_code}). "
        "Copied courses are recognised without them, too.",
    )
