"""launches of logins

Revision ID: e07b9a4c3d18
Revises: 6f0c1d7be2a4
Create Date: 2026-11-27 14:20:00

"""

from alembic import op

revision = "e07b9a4c3d18"
down_revision = "6f0c1d7be2a4"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("launch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_launch_login_state_id"), ["login_state_id"])


def downgrade():
    with op.batch_alter_table("launch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_launch_login_state_id"))
