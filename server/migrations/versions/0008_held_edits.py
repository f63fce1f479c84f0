"""Edits that wait for approval, and when a device's user lost which scope."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "held_edit",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("company_id", sa.String(length=40), nullable=False),
        sa.Column("about_table", sa.String(), nullable=False),
        sa.Column("about_id", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("within", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("base", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("held_edit") as batch_op:
        for column in ("about_id", "by", "state"):
            batch_op.create_index(batch_op.f(f"ix_held_edit_{column}"), [column], unique=False)
    with op.batch_alter_table("sync_device") as batch_op:
        batch_op.add_column(sa.Column("lost", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("sync_device") as batch_op:
        batch_op.alter_column("lost", server_default=None)


def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table("sync_device") as batch_op:
        batch_op.drop_column("lost")
    op.drop_table("held_edit")
