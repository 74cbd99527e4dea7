"""checkups

Revision ID: 6f0c1d7be2a4
Revises: 1b02a0ab3ce0
Create Date: 2026-11-27 14:40:00.000000

"""

import sqlalchemy as sa
from alembic import op

revision = "6f0c1d7be2a4"
down_revision = "1b02a0ab3ce0"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "checkup",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_checkup_registration_id")
        ),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_checkup")),
    )


def downgrade():
    op.drop_table("checkup")
