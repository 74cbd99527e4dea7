"""once more

Revision ID: 7be05d2f9c14
Revises: 71f4c2a9be06
Create Date: 2026-11-27 14:40:00.000000

"""

import sqlalchemy as sa
from alembic import op

revision = "7be05d2f9c14"
down_revision = "71f4c2a9be06"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "delivery",
        sa.Column("once_more", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade():
    op.drop_column("delivery", "once_more")
