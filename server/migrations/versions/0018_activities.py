"""Activities that give points, and what they gave."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "activity",
        sa.Column("id", AutoString(length=40), nullable=False),
        sa.Column("company_id", AutoString(length=40), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("cap", sa.Integer(), nullable=True),
        sa.Column("valid_from", AutoString(), nullable=True),
        sa.Column("valid_until", AutoString(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "activitygrant",
        sa.Column("id", AutoString(length=40), nullable=False),
        sa.Column("company_id", AutoString(length=40), nullable=False),
        sa.Column("customer_id", AutoString(), nullable=False),
        sa.Column("activity_id", AutoString(), nullable=False),
        sa.Column("event", AutoString(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", AutoString(), nullable=True),
        sa.Column("granted_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("customer_id", "activity_id"):
        op.create_index(op.f(f"ix_activitygrant_{column}"), "activitygrant", [column], unique=False)


def downgrade() -> None:
    """Take this step back."""
    op.drop_table("activitygrant")
    op.drop_table("activity")
