"""lessons left out, course defaults

Revision ID: c4e81f5d70a9
Revises: d52a9f81b6c4
Create Date: 2026-11-27 15:02:00.000000

"""

import sqlalchemy as sa
from alembic import op

revision = "c4e81f5d70a9"
down_revision = "d52a9f81b6c4"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "placement",
        sa.Column("lessons_left_out", sa.Text(), nullable=False, server_default=""),
    )
    op.create_table(
        "course_defaults",
        sa.Column("context_id", sa.Integer(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["context_id"], ["context.id"], name=op.f("fk_course_defaults_context_id")
        ),
        sa.PrimaryKeyConstraint("context_id", name=op.f("pk_course_defaults")),
    )


def downgrade():
    op.drop_table("course_defaults")
    op.drop_column("placement", "lessons_left_out")
