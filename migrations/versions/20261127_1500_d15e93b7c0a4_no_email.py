"""no email

Revision ID: d15e93b7c0a4
Revises: c41d8e70a5b3
Create Date: 2026-11-27 15:00:00.000000

"""

import sqlalchemy as sa
from alembic import op

revision = "d15e93b7c0a4"
down_revision = "c41d8e70a5b3"
branch_labels = None
depends_on = None


def upgrade():
    op.drop_column("user_account", "email")


def downgrade():
    op.add_column(
        "user_account", sa.Column("email", sa.String(), nullable=False, server_default="")
    )
