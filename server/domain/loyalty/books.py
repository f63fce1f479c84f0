"""A member's account, locked and opened for posting until the transaction ends."""

from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from server.domain.ledger import account_of, locked_member, post, refresh_totals
from shared_models.loyalty.account import Account, Posting
from shared_models.loyalty.ledger import end_lease
from shared_models.loyalty.tables import Lease, LeaseState, MemberAccount


@dataclass(slots=True)
class Books:
    """The row of a member's account, and what the member holds as the rules see it."""

    session: Session
    member: MemberAccount
    account: Account

    def post(self, posting: Posting, *, event_id: str, at_ms: int, **about: str | None) -> None:
        """Write what an event does; nothing when it was written before. `about` are columns of its ledger lines."""
        if post(self.session, self.member, self.account, posting, event_id=event_id, at_ms=at_ms, **about):
            self.account = posting.account

    def hold(self, points: int) -> None:
        """Set points aside for a lease."""
        self.account = replace(self.account, leased=self.account.leased + points)
        self.member.leased = self.account.leased

    def close(self, now_ms: int) -> None:
        """Bring what follows up to date: tier, number of orders, what was paid."""
        refresh_totals(self.session, self.member, at_ms=now_ms)


def books_of(session: Session, customer_id: str, now_ms: int) -> Books | None:
    """The books of a member as of now, leases whose time is up ended; None for a customer who is no member."""
    member = locked_member(session, customer_id)
    if member is None:
        return None
    books = Books(session, member, account_of(session, member))
    if member.leased:
        _end_those_expired(books, now_ms)
    return books


def expired_leases(session: Session, customer_id: str, now_ms: int) -> list[Lease]:
    """A member's leases that still hold points back although their time is up, oldest first."""
    due = select(Lease).where(
        Lease.customer_id == customer_id, Lease.state == LeaseState.OPEN, col(Lease.expires_at_ms) <= now_ms
    )
    return list(session.exec(due.order_by(col(Lease.expires_at_ms), col(Lease.id))))


def _end_those_expired(books: Books, now_ms: int) -> None:
    for lease in expired_leases(books.session, books.member.customer_id, now_ms):
        points = lease.outstanding
        lease.state = LeaseState.EXPIRED
        freed = end_lease(books.account, points, at_ms=lease.expires_at_ms)
        books.post(freed, event_id=f"{lease.id}:expired", at_ms=lease.expires_at_ms)
