"""Publishing: a checked curriculum becomes an immutable version."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from lti_tool.curriculum.checking import Checked, canonical_json
from lti_tool.curriculum.checking import digest as digest_of
from lti_tool.curriculum.models import CurriculumVersion
from lti_tool.db import db


def publish(checked: Checked) -> tuple[CurriculumVersion, bool]:
    """Store the next version, or return the one that already says exactly this.

    Called within a unit of work, with a curriculum that has no errors. Returns the version and
    whether it is new.
    """
    if checked.curriculum is None:
        raise ValueError("a curriculum with faults cannot be published")
    document = canonical_json(checked.document)
    digest = digest_of(checked.document)
    curriculum_id = checked.curriculum.id
    same = db.session.scalar(
        select(CurriculumVersion).filter_by(curriculum_id=curriculum_id, digest=digest)
    )
    if same is not None:
        return same, False
    newest = select(func.max(CurriculumVersion.number)).filter_by(curriculum_id=curriculum_id)
    version = CurriculumVersion(
        curriculum_id=curriculum_id,
        number=(db.session.scalar(newest) or 0) + 1,
        title=checked.curriculum.title,
        digest=digest,
        document=document,
    )
    db.session.add(version)
    db.session.flush()
    return version, True


def list_versions() -> Sequence[CurriculumVersion]:
    """Every published version, the newest first."""
    return db.session.scalars(
        select(CurriculumVersion).order_by(
            CurriculumVersion.curriculum_id, CurriculumVersion.number.desc()
        )
    ).all()
