"""Codes by which members log in."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "auth_member_code",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("number_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("code_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_auth_member_code_number_hash"), "auth_member_code", ["number_hash"])
    op.create_index(op.f("ix_auth_member_code_expires_at_ms"), "auth_member_code", ["expires_at_ms"])


def downgrade() -> None:
    """Take this step back."""
    op.drop_table("auth_member_code")
