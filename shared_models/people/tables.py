"""Stores and the people who work in them."""

from enum import StrEnum

from shared_models.synced import Kind, Synced, column, string_set, synced


class Role(StrEnum):
    """What a person may do and see; see `access.py` for the scopes each role gets."""

    SALES = "sales"
    STORE_MANAGER = "store_manager"
    COMPANY_MANAGER = "company_manager"
    OFFICE = "office"


class Store(Synced, table=True):
    """A showroom."""

    __table_args__ = synced(Kind.REFERENCE, scopes=("company:{company_id}",), rank=10)
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
