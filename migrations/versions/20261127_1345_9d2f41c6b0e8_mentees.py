"""mentees

Revision ID: 9d2f41c6b0e8
Revises: 5b1c0e7a9d21
Create Date: 2026-11-27 13:45:12.402117

"""

import sqlalchemy as sa
from alembic import op

revision = "9d2f41c6b0e8"
down_revision = "5b1c0e7a9d21"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("launch", sa.Column("mentees", sa.JSON(), nullable=True))


def downgrade():
    op.drop_column("launch", "mentees")
