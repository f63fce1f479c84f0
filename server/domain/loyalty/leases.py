"""Leases: points set aside for one device, spent there without a network, and given back (R11)."""

from collections.abc import Mapping, Sequence

from sqlmodel import Session, col, select

from server.domain.ledger import rules_at
from server.domain.loyalty.books import Books, books_of
from server.domain.loyalty.uniting import customer_of
from server.domain.written import Written
from shared_models.errors import RuleError
from shared_models.ids import new_id
from shared_models.loyalty.ledger import end_lease, expire
from shared_models.loyalty.tables import Lease, LeaseEnd, LeaseState
from shared_models.moments import HOUR_MS, local_date


def grant_lease(session: Session, customer_id: str, *, device_id: str, points: int, now_ms: int) -> Lease:
    """Set points of a member aside for a device; its hard time-out is counted from now.

    What has expired by now does so first, whether or not the job has run: a lease holds only points that were good (R8).
    Refuses a customer who is no member (`RuleError("unknown")`), one in debt (`"debt"`), and more than is available
    (`"points"`).
    """
    books = member_books(session, customer_id, now_ms)
    if books.account.debt:
        raise RuleError("debt", debt=books.account.debt)
    spendable = books.account.spendable_on(local_date(now_ms))
    if not 0 < points <= spendable:
        raise RuleError("points", wanted=points, spendable=spendable)
    books.post(expire(books.account, at_ms=now_ms), event_id=new_id(), at_ms=now_ms)
    hours = rules_at(session, books.member.company_id, now_ms).lease_hours
    lease = Lease(
        company_id=books.member.company_id,
        customer_id=books.member.customer_id,
        device_id=device_id,
        points=points,
        granted_at_ms=now_ms,
        expires_at_ms=now_ms + hours * HOUR_MS,
    )
    session.add(lease)
    books.hold(points)
    session.flush()
    return lease


def grant_at_most(session: Session, customer_id: str, *, device_id: str, points: int, now_ms: int) -> Lease:
    """The lease that a device holds on a member, or one of what is free, up to so many points.

    So a device that asks by itself, and again because an answer was lost, never holds two. Refuses as `grant_lease` does.
    """
    books = member_books(session, customer_id, now_ms)
    held = _open_leases(session, books, device_id)
    if held:
        return held[-1]
    free = min(points, books.account.spendable_on(local_date(now_ms)))
    return grant_lease(session, customer_id, device_id=device_id, points=free, now_ms=now_ms)


def release(
    session: Session, customer_id: str, *, device_id: str, spent: Mapping[str, int], now_ms: int
) -> tuple[int, list[Lease]]:
    """Give back what a device has not spent of a member's points; how many, and the leases as they now stand.

    `spent` says for each lease how much the device has spent, spends included that the server does not know of yet: those
    stay covered until they arrive.
    """
    books = member_books(session, customer_id, now_ms)
    leases = _open_leases(session, books, device_id)
    released = 0
    for lease in leases:
        on_the_way = max(0, spent.get(lease.id, 0) - lease.spent)
        points = max(0, lease.outstanding - on_the_way)
        lease.released += points
        if lease.outstanding == 0:
            lease.state = LeaseState.CLOSED
        released += points
        _free(books, lease, points, now_ms, "released")
    books.close(now_ms)
    session.flush()
    return released, leases


def end_leases(session: Session, written: Sequence[Written]) -> None:
    """Close leases whose device has learnt that all it spent has arrived. Refuses another device's (`RuleError("lease")`)."""
    for each in written:
        ended = session.get_one(LeaseEnd, each.row_id)
        now_ms = each.unit.received_at_ms
        lease = session.get_one(Lease, ended.lease_id)
        if lease.device_id != each.unit.device_id:
            raise RuleError("lease", wanted=0, spendable=0)
        books = member_books(session, lease.customer_id, now_ms)
        points = lease.outstanding
        if lease.state == LeaseState.OPEN:
            lease.state = LeaseState.CLOSED
            _free(books, lease, points, now_ms, "ended")


def cover(books: Books, lease_points: Mapping[str, int], *, device_id: str) -> int:
    """Book a device's spend on its leases; how much of it they still held. What they no longer held came late.

    Refuses a spend under a lease that the device was never given for this member (`RuleError("lease")`).
    """
    covered = 0
    for lease_id, points in lease_points.items():
        lease = books.session.get(Lease, lease_id, with_for_update=True, populate_existing=True)
        is_theirs = (
            lease is not None
            and lease.device_id == device_id
            and lease.customer_id == books.member.customer_id
        )
        if lease is None or not is_theirs or type(points) is not int or points <= 0:
            raise RuleError("lease", wanted=sum(lease_points.values()), spendable=0)
        held = min(points, lease.outstanding)
        lease.spent += held
        covered += held
    return covered


def member_books(session: Session, customer_id: str, now_ms: int) -> Books:
    """The books of a member, by either identifier. Refuses a customer who is no member (`RuleError("unknown")`)."""
    customer = customer_of(session, customer_id)
    books = books_of(session, customer.id, now_ms) if customer else None
    if books is None:
        raise RuleError("unknown", id=customer_id)
    return books


def end_expired(session: Session, now_ms: int) -> int:
    """Free what leases hold whose time is up; how many leases there were. Doing it again does nothing."""
    due = select(Lease).where(Lease.state == LeaseState.OPEN, col(Lease.expires_at_ms) <= now_ms)
    leases = session.exec(due).all()
    for customer_id in sorted({lease.customer_id for lease in leases}):
        books = books_of(session, customer_id, now_ms)
        if books is not None:
            books.close(now_ms)
    return len(leases)


def _open_leases(session: Session, books: Books, device_id: str) -> list[Lease]:
    mine = select(Lease).where(Lease.customer_id == books.member.customer_id, Lease.device_id == device_id)
    return list(session.exec(mine.where(Lease.state == LeaseState.OPEN).order_by(col(Lease.id))))


def _free(books: Books, lease: Lease, points: int, now_ms: int, why: str) -> None:
    if points:
        freed = end_lease(books.account, points, at_ms=now_ms)
        books.post(freed, event_id=f"{lease.id}:{why}:{lease.released}", at_ms=now_ms)
