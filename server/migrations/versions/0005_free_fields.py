"""Free fields of customers and leads, whose keys merge separately."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step; rows that exist have no free fields."""
    for table in ("customer", "lead"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column("attributes", sa.JSON(), nullable=False, server_default="{}"))
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column("attributes", server_default=None)
    with op.batch_alter_table("conflict") as batch_op:
        batch_op.add_column(sa.Column("within", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("conflict") as batch_op:
        batch_op.alter_column("within", server_default=None)


def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table("conflict") as batch_op:
        batch_op.drop_column("within")
    for table in ("customer", "lead"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("attributes")
