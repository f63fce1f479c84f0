"""The index of a customer's leads is of leads that have a customer."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_WHERE = sa.text("customer_id IS NOT NULL")


def upgrade() -> None:
    """Apply this step."""
    op.drop_index("ix_lead_customer_id", "lead")
    op.create_index("ix_lead_customer", "lead", ["customer_id"], sqlite_where=_WHERE, postgresql_where=_WHERE)


def downgrade() -> None:
    """Take this step back."""
    op.drop_index("ix_lead_customer", "lead")
    op.create_index("ix_lead_customer_id", "lead", ["customer_id"])
