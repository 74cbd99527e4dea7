"""repair exemptions

Revision ID: c96d1e40f7a2
Revises: a8f03d6c2b71
Create Date: 2026-11-27 17:55:00.000000

"""

import sqlalchemy as sa
from alembic import op

revision = "c96d1e40f7a2"
down_revision = "a8f03d6c2b71"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "repair_exemption",
        sa.Column("repair_id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["repair_id"], ["item_repair.id"], name=op.f("fk_repair_exemption_repair_id")
        ),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["attempt.id"],
            name=op.f("fk_repair_exemption_attempt_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("repair_id", "attempt_id", name=op.f("pk_repair_exemption")),
    )
    op.create_index("ix_repair_exemption_attempt_id", "repair_exemption", ["attempt_id"])


def downgrade():
    op.drop_table("repair_exemption")
