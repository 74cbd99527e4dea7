"""manual marks

Revision ID: c41d8e70a5b3
Revises: 7be05d2f9c14
Create Date: 2026-11-27 14:55:00.000000

"""

import sqlalchemy as sa
from alembic import op

revision = "c41d8e70a5b3"
down_revision = "7be05d2f9c14"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "manual_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("criteria", sa.JSON(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("by_user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"],
            ["answer.id"],
            name=op.f("fk_manual_mark_answer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["by_user_id"],
            ["user_account.id"],
            name=op.f("fk_manual_mark_by_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manual_mark")),
        sa.UniqueConstraint("answer_id", name=op.f("uq_manual_mark_answer_id")),
    )


def downgrade():
    op.drop_table("manual_mark")
