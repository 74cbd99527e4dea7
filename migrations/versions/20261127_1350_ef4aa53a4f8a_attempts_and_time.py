"""attempts and time

Revision ID: ef4aa53a4f8a
Revises: 9d2f41c6b0e8
Create Date: 2026-11-27 13:35:57.758012

"""

import sqlalchemy as sa
from alembic import op

revision = "ef4aa53a4f8a"
down_revision = "9d2f41c6b0e8"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        "accommodation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("context_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("time_factor", sa.Numeric(precision=4, scale=2), nullable=False),
        sa.Column("extra_minutes", sa.Integer(), nullable=False),
        sa.Column("no_time_limit", sa.Boolean(), nullable=False),
        sa.Column("extra_attempts", sa.Integer(), nullable=False),
        sa.Column("extra_days", sa.Integer(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["context_id"], ["context.id"], name=op.f("fk_accommodation_context_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_accommodation_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accommodation")),
        sa.UniqueConstraint(
            "context_id", "user_id", name=op.f("uq_accommodation_context_id_user_id")
        ),
    )
    op.create_table(
        "practice_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("item_ids", sa.JSON(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placement.id"], name=op.f("fk_practice_set_placement_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_practice_set_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["curriculum_version.id"], name=op.f("fk_practice_set_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_set")),
        sa.UniqueConstraint(
            "placement_id",
            "user_id",
            "number",
            name=op.f("uq_practice_set_placement_id_user_id_number"),
        ),
    )
    op.create_table(
        "practice_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_set_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("response", sa.JSON(), nullable=False),
        sa.Column("confidence", sa.String(), nullable=True),
        sa.Column("credit", sa.Double(), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_set_id"],
            ["practice_set.id"],
            name=op.f("fk_practice_answer_practice_set_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_answer")),
        sa.UniqueConstraint(
            "practice_set_id", "item_id", name=op.f("uq_practice_answer_practice_set_id_item_id")
        ),
    )
    op.add_column("answer", sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("answer", sa.Column("edited_at", MOMENT, nullable=True))
    op.add_column("answer", sa.Column("set_aside", sa.JSON(), nullable=True))
    op.add_column("answer", sa.Column("set_aside_at", MOMENT, nullable=True))
    op.add_column("answer", sa.Column("checked_at", MOMENT, nullable=True))
    op.execute("UPDATE answer SET edited_at = saved_at")
    with op.batch_alter_table("answer") as batch:
        batch.alter_column("edited_at", existing_type=MOMENT, nullable=False)

    op.add_column(
        "attempt", sa.Column("shuffled", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.add_column("attempt", sa.Column("time_limit_minutes", sa.Integer(), nullable=True))
    for name in ("due_at", "deadline_at", "extended_at", "closed_at"):
        op.add_column("attempt", sa.Column(name, MOMENT, nullable=True))
    op.execute(
        "UPDATE attempt SET due_at = "
        "(SELECT placement.due_at FROM placement WHERE placement.id = attempt.placement_id)"
    )
    op.execute(
        "UPDATE attempt SET deadline_at = "
        "(SELECT placement.closes_at FROM placement WHERE placement.id = attempt.placement_id) "
        "WHERE status = 'open' AND NOT is_preview"
    )
    op.create_index(
        "ix_attempt_deadline",
        "attempt",
        ["deadline_at"],
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )

    op.add_column("lesson_completion", sa.Column("read_at", MOMENT, nullable=True))
    op.execute("UPDATE lesson_completion SET read_at = completed_at")
    with op.batch_alter_table("lesson_completion") as batch:
        batch.alter_column("read_at", existing_type=MOMENT, nullable=False)

    op.add_column(
        "placement",
        sa.Column("accepts_late", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    op.add_column(
        "placement",
        sa.Column("grading_policy", sa.String(length=16), nullable=False, server_default="best"),
    )
    op.add_column(
        "placement",
        sa.Column("cooling_off_hours", sa.Integer(), nullable=False, server_default="0"),
    )
    op.add_column(
        "placement",
        sa.Column("corrective_path", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column(
        "placement", sa.Column("practice", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.add_column("placement", sa.Column("time_limit_minutes", sa.Integer(), nullable=True))
    op.add_column(
        "placement", sa.Column("may_extend", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.add_column(
        "placement", sa.Column("shuffle", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.add_column(
        "placement",
        sa.Column(
            "feedback_during", sa.String(length=16), nullable=False, server_default="nothing"
        ),
    )
    op.add_column(
        "placement",
        sa.Column(
            "feedback_after", sa.String(length=16), nullable=False, server_default="everything"
        ),
    )
    op.add_column(
        "placement",
        sa.Column(
            "feedback_later", sa.String(length=16), nullable=False, server_default="everything"
        ),
    )
    op.add_column(
        "placement",
        sa.Column(
            "feedback_closed", sa.String(length=16), nullable=False, server_default="everything"
        ),
    )


def downgrade():
    op.drop_index("ix_attempt_deadline", table_name="attempt")
    for table, names in ADDED.items():
        for name in reversed(names):
            op.drop_column(table, name)
    op.drop_table("practice_answer")
    op.drop_table("practice_set")
    op.drop_table("accommodation")


ADDED = {
    "answer": ("revision", "edited_at", "set_aside", "set_aside_at", "checked_at"),
    "attempt": (
        "shuffled",
        "time_limit_minutes",
        "due_at",
        "deadline_at",
        "extended_at",
        "closed_at",
    ),
    "lesson_completion": ("read_at",),
    "placement": (
        "accepts_late",
        "grading_policy",
        "cooling_off_hours",
        "corrective_path",
        "practice",
        "time_limit_minutes",
        "may_extend",
        "shuffle",
        "feedback_during",
        "feedback_after",
        "feedback_later",
        "feedback_closed",
    ),
}
