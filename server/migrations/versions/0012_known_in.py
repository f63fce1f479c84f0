"""The stores that have served a customer."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.add_column("customer", sa.Column("known_in", sa.JSON(), nullable=True))
    op.execute("UPDATE customer SET known_in = '[]'")
    with op.batch_alter_table("customer") as batch:
        batch.alter_column("known_in", existing_type=sa.JSON(), nullable=False)


def downgrade() -> None:
    """Take this step back."""
    op.drop_column("customer", "known_in")
