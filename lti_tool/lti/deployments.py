"""Deployments: which installations of a registration may launch (LTI 1.3 core, 3.1.3).

One registration can be installed many times: in sub-accounts, in single courses, and on
platforms that share a client id, in other institutions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import joinedload

from lti_tool.db import db, upsert
from lti_tool.errors import Invalid
from lti_tool.lti.models import Deployment, Registration
from lti_tool.lti.profiles import PROFILES
from lti_tool.lti.registrations import KnownRegistration
from lti_tool.rows import execute, table_of

PENDING_PER_REGISTRATION = 500


class NewDeployment(Exception):
    """A launch, valid in every other way, comes from an installation that was never seen."""

    def __init__(self, registration: KnownRegistration, deployment_id: str) -> None:
        super().__init__(deployment_id)
        self.registration = registration
        self.deployment_id = deployment_id


@dataclass(frozen=True)
class KnownDeployment:
    """What a launch or a notice needs of a deployment, as plain values."""

    id: int
    registration_id: int
    approved: bool
    notices_url: str


DEPLOYMENTS = table_of(Deployment)
FIND = select(*(DEPLOYMENTS.c[field.name] for field in fields(KnownDeployment))).where(
    DEPLOYMENTS.c.registration_id == bindparam("registration_id"),
    DEPLOYMENTS.c.deployment_id == bindparam("deployment_id"),
)


def find_deployment(registration_id: int, deployment_id: str) -> KnownDeployment | None:
    values = {"registration_id": registration_id, "deployment_id": deployment_id}
    row = execute(FIND, values).one_or_none()
    return KnownDeployment(*row) if row else None


def take_in(new: NewDeployment) -> None:
    """Store an installation that was never seen, approved or pending; within a unit of work.

    The first one of a registration is what its administrator was invited for: some platforms name
    it only when it launches. Where one client id serves every institution, it may be anybody's.
    """
    registration = new.registration
    one_at_a_time = select(Registration.id).where(Registration.id == registration.id)
    db.session.execute(one_at_a_time.with_for_update())
    if find_deployment(registration.id, new.deployment_id) is not None:
        return
    approved = registration.auto_approve_deployments or _is_the_invited_one(registration)
    if approved or _count(registration.id, approved=False) < PENDING_PER_REGISTRATION:
        upsert(
            Deployment,
            {"registration_id": registration.id, "deployment_id": new.deployment_id},
            {"approved": approved},
        )


def _is_the_invited_one(registration: KnownRegistration) -> bool:
    if PROFILES[registration.profile].client_id_is_shared:
        return False
    return _count(registration.id) == 0


def _count(registration_id: int, **filters: bool) -> int:
    query = select(func.count()).select_from(Deployment)
    return db.session.scalar(query.filter_by(registration_id=registration_id, **filters)) or 0


def list_pending() -> Sequence[Deployment]:
    """Installations that wait for approval, the oldest first."""
    query = select(Deployment).where(Deployment.approved.is_(False))
    query = query.options(joinedload(Deployment.registration))
    return db.session.scalars(query.order_by(Deployment.created_at, Deployment.id)).all()


def approve(registration_id: int, deployment_id: str) -> None:
    """Let an installation launch; within a unit of work. Raises `Invalid` for an unknown one."""
    done = db.session.execute(
        update(Deployment)
        .where(Deployment.registration_id == registration_id)
        .where(Deployment.deployment_id == deployment_id)
        .values(approved=True)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Invalid(
            f"Registration {registration_id} has no deployment {deployment_id!r}; "
            "see: registrations pending"
        )
