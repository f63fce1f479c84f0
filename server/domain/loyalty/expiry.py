"""Letting points expire whose last day has passed (R8)."""

from sqlmodel import Session, col, select

from server.domain.loyalty.books import books_of
from shared_models.ids import new_id
from shared_models.loyalty.ledger import expire
from shared_models.loyalty.tables import PointsLot
from shared_models.moments import local_date


def expire_points(session: Session, now_ms: int) -> int:
    """Expire what is left in lots whose last day has passed, of all members; how many points that were.

    Leased points stay until their lease ends. Doing it again does nothing.
    """
    passed = select(PointsLot.customer_id).where(
        col(PointsLot.expires_on) < local_date(now_ms), col(PointsLot.remaining) > 0
    )
    expired = 0
    for customer_id in sorted(session.exec(passed.distinct()).all()):
        books = books_of(session, customer_id, now_ms)
        if books is None:
            continue
        posting = expire(books.account, at_ms=now_ms)
        expired -= sum(entry.points for entry in posting.entries)
        books.post(posting, event_id=new_id(), at_ms=now_ms)
    session.flush()
    return expired
