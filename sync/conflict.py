"""The conflict inbox: values that gave way, kept where a person can read them and take them back (R13).

A synced table like any other: the hub creates the rows, they reach whoever sees the row they are about, and settling one
is an ordinary edit that syncs itself and can be undone.
"""

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from shared_models.ids import derived_id
from shared_models.synced import Kind, Merge, Parent, Synced, column, moment_ms, synced
from sync.merge import Lost
from sync.places import Place


class ConflictState(StrEnum):
    """Whether somebody has looked at a conflict, and what they chose."""

    OPEN = "open"
    TAKEN = "taken"
    KEPT = "kept"
    EDITED = "edited"
    """Neither value stands, but a third one."""


class Conflict(Synced, table=True):
    """One value that gave way to another. `base`, `kept` and `lost` are JSON.

    Both have their author, corrected moment and device, by its identifier and its name; those of the server have no device.
    `field` is the column, or the name of a free field; then `within` is the column that holds it.
    """

    __table_args__ = synced(
        Kind.RECORD,
        parent=Parent("about_id", table_column="about_table"),
        unseen_by=("member",),
        device_inserts=False,
        rank=26,
    )
    about_table: str = column(merge=Merge.SERVER)
    about_id: str = column(merge=Merge.SERVER, index=True)
    field: str = column(merge=Merge.SERVER)
    within: str = column("", merge=Merge.SERVER)
    base: str = column(merge=Merge.SERVER)
    kept: str = column(merge=Merge.SERVER)
    lost: str = column(merge=Merge.SERVER)
    kept_by: str = column("", merge=Merge.SERVER)
    lost_by: str = column("", merge=Merge.SERVER)
    lost_at_ms: int = moment_ms(merge=Merge.SERVER)
    lost_device: str = column("", merge=Merge.SERVER)
    lost_device_name: str = column("", merge=Merge.SERVER)
    kept_at_ms: int | None = moment_ms(None, merge=Merge.SERVER)
    kept_device: str = column("", merge=Merge.SERVER)
    kept_device_name: str = column("", merge=Merge.SERVER)
    state: str = column(ConflictState.OPEN, merge=Merge.LAST, index=True)

    @property
    def place(self) -> Place:
        """Where in the row it happened."""
        return Place.named(self.field, self.within)

    def lost_value(self) -> Any:
        """The value that gave way."""
        return json.loads(self.lost)

    def kept_value(self) -> Any:
        """The value that stood when the conflict arose."""
        return json.loads(self.kept)


def conflict_row(
    unit_id: str,
    about: tuple[str, str, str],
    lost: Lost,
    stamps: tuple[list[Any], list[Any]],
    device_names: Mapping[str, str],
) -> dict[str, Any]:
    """The row of the inbox for a value that gave way when a unit arrived.

    `about` is (table, company, row); `stamps` are the arriving and the standing one with their authors: [ms, count, device,
    author]. The identifier follows from the unit, so that the same unit never makes two.
    """
    table, company_id, row_id = about
    loser, keeper = stamps if lost.incoming_lost else stamps[::-1]
    return Conflict(
        id=derived_id("conflict", unit_id, table, row_id, lost.place.stamp_key),
        company_id=company_id,
        about_table=table,
        about_id=row_id,
        field=lost.place.name,
        within=lost.place.within,
        base=json.dumps(lost.base, ensure_ascii=False),
        kept=json.dumps(lost.kept, ensure_ascii=False),
        lost=json.dumps(lost.lost, ensure_ascii=False),
        kept_by=keeper[3],
        lost_by=loser[3],
        lost_at_ms=loser[0],
        lost_device=loser[2],
        lost_device_name=device_names.get(loser[2], ""),
        kept_at_ms=keeper[0],
        kept_device=keeper[2],
        kept_device_name=device_names.get(keeper[2], ""),
        state=ConflictState.OPEN,
    ).model_dump()
