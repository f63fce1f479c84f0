"""Whose purchase a commission was earned with."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    with op.batch_alter_table("commissionentry") as batch_op:
        batch_op.add_column(sa.Column("customer_id", sa.String(), nullable=True))


def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table("commissionentry") as batch_op:
        batch_op.drop_column("customer_id")
