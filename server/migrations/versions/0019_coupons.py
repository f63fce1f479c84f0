"""Coupons: who got which, until when, and in which order it was used."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "coupon",
        sa.Column("id", AutoString(length=40), nullable=False),
        sa.Column("company_id", AutoString(length=40), nullable=False),
        sa.Column("customer_id", AutoString(), nullable=False),
        sa.Column("campaign", AutoString(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("valid_until", AutoString(), nullable=True),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("order_id", AutoString(), nullable=True),
        sa.Column("issued_by", AutoString(), nullable=True),
        sa.Column("issued_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("settled_at_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("customer_id", "order_id"):
        op.create_index(op.f(f"ix_coupon_{column}"), "coupon", [column], unique=False)


def downgrade() -> None:
    """Take this step back."""
    op.drop_table("coupon")
