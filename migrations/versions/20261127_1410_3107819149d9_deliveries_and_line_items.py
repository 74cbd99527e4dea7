"""deliveries and line items

Revision ID: 3107819149d9
Revises: c41d7a60e5f2
Create Date: 2026-11-27 13:42:22.686773

"""

import sqlalchemy as sa
from alembic import op

revision = "3107819149d9"
down_revision = "c41d7a60e5f2"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
POINTS = sa.Numeric(precision=10, scale=4)
UNREAD = sa.text("standing = 'unread'")


def needed(name, kind, default):
    return sa.Column(name, kind, nullable=False, server_default=default)


COLUMNS = {
    "attempt": [needed("awaits_marking", sa.Boolean(), sa.false())],
    "grade": [needed("state", sa.String(length=16), "graded")],
    "delivery": [
        needed("cause", sa.String(length=32), ""),
        needed("as_regrade", sa.Boolean(), sa.false()),
        needed("accepted_state", sa.String(length=16), ""),
        needed("accepted_url", sa.String(), ""),
        sa.Column("accepted_status", sa.Integer(), nullable=True),
        sa.Column("accepted_attempt_id", sa.Integer(), nullable=True),
        needed("accepted_comment", sa.String(), ""),
        needed("standing", sa.String(length=16), ""),
        sa.Column("result_given", POINTS, nullable=True),
        sa.Column("result_maximum", POINTS, nullable=True),
        sa.Column("read_at", MOMENT, nullable=True),
        needed("repairs", sa.Integer(), "0"),
    ],
}


def upgrade():
    op.create_table(
        "line_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resource_link_id", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(length=64), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("made_by_us", sa.Boolean(), nullable=False),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["resource_link_id"], ["resource_link.id"], name=op.f("fk_line_item_resource_link_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_item")),
        sa.UniqueConstraint(
            "resource_link_id", "tag", name=op.f("uq_line_item_resource_link_id_tag")
        ),
    )
    for table, columns in COLUMNS.items():
        for column in columns:
            op.add_column(table, column._copy())
    op.create_index(
        "ix_delivery_unread",
        "delivery",
        ["accepted_at"],
        sqlite_where=UNREAD,
        postgresql_where=UNREAD,
    )
    op.execute(
        """
        UPDATE delivery SET accepted_state = 'graded', standing = 'unread', accepted_url = (
            SELECT resource_link.lineitem_url FROM grade
            JOIN placement ON placement.id = grade.placement_id
            JOIN resource_link ON resource_link.id = placement.resource_link_id
            WHERE grade.id = delivery.grade_id
        )
        WHERE accepted_given IS NOT NULL
        """
    )


def downgrade():
    op.drop_index("ix_delivery_unread", "delivery")
    for table, columns in COLUMNS.items():
        for column in columns:
            op.drop_column(table, column.name)
    op.drop_table("line_item")
