"""What the people in charge should know of."""

from enum import StrEnum
from typing import Any

from shared_models.synced import Kind, Merge, Synced, column, document, moment_ms, synced


class AlertKind(StrEnum):
    """Why somebody in charge is told."""

    LATE_SPEND = "late_spend"
    """Points were spent offline under a lease that had ended (R11)."""
    SKEW = "skew"
    """A device's clock is more than twelve hours off (R12)."""
    UNASSIGNED = "unassigned"
    """Nobody is free to take a lead (R18)."""


class AlertState(StrEnum):
    """What became of an alert."""

    OPEN = "open"
    SETTLED = "settled"
    """Somebody in charge has seen to it."""
    WITHDRAWN = "withdrawn"
    """What it was about has turned out otherwise."""


_ALERT_TRANSITIONS: dict[str, frozenset[str]] = {
    AlertState.OPEN: frozenset({AlertState.SETTLED, AlertState.WITHDRAWN}),
    AlertState.SETTLED: frozenset({AlertState.OPEN}),
    AlertState.WITHDRAWN: frozenset(),
}


class Alert(Synced, table=True):
    """Something a manager should know: which row it is about, and its figures.

    A store's managers see those of their store, the back office all of them, those of no store included.
    """

    __table_args__ = synced(
        Kind.RECORD,
        scopes=("manager:{store_id}", "office:{company_id}"),
        transitions=_ALERT_TRANSITIONS,
        rank=22,
    )
    store_id: str | None = column(None, references="store", index=True)
    kind: str = column(index=True)
    """One of `AlertKind`."""
    about_table: str = ""
    about_id: str = column("", index=True)
    details: dict[str, Any] = document()
    """What fills the blanks of the alert's sentence."""
    state: str = column(AlertState.OPEN, merge=Merge.STATE)
    settled_by: str | None = column(None, references="staff")
    raised_at_ms: int = moment_ms(merge=Merge.ACTION_TIME)
