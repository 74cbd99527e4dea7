"""hints

Revision ID: c4b7a9e1f2d3
Revises: 10271f66fe24
Create Date: 2026-11-27 14:10:12.402117

"""

import sqlalchemy as sa
from alembic import op

revision = "c4b7a9e1f2d3"
down_revision = "10271f66fe24"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("login_state", sa.Column("hints", sa.JSON(), nullable=True))


def downgrade():
    op.drop_column("login_state", "hints")
