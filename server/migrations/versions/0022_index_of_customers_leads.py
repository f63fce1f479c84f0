"""On SQLite the index of a customer's leads is of leads that have a customer, as it is on devices."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.drop_index("ix_lead_customer_id", "lead")
    op.create_index(
        "ix_lead_customer", "lead", ["customer_id"], sqlite_where=sa.text("customer_id IS NOT NULL")
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_index("ix_lead_customer", "lead")
    op.create_index("ix_lead_customer_id", "lead", ["customer_id"])
