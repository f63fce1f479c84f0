"""Which scopes a row belongs to, read from its table's declaration (`shared_models.synced`)."""

from collections.abc import Mapping
from typing import Any, TypeVar

from litestar.exceptions import NotFoundException
from sqlalchemy import select
from sqlmodel import Session

from server.auth.errors import NotYours
from shared_models.synced import Synced
from sync.hub import Caller
from sync.schema import catalogue, is_identifier

Row = TypeVar("Row", bound=Synced)


def visible(session: Session, caller: Caller, table: type[Row], row_id: str) -> Row:
    """The row, if one of the caller's scopes covers it.

    Raises `NotFoundException` when the caller's company has no such row, `NotYours` when it is somebody else's.
    """
    row = session.get(table, row_id) if is_identifier(row_id) else None
    if row is None or row.company_id != caller.company_id:
        raise NotFoundException
    if caller.scopes.isdisjoint(scopes_of_row(session, str(table.__tablename__), row.model_dump())):
        raise NotYours(str(table.__tablename__), row_id)
    return row


def scopes_of_row(session: Session, table: str, row: Mapping[str, Any]) -> frozenset[str]:
    """The row's own scopes and, where it follows another row, those of that row."""
    spec = catalogue()[table]
    parent = spec.parent_of(row)
    if parent is None:
        return spec.own_scopes(row) | spec.reader_scopes(row)
    above_table, above_id = parent
    above_columns = catalogue()[above_table].table
    above = (
        session.connection()
        .execute(select(above_columns).where(above_columns.c.id == above_id))
        .mappings()
        .one_or_none()
    )
    inherited = scopes_of_row(session, above_table, dict(above)) if above else frozenset()
    return spec.own_scopes(row) | spec.reader_scopes(row) | spec.inherited(inherited)
