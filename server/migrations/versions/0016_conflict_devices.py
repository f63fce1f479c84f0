"""Which device, by name, and when: of both values of a conflict."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_NAMES = ("lost_device_name", "kept_device", "kept_device_name")


def upgrade() -> None:
    """Apply this step."""
    with op.batch_alter_table("conflict") as batch_op:
        for name in _NAMES:
            batch_op.add_column(sa.Column(name, sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("kept_at_ms", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("conflict") as batch_op:
        for name in _NAMES:
            batch_op.alter_column(name, server_default=None)


def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table("conflict") as batch_op:
        for name in (*_NAMES, "kept_at_ms"):
            batch_op.drop_column(name)
