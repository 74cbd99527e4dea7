"""Notices of platforms, and where they take our address

Revision ID: bf361fe84fbf
Revises: 1712fa463d29
Create Date: 2026-11-27 13:46:01.605318

"""

import sqlalchemy as sa
from alembic import op

revision = "bf361fe84fbf"
down_revision = "1712fa463d29"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "received_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("notice_type", sa.String(), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployment.id"], name=op.f("fk_received_notice_deployment_id")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_received_notice_registration_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_received_notice")),
        sa.UniqueConstraint(
            "registration_id",
            "notice_id",
            name=op.f("uq_received_notice_registration_id_notice_id"),
        ),
    )
    op.add_column(
        "deployment", sa.Column("notices_url", sa.String(), nullable=False, server_default="")
    )
    op.add_column(
        "deployment", sa.Column("notices_asked_at", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade():
    op.drop_column("deployment", "notices_asked_at")
    op.drop_column("deployment", "notices_url")
    op.drop_table("received_notice")
