"""Leads that nobody owns yet, escalations, and whose turn it is."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "assignment_turn",
        sa.Column("company_id", sa.String(length=40), nullable=False),
        sa.Column("last_staff_id", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("company_id"),
    )
    op.create_table(
        "escalation",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("company_id", sa.String(length=40), nullable=False),
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=True),
        sa.Column("due_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("raised_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_escalation_lead_id"), "escalation", ["lead_id"])
    with op.batch_alter_table("lead") as batch:
        batch.alter_column("owner_id", existing_type=sa.String(), nullable=True)
        batch.add_column(sa.Column("awaits_owner", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("escalated_at_ms", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("lead") as batch:
        batch.alter_column("awaits_owner", existing_type=sa.Boolean(), server_default=None)
    op.add_column("followup", sa.Column("next_in_hours", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take this step back."""
    op.drop_column("followup", "next_in_hours")
    with op.batch_alter_table("lead") as batch:
        batch.drop_column("escalated_at_ms")
        batch.drop_column("awaits_owner")
        batch.alter_column("owner_id", existing_type=sa.String(), nullable=False)
    op.drop_index(op.f("ix_escalation_lead_id"), "escalation")
    op.drop_table("escalation")
    op.drop_table("assignment_turn")
