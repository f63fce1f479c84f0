"""Stores, the people who work in them, and what these are to reach."""

from enum import StrEnum
from typing import Any

from shared_models.synced import Kind, Synced, column, document, moment_ms, money_fen, string_set, synced


class Role(StrEnum):
    """What a person may do and see; see `access.py` for the scopes each role gets."""

    SALES = "sales"
    STORE_MANAGER = "store_manager"
    COMPANY_MANAGER = "company_manager"
    OFFICE = "office"
    DESIGNER = "designer"
    """Works with the company, not for it: their `Staff` row has the identifier of their `Designer` row."""
    MEMBER = "member"
    """Buys from the company. Has no `Staff` row: whoever has the customer's number logs in as the customer."""


class Store(Synced, table=True):
    """A showroom."""

    __table_args__ = synced(
        Kind.REFERENCE,
        scopes=("company:{company_id}", "partners:{company_id}", "members:{company_id}"),
        rank=10,
    )
    name: str
    city: str = ""
    region: str = ""


class Staff(Synced, table=True):
    """A person who works for the company; `code` is what they log in with."""

    __table_args__ = synced(Kind.REFERENCE, scopes=("company:{company_id}",), rank=11)
    code: str = column(index=True)
    name: str
    role: str = Role.SALES
    store_id: str | None = column(None, references="store", index=True)
    regions: list[str] = string_set()
    categories: list[str] = string_set()
    capacity: int = 99
    on_leave: bool = False
    active: bool = True


class KpiScheme(Synced, table=True):
    """One version of how work is scored; `rules` is read by `shared_models.office.kpi` (R16)."""

    __table_args__ = synced(Kind.REFERENCE, scopes=("company:{company_id}",), rank=18)
    version: int
    valid_from_ms: int = moment_ms(index=True)
    rules: dict[str, Any] = document()


class KpiTarget(Synced, table=True):
    """What one person is to reach in a period, from a moment on until another is agreed; seen by them and above."""

    __table_args__ = synced(
        Kind.REFERENCE, scopes=("staff:{staff_id}", "manager:{store_id}", "office:{company_id}"), rank=19
    )
    staff_id: str = column(references="staff", index=True)
    store_id: str | None = column(None, references="store")
    followups: int | None = None
    sales_fen: int | None = money_fen(None)
    valid_from_ms: int = moment_ms()
