"""The message type of each visit

Revision ID: 1b02a0ab3ce0
Revises: c41e9b7d3f60
Create Date: 2026-11-27 14:10:02.194417

"""

import sqlalchemy as sa
from alembic import op

revision = "1b02a0ab3ce0"
down_revision = "c41e9b7d3f60"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "launch", sa.Column("message_type", sa.String(), nullable=False, server_default="")
    )


def downgrade():
    op.drop_column("launch", "message_type")
