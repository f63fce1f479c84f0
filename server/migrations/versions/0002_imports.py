"""What imports remember, and their jobs."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "import_row",
        sa.Column("row_id", sa.String(length=40), nullable=False),
        sa.Column("mapping", sa.String(length=80), nullable=False),
        sa.Column("company_id", sa.String(length=40), nullable=False),
        sa.Column("table_name", sa.String(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("row_id", "mapping"),
    )
    op.create_index("ix_import_row_company", "import_row", ["company_id", "mapping"])
    op.create_table(
        "import_job",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("company_id", sa.String(length=40), nullable=False),
        sa.Column("staff_id", sa.String(length=40), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_total", sa.Integer(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("errors", sa.Text(), nullable=False),
        sa.Column("started_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("touched_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("finished_at_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_import_job_company_id"), "import_job", ["company_id"])


def downgrade() -> None:
    """Take this step back."""
    op.drop_table("import_job")
    op.drop_table("import_row")
