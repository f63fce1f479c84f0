"""How the sync stands, for the pill on every page and the sync screen."""

from enum import StrEnum
from typing import TYPE_CHECKING

import flet as ft

if TYPE_CHECKING:
    from sync.device.replica import SyncStatus


class Phase(StrEnum):
    """What the sync loop is doing."""

    STARTING = "starting"
    SYNCING = "syncing"
    IDLE = "idle"
    OFFLINE = "offline"
    LOGIN = "login"


class SyncState(ft.Observable):
    """Counts and connection; written by the sync loop and by the local copy, read by screens."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self.phase: Phase = Phase.STARTING
        self.pending = 0
        """What has not reached the server: actions, and photos whose pictures have not."""
        self.photos = 0
        """How many of these are photos."""
        self.refused = 0
        self.conflicts = 0
        self.last_sync_at_ms: int | None = None
        self.first_done = False
        self.fetched = 0
        self.remaining = 0
        self.error_code: str | None = None
        self.retry_in_ms: int | None = None
        self.skew_flagged = False
        """Whether the last sync found this device's clock so wrong that a manager is told (R12)."""

    @property
    def online(self) -> bool:
        """Whether the last attempt reached the server."""
        return self.phase in {Phase.IDLE, Phase.SYNCING}

    @property
    def attention(self) -> int:
        """How much only a person can settle."""
        return self.refused + self.conflicts

    def count(self, status: "SyncStatus") -> None:
        """Take over the counts of the local copy."""
        fresh = {
            "pending": status.pending + status.contents,
            "photos": status.contents,
            "refused": status.refused,
            "conflicts": status.conflicts,
            "last_sync_at_ms": status.last_sync_at_ms,
            "first_done": status.last_sync_at_ms is not None,
        }
        for name, value in fresh.items():
            if getattr(self, name) != value:
                setattr(self, name, value)

    def enter(self, phase: Phase, *, error_code: str | None = None, retry_in_ms: int | None = None) -> None:
        """Move to another phase, with what went wrong and when it is tried again."""
        self.error_code = error_code
        self.retry_in_ms = retry_in_ms
        self.phase = phase
