"""lanes

Revision ID: 8c2f51d0be34
Revises: 6eb3867dbc8d
Create Date: 2026-11-27 13:50:00

"""

import sqlalchemy as sa
from alembic import op

revision = "8c2f51d0be34"
down_revision = "6eb3867dbc8d"
branch_labels = None
depends_on = None

WHERE = {
    name: {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}
    for name, condition in {
        "open": "status IN ('waiting', 'running')",
        "waiting": "status = 'waiting'",
        "running": "status = 'running'",
        "dead": "status = 'dead'",
        "done": "status = 'done'",
    }.items()
}


def upgrade():
    op.create_table(
        "lane",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lane")),
    )
    op.execute(
        "INSERT INTO lane (id, failures, reason, changed_at) VALUES (0, 0, '', CURRENT_TIMESTAMP)"
    )
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lane_id", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("failure", sa.String(), nullable=True))
        batch_op.drop_index("ix_outbox_message_open", **WHERE["open"])
        for name, columns in {
            "waiting": ["lane_id", "due_at"],
            "running": ["lane_id"],
            "dead": ["handler"],
            "done": ["finished_at"],
        }.items():
            batch_op.create_index(f"ix_outbox_message_{name}", columns, **WHERE[name])


def downgrade():
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        for name in ("done", "dead", "running", "waiting"):
            batch_op.drop_index(f"ix_outbox_message_{name}", **WHERE[name])
        batch_op.create_index("ix_outbox_message_open", ["due_at"], **WHERE["open"])
        batch_op.drop_column("failure")
        batch_op.drop_column("lane_id")
    op.drop_table("lane")
