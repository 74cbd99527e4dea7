"""item repairs

Revision ID: 3d7a90c15be2
Revises: e07b9a4c3d18
Create Date: 2026-11-27 14:30:12.408122

"""

import sqlalchemy as sa
from alembic import op

revision = "3d7a90c15be2"
down_revision = "e07b9a4c3d18"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        "item_repair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("context_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("response", sa.JSON(), nullable=False),
        sa.Column("never_lower", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("by_user_id", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["context_id"], ["context.id"], name=op.f("fk_item_repair_context_id")
        ),
        sa.ForeignKeyConstraint(
            ["by_user_id"], ["user_account.id"], name=op.f("fk_item_repair_by_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_repair")),
    )
    op.create_index(
        op.f("ix_item_repair_context_id_item_id"), "item_repair", ["context_id", "item_id"]
    )


def downgrade():
    op.drop_table("item_repair")
