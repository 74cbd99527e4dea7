"""pseudonyms

Revision ID: c41e9b7d3f60
Revises: 3107819149d9
Create Date: 2026-11-27 14:12:00.000000

"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "c41e9b7d3f60"
down_revision = "3107819149d9"
branch_labels = None
depends_on = None

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def upgrade():
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pseudonym", sa.String(length=16), nullable=True))
    membership = sa.table("membership", sa.column("id"), sa.column("pseudonym"))
    connection = op.get_bind()
    for member_id in connection.scalars(sa.select(membership.c.id)).all():
        code = "".join(secrets.choice(ALPHABET) for _ in range(8))
        row = membership.update().where(membership.c.id == member_id)
        connection.execute(row.values(pseudonym=f"P-{code[:4]}-{code[4:]}"))
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.alter_column("pseudonym", existing_type=sa.String(length=16), nullable=False)
        batch_op.create_unique_constraint(
            op.f("uq_membership_context_id_pseudonym"), ["context_id", "pseudonym"]
        )


def downgrade():
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("uq_membership_context_id_pseudonym"), type_="unique")
        batch_op.drop_column("pseudonym")
