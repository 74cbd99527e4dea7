"""Copied courses, and what is decided about each copied placement

Revision ID: 6eb3867dbc8d
Revises: 5ac2216192f4
Create Date: 2026-11-27 13:39:31.621923

"""

import sqlalchemy as sa
from alembic import op

revision = "6eb3867dbc8d"
down_revision = "5ac2216192f4"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "context_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("context_id", sa.Integer(), nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("shift_seconds", sa.BigInteger(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["context_id"], ["context.id"], name=op.f("fk_context_copy_context_id")
        ),
        sa.ForeignKeyConstraint(
            ["origin_id"], ["context.id"], name=op.f("fk_context_copy_origin_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_context_copy")),
        sa.UniqueConstraint(
            "context_id", "origin_id", name=op.f("uq_context_copy_context_id_origin_id")
        ),
    )
    op.create_table(
        "placement_copy",
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("found_by", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["user_account.id"], name=op.f("fk_placement_copy_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placement.id"], name=op.f("fk_placement_copy_placement_id")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["placement.id"], name=op.f("fk_placement_copy_source_id")
        ),
        sa.PrimaryKeyConstraint("placement_id", name=op.f("pk_placement_copy")),
    )
    op.create_index(
        op.f("ix_placement_copy_public_id"), "placement_copy", ["public_id"], unique=False
    )


def downgrade():
    op.drop_index(op.f("ix_placement_copy_public_id"), table_name="placement_copy")
    op.drop_table("placement_copy")
    op.drop_table("context_copy")
