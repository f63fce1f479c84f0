"""Refused units that their author has handed over: word for word, for the manager to look at.

A synced table like any other, written on the device as an ordinary unit, also without a network.
"""

from enum import StrEnum
from typing import Any

from shared_models.synced import Kind, Merge, Synced, column, document, moment_ms, synced


class HandedOverState(StrEnum):
    """Whether the manager has dealt with it."""

    OPEN = "open"
    SETTLED = "settled"


class HandedOver(Synced, table=True):
    """One refused unit: `unit` holds it as it was, with `id`, `action`, `at_ms` and `changes`; `code` and `details` why.

    `about_table` and `about_id` name the first row that it wrote.
    """

    __tablename__ = "handed_over"
    __table_args__ = synced(
        Kind.RECORD,
        scopes=("manager:{store_id}", "office:{company_id}"),
        readers=("staff:{by}",),
        rank=28,
    )
    store_id: str | None = column(None, references="store")
    by: str = column(merge=Merge.AUTHOR, references="staff")
    at_ms: int = moment_ms(merge=Merge.ACTION_TIME)
    action: str = ""
    code: str = ""
    details: dict[str, Any] = document()
    about_table: str = ""
    about_id: str = column("", index=True)
    unit: dict[str, Any] = document()
    state: str = column(HandedOverState.OPEN, index=True)
