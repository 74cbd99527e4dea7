"""invites and approval

Revision ID: 5ac2216192f4
Revises: ef4aa53a4f8a
Create Date: 2026-11-27 13:50:00

"""

import sqlalchemy as sa
from alembic import op

revision = "5ac2216192f4"
down_revision = "ef4aa53a4f8a"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "invite",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("profile", sa.String(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("auto_approve_deployments", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_invite_registration_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invite")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invite_token_hash")),
    )
    op.add_column(
        "deployment", sa.Column("approved", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.add_column(
        "registration",
        sa.Column(
            "auto_approve_deployments", sa.Boolean(), nullable=False, server_default=sa.false()
        ),
    )


def downgrade():
    op.drop_column("registration", "auto_approve_deployments")
    op.drop_column("deployment", "approved")
    op.drop_table("invite")
