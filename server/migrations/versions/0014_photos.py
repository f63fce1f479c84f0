"""Photos of visits."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "photo",
        sa.Column("id", AutoString(length=40), nullable=False),
        sa.Column("company_id", AutoString(length=40), nullable=False),
        sa.Column("about_table", AutoString(), nullable=False),
        sa.Column("about_id", AutoString(), nullable=False),
        sa.Column("staff_id", AutoString(), nullable=False),
        sa.Column("picture_sha256", AutoString(length=64), nullable=False),
        sa.Column("picture_bytes", sa.Integer(), nullable=False),
        sa.Column("width_px", sa.Integer(), nullable=False),
        sa.Column("height_px", sa.Integer(), nullable=False),
        sa.Column("thumbnail_sha256", AutoString(length=64), nullable=False),
        sa.Column("thumbnail_bytes", sa.Integer(), nullable=False),
        sa.Column("taken_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("picture_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("thumbnail_at_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_photo_about", "photo", ["about_id", "taken_at_ms"])
    for name in ("staff_id", "picture_sha256", "thumbnail_sha256"):
        op.create_index(op.f(f"ix_photo_{name}"), "photo", [name])


def downgrade() -> None:
    """Take this step back."""
    op.drop_table("photo")
