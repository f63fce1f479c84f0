"""Alembic's entry: runs the migrations on the connection that `server.migrate` hands over."""

from collections.abc import Iterable
from typing import Any

from alembic import context
from alembic.operations.ops import CreateTableOp, MigrationScript

from server.schema import metadata


def without_sync_declarations(
    _context: object, _revision: object, directives: Iterable[MigrationScript]
) -> None:
    """Leave out of a drafted migration how its tables sync: that is for the code to say, not for the database."""
    for directive in directives:
        operations: list[Any] = directive.upgrade_ops.ops if directive.upgrade_ops else []
        for operation in operations:
            if isinstance(operation, CreateTableOp):
                operation.info.clear()


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata(),
    render_as_batch=True,
    compare_type=True,
    process_revision_directives=without_sync_declarations,
)
# The caller's transaction is used: it holds the lock, and commits everything or nothing.
context.run_migrations()
