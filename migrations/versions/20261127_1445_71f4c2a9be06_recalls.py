"""recalls

Revision ID: 71f4c2a9be06
Revises: 3d7a90c15be2
Create Date: 2026-11-27 14:45:40.271199

"""

import sqlalchemy as sa
from alembic import op

revision = "71f4c2a9be06"
down_revision = "3d7a90c15be2"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "recall",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("context_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["context_id"], ["context.id"], name=op.f("fk_recall_context_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_recall_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall")),
        sa.UniqueConstraint(
            "context_id", "user_id", "item_id", name=op.f("uq_recall_context_id_user_id_item_id")
        ),
    )
    op.create_index(
        op.f("ix_recall_context_id_user_id_due_at"), "recall", ["context_id", "user_id", "due_at"]
    )


def downgrade():
    op.drop_table("recall")
