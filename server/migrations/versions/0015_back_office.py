"""The back office of points and designers: gifts and their hand-over, decided claims, paid statements."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    with op.batch_alter_table("gift") as batch_op:
        batch_op.add_column(sa.Column("valid_from", AutoString(), nullable=True))
        batch_op.add_column(sa.Column("valid_until", AutoString(), nullable=True))
    with op.batch_alter_table("redemption") as batch_op:
        batch_op.add_column(sa.Column("due_at_ms", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("handed_over_at_ms", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("handed_over_by", AutoString(), nullable=True))
        batch_op.create_index(batch_op.f("ix_redemption_due_at_ms"), ["due_at_ms"], unique=False)
    with op.batch_alter_table("referral") as batch_op:
        batch_op.add_column(sa.Column("decision", AutoString(), nullable=True))
        batch_op.add_column(sa.Column("decided_by", AutoString(), nullable=True))
        batch_op.add_column(sa.Column("decided_at_ms", sa.BigInteger(), nullable=True))
    op.execute("UPDATE referral SET decision = ''")
    with op.batch_alter_table("referral") as batch_op:
        batch_op.alter_column("decision", existing_type=AutoString(), nullable=False)
    op.create_table(
        "commissionpayout",
        sa.Column("id", AutoString(length=40), nullable=False),
        sa.Column("company_id", AutoString(length=40), nullable=False),
        sa.Column("statement_id", AutoString(), nullable=False),
        sa.Column("designer_id", AutoString(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("reference", AutoString(), nullable=False),
        sa.Column("staff_id", AutoString(), nullable=True),
        sa.Column("paid_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("statement_id", "designer_id"):
        op.create_index(op.f(f"ix_commissionpayout_{column}"), "commissionpayout", [column], unique=False)


def downgrade() -> None:
    """Take this step back."""
    op.drop_table("commissionpayout")
    with op.batch_alter_table("referral") as batch_op:
        for column in ("decided_at_ms", "decided_by", "decision"):
            batch_op.drop_column(column)
    with op.batch_alter_table("redemption") as batch_op:
        batch_op.drop_index(batch_op.f("ix_redemption_due_at_ms"))
        for column in ("handed_over_by", "handed_over_at_ms", "due_at_ms"):
            batch_op.drop_column(column)
    with op.batch_alter_table("gift") as batch_op:
        for column in ("valid_until", "valid_from"):
            batch_op.drop_column(column)
