"""Replaying the ledger: what its lines add up to must be what the accounts say."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from shared_models.loyalty.tables import Lease, LeaseState, MemberAccount, PointsEntry, PointsLot

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that does not add up: of which member, what, as stored and as replayed."""

    customer_id: str
    what: str
    stored: int
    replayed: int


def differences(session: Session, customer_id: str | None = None) -> Iterator[Difference]:
    """Everything that does not add up, of one member or of all; nothing when the books are right.

    The lines of each lot are what remains in it, those without a lot are minus the debt, so that all of them together are
    balance minus debt; their growth is the member's; the open leases are what is leased, and never more than is held.
    """
    for members in _members(session, customer_id):
        ids = [member.customer_id for member in members]
        by_lot = _sums_by_lot(session, ids)
        growth = _sums(session, ids)
        leased = _leased(session, ids)
        lots = _lots(session, ids)
        for member in members:
            own = by_lot.get(member.customer_id, {})
            yield from _of_member(
                member, own, lots.get(member.customer_id, []), growth.get(member.customer_id, 0)
            )
            held = leased.get(member.customer_id, 0)
            if held != member.leased:
                yield Difference(member.customer_id, "leased", member.leased, held)
            if member.leased > member.balance:
                yield Difference(member.customer_id, "leased beyond balance", member.leased, member.balance)


def _of_member(
    member: MemberAccount, by_lot: dict[str | None, int], lots: list[PointsLot], growth: int
) -> Iterator[Difference]:
    customer_id = member.customer_id
    balance = sum(points for lot_id, points in by_lot.items() if lot_id is not None)
    if balance != member.balance:
        yield Difference(customer_id, "balance", member.balance, balance)
    debt = -by_lot.get(None, 0)
    if debt != member.debt:
        yield Difference(customer_id, "debt", member.debt, debt)
    if growth != member.growth:
        yield Difference(customer_id, "growth", member.growth, growth)
    known = {lot.id for lot in lots}
    for lot in lots:
        if by_lot.get(lot.id, 0) != lot.remaining:
            yield Difference(customer_id, f"lot {lot.id}", lot.remaining, by_lot.get(lot.id, 0))
    for lot_id, points in by_lot.items():
        if lot_id is not None and lot_id not in known and points:
            yield Difference(customer_id, f"lot {lot_id}", 0, points)


def _members(session: Session, customer_id: str | None) -> Iterator[list[MemberAccount]]:
    after = ""
    while True:
        chosen = select(MemberAccount).where(col(MemberAccount.id) > after)
        if customer_id is not None:
            chosen = chosen.where(MemberAccount.customer_id == customer_id)
        members = list(session.exec(chosen.order_by(col(MemberAccount.id)).limit(_CHUNK)))
        if not members:
            return
        yield members
        after = members[-1].id


def _sums_by_lot(session: Session, ids: list[str]) -> dict[str, dict[str | None, int]]:
    sums = select(PointsEntry.customer_id, PointsEntry.lot_id, func.sum(PointsEntry.points))
    grouped = sums.where(col(PointsEntry.customer_id).in_(ids)).group_by(
        col(PointsEntry.customer_id), col(PointsEntry.lot_id)
    )
    found: dict[str, dict[str | None, int]] = {}
    for customer_id, lot_id, points in session.exec(grouped):
        found.setdefault(customer_id, {})[lot_id] = int(points)
    return found


def _sums(session: Session, ids: list[str]) -> dict[str, int]:
    sums = select(PointsEntry.customer_id, func.sum(PointsEntry.growth))
    grouped = sums.where(col(PointsEntry.customer_id).in_(ids)).group_by(col(PointsEntry.customer_id))
    return {customer_id: int(growth) for customer_id, growth in session.exec(grouped)}


def _leased(session: Session, ids: list[str]) -> dict[str, int]:
    leases = select(Lease).where(col(Lease.customer_id).in_(ids), Lease.state == LeaseState.OPEN)
    found: dict[str, int] = {}
    for lease in session.exec(leases):
        found[lease.customer_id] = found.get(lease.customer_id, 0) + lease.outstanding
    return found


def _lots(session: Session, ids: list[str]) -> dict[str, list[PointsLot]]:
    found: dict[str, list[PointsLot]] = {}
    for lot in session.exec(select(PointsLot).where(col(PointsLot.customer_id).in_(ids))):
        found.setdefault(lot.customer_id, []).append(lot)
    return found
