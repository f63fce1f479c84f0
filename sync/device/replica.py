"""The local copy of one user's rows on one device: read it, act on it, see what is pending.

Synchronous and local: nothing here waits for a network.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, func, select
from sqlmodel import Session

from sync import bulk
from sync.capture import CapturingSession
from sync.conflict import Conflict, ConflictState
from sync.device import answers, contents, handing_over, held, migration, outbox, refusals, state
from sync.device.outbox import Unit
from sync.handed_over import HandedOver
from sync.held import HeldEdit

Listener = Callable[[frozenset[str]], None]


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """How the copy stands: units not yet confirmed, units refused, open conflicts, the last whole sync.

    `held` counts this person's own edits that wait for somebody's approval.
    """

    pending: int
    refused: int
    conflicts: int
    last_sync_at_ms: int | None
    remaining: int
    """About how many rows the first sync still lacks; 0 once it is complete."""
    held: int
    contents: int
    """Of how many rows bytes wait to be sent, such as pictures of photos."""


class Replica:
    """The local copy. Open one per database; only one may be open at a time."""

    app_version: str = ""
    """What the app calls its version, for the managers' overview of devices."""

    def __init__(self, engine: Engine, now_ms: Callable[[], int]) -> None:
        """Use `Replica.open`, which prepares the tables first. `now_ms` is the device's own clock."""
        self.engine = engine
        self.device_now_ms = now_ms
        self._listeners: list[Listener] = []
        with engine.connect() as connection:
            self.device_id: str = state.read(connection, "device_id") or ""
            self.staff_id: str = state.read(connection, "staff_id") or ""
            self.company_id: str = state.read(connection, "company_id") or ""
            self.skew_ms: int = state.read(connection, "skew_ms") or 0

    @classmethod
    def open(cls, engine: Engine, *, now_ms: Callable[[], int]) -> "Replica":
        """Create the tables, or add what this version of the app has more, and open the copy."""
        migration.prepare(engine)
        return cls(engine, now_ms)

    def register(self, *, device_id: str, staff_id: str, company_id: str) -> None:
        """Remember whose copy this is, as the server said at the first log-in."""
        self.device_id, self.staff_id, self.company_id = device_id, staff_id, company_id
        with self.engine.begin() as connection:
            state.write(connection, device_id=device_id, staff_id=staff_id, company_id=company_id)
            state.write(connection, obeyed="", sends_all=False)

    @property
    def is_wiped(self) -> bool:
        """Whether a manager had everything on this device deleted; it can then only be set up again."""
        with self.engine.connect() as connection:
            return bool(state.read(connection, "obeyed") == "wipe")

    def now_ms(self) -> int:
        """The time by the server's clock, as well as the last sync could tell (R12)."""
        return self.device_now_ms() - self.skew_ms

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for reading; what it would write is rolled back."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def action(self, name: str) -> Iterator[Session]:
        """A session whose writes are one unit: kept with their outbox rows when the block ends, or not at all."""
        writer = outbox.UnitWriter(name, self.device_now_ms())
        with CapturingSession(self.engine, writer.collect) as session:
            yield session
            writer.close(session.last_flush())
            session.commit()
        self.tell(writer.tables)

    def status(self) -> SyncStatus:
        """Counts for the status pill and the sync screen."""
        with self.engine.connect() as connection:
            units, kept = outbox.counts(connection), state.read_all(connection)
            return SyncStatus(
                pending=units[outbox.PENDING],
                refused=units[outbox.REFUSED] + units[outbox.HELD],
                conflicts=_count_open(connection),
                last_sync_at_ms=kept.get("last_sync_at_ms"),
                remaining=kept.get("remaining") or 0,
                held=held.count_own(connection, self.staff_id),
                contents=contents.count_waiting(connection),
            )

    def pending_rows(self, table: str) -> frozenset[str]:
        """The identifiers of rows of `table` with changes the server has not confirmed."""
        with self.engine.connect() as connection:
            return outbox.pending_row_ids(connection, table)

    def pending_units(self) -> list[Unit]:
        """Units not yet confirmed, oldest first."""
        with self.engine.connect() as connection:
            return outbox.units(connection, outbox.PENDING)

    def refused_units(self) -> list[Unit]:
        """Units that were refused, word for word with the reason; also those that an older hub held whole."""
        with self.engine.connect() as connection:
            return outbox.units(connection, outbox.REFUSED) + outbox.units(connection, outbox.HELD)

    def dropped_units(self) -> list[Unit]:
        """Refused units that were given up and can still be taken back, oldest first."""
        with self.engine.connect() as connection:
            return outbox.units(connection, outbox.DROPPED)

    def waiting_units(self) -> dict[str, str]:
        """Pending units that are not sent because they build on a refused one, by identifier, each with that one's."""
        with self.engine.connect() as connection:
            return answers.waiting(connection)

    def drop(self, unit_id: str) -> None:
        """Give up a refused unit. Raises `KeyError` when there is none of that name."""
        self._settle(refusals.drop, unit_id)

    def take_back(self, unit_id: str) -> None:
        """Put a dropped unit among the refused ones again. Raises `KeyError` when it is no longer there."""
        self._settle(refusals.take_back, unit_id)

    def resend(self, unit_id: str) -> None:
        """Put a refused unit back into the queue, as a new unit at its end. Raises `KeyError` as `drop` does."""
        self._settle(refusals.resend, unit_id)

    def correct(self, unit_id: str, corrections: refusals.Corrections) -> None:
        """Send a refused unit again with other values, as a new unit that replaces it. Raises `KeyError` as `drop` does."""
        self._settle(refusals.correct, unit_id, corrections)

    def _settle(self, how: Callable[..., frozenset[str]], *given: object) -> None:
        with self.engine.begin() as connection:
            tables = how(connection, *given)
        self.tell(tables)

    def open_conflicts(self) -> list[Conflict]:
        """Values that gave way and that nobody has looked at, newest first."""
        with self.reading() as session:
            found = select(Conflict).where(Conflict.__table__.c.state == ConflictState.OPEN)  # type: ignore[attr-defined]
            return list(session.scalars(found.order_by(Conflict.__table__.c.lost_at_ms.desc())))  # type: ignore[attr-defined]

    def take_other(self, conflict_id: str) -> None:
        """Put the value that gave way into the row again; an ordinary edit, so it syncs and can be undone."""
        refusals.settle_conflict(self, conflict_id, take_lost=True)

    def keep_current(self, conflict_id: str) -> None:
        """Leave the row as it is and close the conflict."""
        refusals.settle_conflict(self, conflict_id, take_lost=False)

    def edit_conflict(self, conflict_id: str, value: object) -> None:
        """Put a third value into the row and close the conflict; an ordinary edit as well."""
        refusals.edit_conflict(self, conflict_id, value)

    def held_edits(self) -> list[HeldEdit]:
        """Edits that wait for approval, oldest first: this person's own, and those of rows that they have."""
        return held.open_edits(self)

    def approve(self, held_id: str) -> None:
        """Apply a held edit as one's own; syncs like any other. Raises `RuleError` (`not_owner`), `KeyError`."""
        held.settle(self, held_id, approve=True)

    def reject(self, held_id: str) -> None:
        """Decide that a held edit is not applied; it stays to be read. Raises as `approve` does."""
        held.settle(self, held_id, approve=False)

    def hand_over(self, unit_id: str, store_id: str | None) -> None:
        """Put a refused unit before the manager of that store; it leaves the list here. Raises `KeyError` as `drop`."""
        handing_over.hand_over(self, unit_id, store_id)

    def handed_over(self) -> list[HandedOver]:
        """Refused units that were handed over and nobody has settled: by this person, or to them."""
        return handing_over.open_ones(self)

    def settle_handed_over(self, handed_over_id: str) -> None:
        """Note that what was handed over is dealt with; for the manager. Raises `KeyError`."""
        handing_over.settle(self, handed_over_id)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Have `listener` told the names of tables that changed; the returned function ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def tell(self, tables: frozenset[str]) -> None:
        """Tell the listeners that these tables changed; called after each commit."""
        if tables:
            for listener in tuple(self._listeners):
                listener(tables)


_CONFLICT = Conflict.__table__  # type: ignore[attr-defined]
_OPEN_CONFLICTS = select(func.count()).where(_CONFLICT.c.state == ConflictState.OPEN)


def _count_open(connection: Connection) -> int:
    [(count,)] = bulk.fetch_lasting(connection, _OPEN_CONFLICTS)
    return int(count)
