"""decisions about learners

Revision ID: d52a9f81b6c4
Revises: d15e93b7c0a4
Create Date: 2026-11-27 15:05:00.000000

"""

import sqlalchemy as sa
from alembic import op

revision = "d52a9f81b6c4"
down_revision = "d15e93b7c0a4"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        "grade_override",
        *_whose("grade_override"),
        sa.Column("score_given", sa.Numeric(precision=8, scale=4), nullable=False),
        sa.Column("score_maximum", sa.Numeric(precision=8, scale=4), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        *_by("grade_override"),
        sa.Column("made_at", MOMENT, nullable=False),
    )
    op.create_table(
        "extra_attempts",
        *_whose("extra_attempts"),
        sa.Column("extra", sa.Integer(), nullable=False),
    )
    op.create_table(
        "learner_comment",
        *_whose("learner_comment"),
        sa.Column("text", sa.String(), nullable=False),
        *_by("learner_comment"),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.add_column("attempt", sa.Column("reopened_at", MOMENT, nullable=True))
    op.add_column(
        "grade", sa.Column("by_hand", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def _whose(table):
    """The columns that say which learner at which placement: one row for both."""
    return (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placement.id"], name=op.f(f"fk_{table}_placement_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f(f"fk_{table}_user_id")),
        sa.UniqueConstraint(
            "placement_id", "user_id", name=op.f(f"uq_{table}_placement_id_user_id")
        ),
    )


def _by(table):
    return (
        sa.Column("by_user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_user_id"], ["user_account.id"], name=op.f(f"fk_{table}_by_user_id")
        ),
    )


def downgrade():
    op.drop_column("grade", "by_hand")
    op.drop_column("attempt", "reopened_at")
    op.drop_table("learner_comment")
    op.drop_table("extra_attempts")
    op.drop_table("grade_override")
