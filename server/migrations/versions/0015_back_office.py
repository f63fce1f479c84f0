"""The back office of points and designers: gifts with days, and their hand-over."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0015"
down_revision = "0014"
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


def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table("redemption") as batch_op:
        batch_op.drop_index(batch_op.f("ix_redemption_due_at_ms"))
        for column in ("handed_over_by", "handed_over_at_ms", "due_at_ms"):
            batch_op.drop_column(column)
    with op.batch_alter_table("gift") as batch_op:
        for column in ("valid_until", "valid_from"):
            batch_op.drop_column(column)
