"""Claims on clients that somebody decided, and statements that were paid."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
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
