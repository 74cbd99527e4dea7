"""weight of lessons

Revision ID: a8f03d6c2b71
Revises: a4e27c90b1d8
Create Date: 2026-11-27 17:30:00.000000

"""

import sqlalchemy as sa
from alembic import op

revision = "a8f03d6c2b71"
down_revision = "a4e27c90b1d8"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
NULLABLE = {"attempt_id": sa.Integer(), "started_at": MOMENT, "submitted_at": MOMENT}


def upgrade():
    op.add_column(
        "placement", sa.Column("lesson_weight", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column(
        "lesson_completion",
        sa.Column("counts", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    op.execute(
        "UPDATE lesson_completion SET counts = false WHERE EXISTS (SELECT 1 FROM placement "
        "JOIN membership ON membership.context_id = placement.context_id "
        "WHERE placement.id = lesson_completion.placement_id "
        "AND membership.user_id = lesson_completion.user_id AND membership.role <> 'learner')"
    )
    for name in ("lessons_done", "lessons_counted"):
        op.add_column("grade", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("grade") as batch:
        for name, kind in NULLABLE.items():
            batch.alter_column(name, existing_type=kind, nullable=True)


def downgrade():
    grade = sa.table("grade", sa.column("id"), *(sa.column(name) for name in NULLABLE))
    delivery = sa.table("delivery", sa.column("grade_id"))
    lacking = sa.select(grade.c.id).where(sa.or_(*(grade.c[name].is_(None) for name in NULLABLE)))
    op.execute(sa.delete(delivery).where(delivery.c.grade_id.in_(lacking)))
    op.execute(sa.delete(grade).where(grade.c.id.in_(lacking)))
    with op.batch_alter_table("grade") as batch:
        for name, kind in NULLABLE.items():
            batch.alter_column(name, existing_type=kind, nullable=False)
    op.drop_column("grade", "lessons_counted")
    op.drop_column("grade", "lessons_done")
    op.drop_column("lesson_completion", "counts")
    op.drop_column("placement", "lesson_weight")
