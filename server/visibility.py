"""Which scopes a row belongs to, read from its table's declaration (`shared_models.synced`)."""

from string import Formatter
from typing import TypeVar

from litestar.exceptions import NotFoundException
from shared_models.synced import Policy, Synced
from sqlmodel import Session, SQLModel

from server.auth.caller import Caller
from server.auth.errors import NotYours

Row = TypeVar("Row", bound=Synced)


def visible(session: Session, caller: Caller, table: type[Row], row_id: str) -> Row:
    """The row, if one of the caller's scopes covers it.

    Raises `NotFoundException` when the caller's company has no such row, `NotYours` when it is somebody else's.
    """
    row = session.get(table, row_id)
    if row is None or row.company_id != caller.company_id:
        raise NotFoundException
    if caller.scopes.isdisjoint(scopes_of_row(session, row)):
        raise NotYours(str(table.__tablename__), row_id)
    return row


def scopes_of_row(session: Session, row: Synced) -> frozenset[str]:
    """The row's own scopes and, where it follows another row, those of that row."""
    policy: Policy = SQLModel.metadata.tables[str(row.__tablename__)].info["sync"]
    scopes = {scope for template in policy.scopes if (scope := _filled(template, row))}
    parent = policy.parent
    if parent:
        name = parent.table or getattr(row, str(parent.table_column))
        above = session.get(_model(name), getattr(row, parent.column))
        if above is not None:
            scopes |= scopes_of_row(session, above)
    return frozenset(scopes)


def _filled(template: str, row: Synced) -> str | None:
    names = [name for _, name, _, _ in Formatter().parse(template) if name]
    values = {name: getattr(row, name) for name in names}
    return template.format(**values) if all(values.values()) else None


def _model(table_name: str) -> type[Synced]:
    mappers = SQLModel._sa_registry.mappers  # noqa: SLF001  # SQLModel offers no other way from a table to its class
    return next(each.class_ for each in mappers if each.local_table.name == table_name)
