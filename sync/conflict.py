"""The conflict inbox: values that gave way, kept where a person can read them and take them back (R13).

A synced table like any other: the hub creates the rows, they reach whoever sees the row they are about, and settling one
is an ordinary edit that syncs itself and can be undone.
"""

import json
from enum import StrEnum
from typing import Any

from shared_models.synced import Kind, Merge, Parent, Synced, column, moment_ms, synced


class ConflictState(StrEnum):
    """Whether somebody has looked at a conflict, and what they chose."""

    OPEN = "open"
    TAKEN = "taken"
    KEPT = "kept"


class Conflict(Synced, table=True):
    """One value that gave way to another. `base`, `kept` and `lost` are JSON."""

    __table_args__ = synced(Kind.RECORD, parent=Parent("about_id", table_column="about_table"), rank=26)
    about_table: str
    about_id: str = column(index=True)
    field: str
    base: str
    kept: str
    lost: str
    kept_by: str = ""
    lost_by: str = ""
    lost_at_ms: int = moment_ms()
    lost_device: str = ""
    state: str = column(ConflictState.OPEN, merge=Merge.LAST, index=True)

    def lost_value(self) -> Any:
        """The value that gave way."""
        return json.loads(self.lost)

    def kept_value(self) -> Any:
        """The value that stood when the conflict arose."""
        return json.loads(self.kept)
