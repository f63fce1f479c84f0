"""What members had bought before the books were opened here."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "opening_purchases",
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("company_id", sa.String(length=40), nullable=False),
        sa.Column("spent_fen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id"),
    )
    op.create_index(op.f("ix_opening_purchases_company_id"), "opening_purchases", ["company_id"])


def downgrade() -> None:
    """Take this step back."""
    op.drop_table("opening_purchases")
