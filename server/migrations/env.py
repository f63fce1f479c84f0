"""Alembic's entry: runs the migrations on the connection that `server.migrate` hands over."""

from collections.abc import Iterable
from typing import Any, Literal

from alembic import context
from alembic.operations.ops import CreateTableOp, MigrationScript
from sqlmodel import AutoString

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


def plain_strings(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write SQLModel's string type as the plain one that it is in the database."""
    if kind != "type" or not isinstance(item, AutoString):
        return False
    return f"sa.String(length={item.length})" if item.length else "sa.String()"


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata(),
    render_as_batch=True,
    compare_type=True,
    render_item=plain_strings,
    process_revision_directives=without_sync_declarations,
)
# The caller's transaction is used: it holds the lock, and commits everything or nothing.
context.run_migrations()
