"""research

Revision ID: b83d5f0e6c21
Revises: c96d1e40f7a2
Create Date: 2026-11-27 18:00:00.000000

"""

import sqlalchemy as sa
from alembic import op

revision = "b83d5f0e6c21"
down_revision = "c96d1e40f7a2"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "user_account", sa.Column("no_research_since", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade():
    op.drop_column("user_account", "no_research_since")
