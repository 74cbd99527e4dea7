"""access tokens

Revision ID: c41d7a60e5f2
Revises: c4b7a9e1f2d3
Create Date: 2026-11-27 14:10:00

"""

import sqlalchemy as sa
from alembic import op

revision = "c41d7a60e5f2"
down_revision = "c4b7a9e1f2d3"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "access_token",
        sa.Column("key_hash", sa.String(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asking_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_access_token")),
    )


def downgrade():
    op.drop_table("access_token")
