"""periodic work

Revision ID: 5b1c0e7a9d21
Revises: 4287a08729dc
Create Date: 2026-11-27 13:35:00

"""

import sqlalchemy as sa
from alembic import op

revision = "5b1c0e7a9d21"
down_revision = "4287a08729dc"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "periodic",
        sa.Column("handler", sa.String(), nullable=False),
        sa.Column("next_due", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("handler", name=op.f("pk_periodic")),
    )


def downgrade():
    op.drop_table("periodic")
