"""Leases, gifts and redemptions; what an order knows of its campaign, designer and cost; customers that became one."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NULLABLE = (
    ("customer", sa.Column("merged_into", sa.String(), nullable=True), True),
    ("orderline", sa.Column("cost_fen", sa.BigInteger(), nullable=True), False),
    ("pointsentry", sa.Column("redemption_id", sa.String(), nullable=True), True),
    ("pointsentry", sa.Column("staff_id", sa.String(), nullable=True), False),
    ("sales_order", sa.Column("designer_id", sa.String(), nullable=True), True),
)
"""Table, new column, and whether it has an index."""

_FILLED = (
    ("salereturn", "withheld_fen", sa.BigInteger(), "0"),
    ("sales_order", "lease_points", sa.JSON(), "'{}'"),
    ("sales_order", "campaign", sa.String(), "''"),
)
"""Table, new column, its type, and its value in the rows there are."""


def upgrade() -> None:
    """Apply this step."""
    _create_tables()
    for table, column, indexed in _NULLABLE:
        op.add_column(table, column)
        if indexed:
            op.create_index(op.f(f"ix_{table}_{column.name}"), table, [column.name])
    for table, name, kind, value in _FILLED:
        op.add_column(table, sa.Column(name, kind, nullable=True))
        op.execute(f"UPDATE {table} SET {name} = {value}")  # noqa: S608 - names and values are those above
        with op.batch_alter_table(table) as batch:
            batch.alter_column(name, existing_type=kind, nullable=False)


def _create_tables() -> None:
    op.create_table(
        "gift",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("company_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("value_fen", sa.BigInteger(), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=True),
        sa.Column("min_tier", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "lease",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("company_id", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.Column("released", sa.BigInteger(), nullable=False),
        sa.Column("granted_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "leaseend",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("company_id", sa.String(length=40), nullable=False),
        sa.Column("lease_id", sa.String(), nullable=False),
        sa.Column("ended_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "redemption",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("company_id", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("gift_id", sa.String(), nullable=True),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("lease_points", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("redeemed_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("cancelled_at_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    for table, name in (
        ("lease", "customer_id"),
        ("lease", "device_id"),
        ("lease", "expires_at_ms"),
        ("leaseend", "lease_id"),
        ("redemption", "customer_id"),
        ("redemption", "gift_id"),
    ):
        op.create_index(op.f(f"ix_{table}_{name}"), table, [name])


def downgrade() -> None:
    """Take this step back."""
    for table, name, *_ in reversed(_FILLED):
        op.drop_column(table, name)
    for table, column, indexed in reversed(_NULLABLE):
        if indexed:
            op.drop_index(op.f(f"ix_{table}_{column.name}"), table)
        op.drop_column(table, column.name)
    for table in ("redemption", "leaseend", "lease", "gift"):
        op.drop_table(table)
