"""groups

Revision ID: a4e27c90b1d8
Revises: c4e81f5d70a9
Create Date: 2026-11-27 17:15:00.000000

"""

import sqlalchemy as sa
from alembic import op

revision = "a4e27c90b1d8"
down_revision = "c4e81f5d70a9"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "membership_group",
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("told_by", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("membership_id", "key", name=op.f("pk_membership_group")),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_membership_group_membership_id")
        ),
    )
    op.add_column(
        "context", sa.Column("groups_url", sa.String(), nullable=False, server_default="")
    )


def downgrade():
    op.drop_column("context", "groups_url")
    op.drop_table("membership_group")
