"""How devices stand, and what a manager has them do."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_FILLED = (
    ("refused", sa.Integer(), "0"),
    ("app_version", sa.String(), ""),
    ("storage_bytes", sa.BigInteger(), "0"),
    ("order", sa.String(), ""),
)
_EMPTY = ("caught_up_at_ms", "wiped_at_ms")


def upgrade() -> None:
    """Apply this step."""
    with op.batch_alter_table("sync_device") as batch_op:
        for name, kind, value in _FILLED:
            batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=value))
        for name in _EMPTY:
            batch_op.add_column(sa.Column(name, sa.BigInteger(), nullable=True))
    with op.batch_alter_table("sync_device") as batch_op:
        for name, _, _ in _FILLED:
            batch_op.alter_column(name, server_default=None)


def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table("sync_device") as batch_op:
        for name in (*_EMPTY, *(name for name, _, _ in _FILLED)):
            batch_op.drop_column(name)
