"""Versions of gifts, which one a redemption was judged by, and the practice of a scheme."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "giftversion",
        sa.Column("id", AutoString(length=40), nullable=False),
        sa.Column("company_id", AutoString(length=40), nullable=False),
        sa.Column("gift_id", AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("begins_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("value_fen", sa.BigInteger(), nullable=False),
        sa.Column("min_tier", AutoString(), nullable=False),
        sa.Column("valid_from", AutoString(), nullable=True),
        sa.Column("valid_until", AutoString(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_giftversion_gift_id"), "giftversion", ["gift_id"], unique=False)
    op.add_column("redemption", sa.Column("gift_version_id", AutoString(), nullable=True))
    op.add_column("scheme", sa.Column("practice", sa.JSON(), nullable=True))
    op.execute("UPDATE scheme SET practice = '{}'")
    with op.batch_alter_table("scheme") as batch:
        batch.alter_column("practice", existing_type=sa.JSON(), nullable=False)


def downgrade() -> None:
    """Take this step back."""
    op.drop_column("scheme", "practice")
    op.drop_column("redemption", "gift_version_id")
    op.drop_table("giftversion")
