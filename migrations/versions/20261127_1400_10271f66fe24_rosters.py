"""rosters

Revision ID: 10271f66fe24
Revises: bf361fe84fbf
Create Date: 2026-11-27 14:00:00.000000

"""

import sqlalchemy as sa
from alembic import op

revision = "10271f66fe24"
down_revision = "bf361fe84fbf"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "roster",
        sa.Column("context_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("shrink_confirmed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["context_id"], ["context.id"], name=op.f("fk_roster_context_id")),
        sa.PrimaryKeyConstraint("context_id", name=op.f("pk_roster")),
    )
    with op.batch_alter_table("context", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("memberships_url", sa.String(), nullable=False, server_default="")
        )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("roster_role", sa.String(), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("absences", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("inactive_since", sa.DateTime(timezone=True), nullable=True))


def downgrade():
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_column("inactive_since")
        batch_op.drop_column("absences")
        batch_op.drop_column("roster_role")
    with op.batch_alter_table("context", schema=None) as batch_op:
        batch_op.drop_column("memberships_url")
    op.drop_table("roster")
