"""Rows of the tables as plain values: bulk work on tens of thousands of them leaves the ORM out."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from sqlalchemy import Table, select
from sqlmodel import Session, SQLModel

from shared_models.designers.tables import (
    Designer,
    DesignerEvent,
    DesignerFirm,
    DesignerInvitation,
    DesignerLevelChange,
    DesignerLevels,
    Recommendation,
    Referral,
)
from shared_models.loyalty.tables import MemberAccount, PointsEntry, PointsLot, Scheme
from shared_models.people.tables import Staff, Store
from shared_models.pinyin import search_key
from shared_models.sales.tables import Customer, FollowUp, Lead, Order, OrderLine, Payment, SaleReturn
from shared_models.stock.tables import Product
from shared_models.synced import Kind, Policy

Row = dict[str, Any]

_MODELS: tuple[type[SQLModel], ...] = (
    Store, Staff, Scheme, Product, DesignerLevels, DesignerFirm, Designer, DesignerLevelChange, DesignerEvent,
    DesignerInvitation, Recommendation, Customer, Lead, FollowUp, Order, OrderLine, Payment, SaleReturn, PointsLot, PointsEntry,
    MemberAccount, Referral,
)  # fmt: skip
MODELS: dict[str, type[SQLModel]] = {str(model.__tablename__): model for model in _MODELS}
"""Every table an import writes, by name, in an order in which whatever a row refers to comes before it."""

_CHUNK = 500


def table_of(name: str) -> Table:
    """The table of this name."""
    return SQLModel.metadata.tables[name]


def is_fact(name: str) -> bool:
    """Whether rows of the table are never changed once written."""
    policy: Policy = table_of(name).info["sync"]
    return policy.kind is Kind.FACT


def whole_row(table: str, row_id: str, company_id: str, fields: Row) -> Row:
    """A complete row: what is given, the table's defaults for the rest, and the key by which a name is found."""
    plain, empty = _defaults(table)
    row: Row = dict(plain)
    for name, make in empty:
        row[name] = make()
    row |= fields | {"id": row_id, "company_id": company_id}
    if "name_key" in row:
        row["name_key"] = search_key(row["name"])
    return row


@cache
def _defaults(table: str) -> tuple[Row, tuple[tuple[str, Callable[[], Any]], ...]]:
    """The defaults of a table's columns: those with a value, and those that are made anew for every row."""
    plain: Row = {}
    empty: list[tuple[str, Callable[[], Any]]] = []
    for name, info in MODELS[table].model_fields.items():
        if info.is_required() or name == "id":
            continue
        made = info.get_default(call_default_factory=True)
        if isinstance(made, list | dict):
            empty.append((name, type(made)))
        else:
            plain[name] = made
    return plain, tuple(empty)


def rows_by_id(session: Session, table: str, ids: Iterable[str], *, lock: bool = False) -> dict[str, Row]:
    """Those of these rows that exist; with `lock` nobody else changes them before the transaction ends."""
    return {row["id"]: row for row in rows_where(session, table, "id", ids, lock=lock)}


def rows_where(
    session: Session, table: str, column: str, values: Iterable[str], *, lock: bool = False
) -> list[Row]:
    """The rows whose column has one of these values, ordered by identifier."""
    source, wanted = table_of(table), sorted(set(values))
    found: list[Row] = []
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        query = select(source).where(source.c[column].in_(chunk)).order_by(source.c.id)
        query = query.with_for_update() if lock else query
        found += (dict(row) for row in session.connection().execute(query).mappings())
    return found


def rows_of_company(session: Session, table: str, company_id: str) -> list[Row]:
    """Every row of the company in a small table, ordered by identifier."""
    source = table_of(table)
    query = select(source).where(source.c.company_id == company_id).order_by(source.c.id)
    return [dict(row) for row in session.connection().execute(query).mappings()]
