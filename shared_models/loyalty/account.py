"""What a member holds, as plain values, and the one way to change it: writing ledger lines.

Two sums always hold. The lines of a lot add up to what remains in it; the lines without a lot add up to minus the debt.
So all lines together are balance minus debt, and replaying the ledger gives the account.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from shared_models.ids import derived_id
from shared_models.loyalty.tables import EntryKind
from shared_models.moments import days_after, local_date


@dataclass(frozen=True, slots=True)
class Lot:
    """Points earned together; they may be spent through the end of `expires_on`, a local date, or for ever (R8)."""

    id: str
    earned: int
    remaining: int
    earned_at_ms: int
    expires_on: str | None = None
    order_id: str | None = None

    def has_expired(self, today: str) -> bool:
        """Whether it may no longer be spent on this local date."""
        return self.expires_on is not None and self.expires_on < today


@dataclass(frozen=True, slots=True)
class Account:
    """What a member holds: lots, debt, growth, and how many points are leased to devices."""

    lots: tuple[Lot, ...] = ()
    debt: int = 0
    growth: int = 0
    leased: int = 0

    @property
    def balance(self) -> int:
        """All points held, leased ones included; never negative."""
        return sum(lot.remaining for lot in self.lots)

    def free_on(self, today: str) -> int:
        """Points that are neither leased nor expired on this local date."""
        unexpired = sum(lot.remaining for lot in self.lots if not lot.has_expired(today))
        return max(0, min(unexpired, self.balance - self.leased))

    def spendable_on(self, today: str) -> int:
        """Points that may be redeemed on this local date; none while in debt (R7)."""
        return 0 if self.debt else self.free_on(today)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger. `order_id` is the order whose earning, offset, return or expiry it records."""

    kind: EntryKind
    points: int
    growth: int = 0
    lot_id: str | None = None
    order_id: str | None = None
    rule: str = ""

    def repeated(self, times: int, lot_id: str | None) -> "Entry":
        """The line for so many times the points and the growth of this one, in a lot."""
        return replace(self, points=self.points * times, growth=self.growth * times, lot_id=lot_id)


@dataclass(frozen=True, slots=True)
class Posting:
    """What an event does: the new ledger lines in order, and the account with them."""

    account: Account
    entries: tuple[Entry, ...]

    def changed_lots(self, before: Account) -> tuple[Lot, ...]:
        """The lots to be stored: new ones, and those that hold another number of points than `before`."""
        known = frozenset(before.lots)
        return tuple(lot for lot in self.account.lots if lot not in known)


def spending_order(lots: Iterable[Lot]) -> list[Lot]:
    """Nearest expiry first, then the oldest; those that never expire come last (R8). The same on every machine."""
    return sorted(
        lots, key=lambda lot: (lot.expires_on is None, lot.expires_on or "", lot.earned_at_ms, lot.id)
    )


class Draft:
    """An account while an event is being posted: every method writes ledger lines and keeps the two sums."""

    def __init__(self, account: Account, *, at_ms: int) -> None:
        """Begin with the account as it is at the moment of the event."""
        self.today = local_date(at_ms)
        self._at_ms = at_ms
        self._account = account
        self._entries: list[Entry] = []

    @property
    def account(self) -> Account:
        """The account as it stands."""
        return self._account

    def posting(self) -> Posting:
        """All that was written."""
        return Posting(self._account, tuple(self._entries))

    def usable_lots(self) -> list[Lot]:
        """Lots that have not expired, in spending order."""
        return spending_order(lot for lot in self._account.lots if not lot.has_expired(self.today))

    def open_lot(
        self,
        lot_id: str,
        *,
        expires_on: str | None = None,
        order_id: str | None = None,
        earned_at_ms: int | None = None,
    ) -> str:
        """Make an empty lot, earned now unless said otherwise, if there is none with this identifier, which is returned."""
        if all(lot.id != lot_id for lot in self._account.lots):
            at_ms = self._at_ms if earned_at_ms is None else earned_at_ms
            lot = Lot(lot_id, 0, 0, at_ms, expires_on, order_id)
            self._account = replace(self._account, lots=(*self._account.lots, lot))
        return lot_id

    def write(self, entry: Entry) -> None:
        """Add a line: it moves the points of its lot, or the debt where it has none; growth never falls below 0."""
        account = self._account
        entry = replace(entry, growth=max(entry.growth, -account.growth))
        self._entries.append(entry)
        self._account = replace(
            account,
            lots=tuple(
                replace(lot, remaining=lot.remaining + entry.points) if lot.id == entry.lot_id else lot
                for lot in account.lots
            ),
            debt=account.debt - entry.points if entry.lot_id is None else account.debt,
            growth=account.growth + entry.growth,
        )

    def fill(self, entry: Entry) -> None:
        """Add a line that puts new points into its lot."""
        lots = self._account.lots
        self._account = replace(
            self._account,
            lots=tuple(
                replace(lot, earned=lot.earned + entry.points) if lot.id == entry.lot_id else lot
                for lot in lots
            ),
        )
        self.write(entry)

    def take(self, one_point: Entry, points: int, lots: Iterable[Lot]) -> int:
        """Take up to so many points from the lots, in their order, never leased ones; return how many were taken.

        `one_point` is the line for a single point; a line for each lot repeats it.
        """
        wanted = min(points, max(0, self._account.balance - self._account.leased))
        taken = 0
        for lot in lots:
            part = min(wanted - taken, lot.remaining)
            if part > 0:
                self.write(one_point.repeated(part, lot.id))
                taken += part
        return taken

    def give_back(self, spent: Entry, points: int, *, action_id: str, grace_days: int) -> None:
        """Return points that a line took to its lot; if that has expired, to a grace lot in its place (R8).

        Points that were spent on credit come back in a lot of their own.
        """
        if spent.lot_id is None:
            lot_id = self.open_lot(derived_id("restored", action_id))
            self.fill(Entry(EntryKind.REVERSAL, points, lot_id=lot_id, order_id=spent.order_id))
            return
        [lot] = [lot for lot in self._account.lots if lot.id == spent.lot_id]
        entry = Entry(EntryKind.REVERSAL, points, lot_id=lot.id, order_id=spent.order_id)
        if not lot.has_expired(self.today):
            self.write(entry)
            return
        grace_id = derived_id("grace", action_id, lot.id)
        last_day = days_after(self.today, grace_days)
        self.open_lot(grace_id, expires_on=last_day, order_id=lot.order_id)
        self.fill(replace(entry, lot_id=grace_id))

    def repay_debt(self) -> None:
        """Pay off debt with points that are free; whatever becomes available does so first (R7)."""
        points = min(self._account.debt, self._account.free_on(self.today))
        if points > 0:
            self.take(Entry(EntryKind.REPAY, -1), points, self.usable_lots())
            self.write(Entry(EntryKind.REPAY, points))
