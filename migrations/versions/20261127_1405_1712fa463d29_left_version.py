"""left version

Revision ID: 1712fa463d29
Revises: 8c2f51d0be34
Create Date: 2026-11-27 13:42:38.369976

"""

import sqlalchemy as sa
from alembic import op

revision = "1712fa463d29"
down_revision = "8c2f51d0be34"
branch_labels = None
depends_on = None

NAME = "fk_placement_left_version_id"


def upgrade():
    with op.batch_alter_table("placement") as batch_op:
        batch_op.add_column(sa.Column("left_version_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f(NAME), "curriculum_version", ["left_version_id"], ["id"]
        )


def downgrade():
    with op.batch_alter_table("placement") as batch_op:
        batch_op.drop_constraint(batch_op.f(NAME), type_="foreignkey")
        batch_op.drop_column("left_version_id")
