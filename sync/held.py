"""Edits that wait for somebody's word: their author had lost the row before they made them (R13).

A synced table like any other: the hub makes one row for each value, they reach whoever sees the row they are about and
their author, and deciding is an ordinary edit that syncs itself.
"""

import json
from enum import StrEnum
from typing import Any

from shared_models.ids import derived_id
from shared_models.synced import Kind, Merge, Parent, Synced, column, moment_ms, synced
from sync.places import Place


class HeldState(StrEnum):
    """What became of a held edit."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"


HELD_TRANSITIONS: dict[str, frozenset[str]] = {
    HeldState.OPEN: frozenset({HeldState.APPROVED, HeldState.REJECTED}),
    HeldState.APPROVED: frozenset(),
    HeldState.REJECTED: frozenset(),
}


class HeldEdit(Synced, table=True):
    """One value that is neither applied nor dropped until whoever has the row now decides.

    `field` is the column, or the name of a free field; then `within` is the column that holds it. `value`, and `base`
    which its author saw, are JSON. `at_ms` is the corrected moment of the edit.
    """

    __tablename__ = "held_edit"
    __table_args__ = synced(
        Kind.RECORD,
        parent=Parent("about_id", table_column="about_table"),
        readers=("staff:{by}",),
        unseen_by=("member",),
        device_inserts=False,
        transitions=HELD_TRANSITIONS,
        rank=27,
    )
    about_table: str = column(merge=Merge.SERVER)
    about_id: str = column(merge=Merge.SERVER, index=True)
    field: str = column(merge=Merge.SERVER)
    within: str = column("", merge=Merge.SERVER)
    value: str = column(merge=Merge.SERVER)
    base: str = column(merge=Merge.SERVER)
    by: str = column(merge=Merge.SERVER, index=True)
    at_ms: int = moment_ms(merge=Merge.SERVER)
    device: str = column("", merge=Merge.SERVER)
    unit_id: str = column("", merge=Merge.SERVER)
    state: str = column(HeldState.OPEN, merge=Merge.STATE, index=True)
    decided_by: str = ""

    @property
    def place(self) -> Place:
        """Where in the row the value wants to stand."""
        return Place.named(self.field, self.within)

    def held_value(self) -> Any:
        """The value that its author wrote."""
        return json.loads(self.value)

    def base_value(self) -> Any:
        """The value that its author saw before."""
        return json.loads(self.base)


def held_row(
    unit_id: str, about: tuple[str, str, str], place: Place, values: tuple[Any, Any], stamped: list[Any]
) -> dict[str, Any]:
    """The row for a value that is held when a unit arrives.

    `about` is (table, company, row), `values` what was written and what its author saw, `stamped` [ms, count, device,
    author]. The identifier follows from the unit, so that the same unit never makes two.
    """
    table, company_id, row_id = about
    value, base = (json.dumps(each, ensure_ascii=False) for each in values)
    return HeldEdit(
        id=derived_id("held", unit_id, table, row_id, place.stamp_key),
        company_id=company_id,
        about_table=table,
        about_id=row_id,
        field=place.name,
        within=place.within,
        value=value,
        base=base,
        by=stamped[3],
        at_ms=stamped[0],
        device=stamped[2],
        unit_id=unit_id,
        state=HeldState.OPEN,
    ).model_dump()


def decide(held: HeldEdit, record: object, staff_id: str, *, approve: bool) -> None:
    """Close a held edit, by `staff_id`; approving puts the value into `record`, as that person's own edit."""
    if approve:
        held.place.write_to(record, held.held_value())
    held.state = HeldState.APPROVED if approve else HeldState.REJECTED
    held.decided_by = staff_id
