"""Replaying the ledger: what its lines add up to must be what the accounts say.

Members are taken by ranges of their identifier, thousands at a time: four statements a range, each along an index and
short enough for the time that the database gives one; every line of the ledger is added up, by the database.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col, func, select

from shared_models.loyalty.tables import Lease, LeaseState, MemberAccount, PointsEntry, PointsLot

_CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that does not add up: of which member, what, as stored and as replayed."""

    customer_id: str
    what: str
    stored: int
    replayed: int


@dataclass(slots=True)
class _Replayed:
    """What the lines of one member add up to, the points by lot."""

    by_lot: dict[str | None, int] = field(default_factory=dict)
    growth: int = 0


@dataclass(frozen=True, slots=True)
class _Account:
    """A member's account as it is stored."""

    customer_id: str
    balance: int
    debt: int
    growth: int
    leased: int


_NOTHING = _Replayed()


def differences(session: Session, customer_id: str | None = None) -> Iterator[Difference]:
    """Everything that does not add up, of one member or of all; nothing when the books are right.

    The lines of each lot are what remains in it, those without a lot are minus the debt, so that all of them together are
    balance minus debt; their growth is the member's; the open leases are what is leased, and never more than is held.
    Lines of somebody who has no account are found as well.
    """
    for first, last, members in _ranges(session, customer_id):
        replayed = _replay(session, first, last)
        lots = _lots(session, first, last)
        leased = _leased(session, first, last)
        for member in members:
            own = replayed.pop(member.customer_id, _NOTHING)
            yield from _of_member(member, own, lots.get(member.customer_id, {}))
            held = leased.get(member.customer_id, 0)
            if held != member.leased:
                yield Difference(member.customer_id, "leased", member.leased, held)
            if member.leased > member.balance:
                yield Difference(member.customer_id, "leased beyond balance", member.leased, member.balance)
        for stranger, lines in replayed.items():
            yield from _without_account(stranger, lines)


def _of_member(member: _Account, own: _Replayed, lots: Mapping[str, int]) -> Iterator[Difference]:
    customer_id = member.customer_id
    balance = sum(points for lot_id, points in own.by_lot.items() if lot_id is not None)
    for what, stored, replayed in (
        ("balance", member.balance, balance),
        ("debt", member.debt, -own.by_lot.get(None, 0)),
        ("growth", member.growth, own.growth),
    ):
        if stored != replayed:
            yield Difference(customer_id, what, stored, replayed)
    for lot_id in lots.keys() | own.by_lot.keys() - {None}:
        remaining, points = lots.get(str(lot_id), 0), own.by_lot.get(lot_id, 0)
        if remaining != points:
            yield Difference(customer_id, f"lot {lot_id}", remaining, points)


def _without_account(customer_id: str, lines: _Replayed) -> Iterator[Difference]:
    points = sum(lines.by_lot.values())
    if points or lines.growth:
        yield Difference(customer_id, "no account", 0, points or lines.growth)


def _ranges(
    session: Session, customer_id: str | None
) -> Iterator[tuple[str, str | None, Sequence[_Account]]]:
    """Accounts in the order of their members, with the range they lie in: after the first, up to the last, if any."""
    columns: tuple[Any, ...] = (
        MemberAccount.customer_id, MemberAccount.balance, MemberAccount.debt, MemberAccount.growth, MemberAccount.leased,
    )  # fmt: skip
    ordered = select(*columns).order_by(col(MemberAccount.customer_id))
    if customer_id is not None:
        own = session.exec(ordered.where(MemberAccount.customer_id == customer_id)).all()
        yield customer_id, customer_id, [_Account(*row) for row in own]
        return
    after = ""
    while True:
        rows = session.exec(ordered.where(col(MemberAccount.customer_id) > after).limit(_CHUNK)).all()
        members = [_Account(*row) for row in rows]
        # The last range is open at its end: nobody's lines lie beyond it unseen.
        last = members[-1].customer_id if len(members) == _CHUNK else None
        yield after, last, members
        if last is None:
            return
        after = last


def _within(column: Any, first: str, last: str | None) -> list[Any]:
    """The condition that an identifier lies in a range; one whose ends are the same is that identifier alone."""
    if first == last:
        return [column == first]
    return [column > first] if last is None else [column > first, column <= last]


def _replay(session: Session, first: str, last: str | None) -> dict[str, _Replayed]:
    points, growth = func.sum(PointsEntry.points), func.sum(PointsEntry.growth)
    sums = select(PointsEntry.customer_id, PointsEntry.lot_id, points, growth)
    chosen = sums.where(*_within(col(PointsEntry.customer_id), first, last))
    found: dict[str, _Replayed] = {}
    grouped = chosen.group_by(col(PointsEntry.customer_id), col(PointsEntry.lot_id))
    for customer_id, lot_id, lot_points, lot_growth in session.exec(grouped):
        replayed = found.get(customer_id)
        if replayed is None:
            replayed = found[customer_id] = _Replayed()
        replayed.by_lot[lot_id] = int(lot_points)
        replayed.growth += int(lot_growth)
    return found


def _leased(session: Session, first: str, last: str | None) -> dict[str, int]:
    chosen = select(Lease).where(
        Lease.state == LeaseState.OPEN, *_within(col(Lease.customer_id), first, last)
    )
    found: dict[str, int] = {}
    for lease in session.exec(chosen):
        found[lease.customer_id] = found.get(lease.customer_id, 0) + lease.outstanding
    return found


def _lots(session: Session, first: str, last: str | None) -> dict[str, dict[str, int]]:
    chosen = select(PointsLot.customer_id, PointsLot.id, PointsLot.remaining)
    found: dict[str, dict[str, int]] = {}
    for customer_id, lot_id, remaining in session.exec(
        chosen.where(*_within(col(PointsLot.customer_id), first, last))
    ):
        found.setdefault(customer_id, {})[lot_id] = remaining
    return found
