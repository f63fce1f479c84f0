"""Between the tables and the rules: rows read as the plain values that the rules take, and postings as rows to store.

Server and device read with the same functions; only the server writes.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from shared_models.ids import derived_id
from shared_models.loyalty.account import Account, Entry, Lot, Posting
from shared_models.loyalty.earning import Purchase, PurchaseLine
from shared_models.loyalty.returns import OrderHistory
from shared_models.loyalty.tables import EntryKind, MemberAccount, PointsEntry, PointsLot
from shared_models.sales.tables import Order, OrderLine, Payment, SaleReturn


def account_of(member: MemberAccount | None, lots: Iterable[PointsLot]) -> Account:
    """A member's account from its rows; an empty one for somebody who never earned a point."""
    held = tuple(
        Lot(row.id, row.earned, row.remaining, row.earned_at_ms, row.expires_on, row.order_id) for row in lots
    )
    return Account(held, member.debt, member.growth, member.leased) if member else Account(held)


def purchase_of(order: Order, lines: Iterable[OrderLine]) -> Purchase:
    """An order as the loyalty rules see it, its lines by position."""
    in_order = sorted(lines, key=lambda row: (row.position, row.id))
    return Purchase(
        order.id,
        tuple(
            PurchaseLine(row.id, row.net_fen, row.category, row.kind, row.offset_points) for row in in_order
        ),
        order.sold_at_ms,
        order.campaign,
    )


def history_of(
    payments: Iterable[Payment], returns: Iterable[SaleReturn], entries: Iterable[PointsEntry]
) -> OrderHistory:
    """What has happened to one order, from its payments, its returns and the ledger lines that name it."""
    return OrderHistory(
        paid_fen=sum(payment.amount_fen for payment in payments),
        returned_line_ids=frozenset(line_id for each in returns for line_id in each.line_ids),
        entries=tuple(entry_of(row) for row in entries),
    )


def entry_of(row: PointsEntry) -> Entry:
    """One line of the ledger."""
    return Entry(EntryKind(row.kind), row.points, row.growth, row.lot_id, row.order_id, row.rule)


@dataclass(frozen=True, slots=True)
class Event:
    """Why something is posted, as it is noted on every ledger line: whose points, by which action, when."""

    company_id: str
    customer_id: str
    action_id: str
    posted_at_ms: int
    payment_id: str | None = None
    return_id: str | None = None
    redemption_id: str | None = None
    scheme_id: str | None = None
    staff_id: str | None = None


def entry_rows(posting: Posting, event: Event) -> list[PointsEntry]:
    """The new ledger lines; their identifiers come from the action, so that posting it again cannot add them twice."""
    return [
        PointsEntry(
            id=derived_id("entry", event.action_id, str(number)),
            company_id=event.company_id,
            customer_id=event.customer_id,
            kind=entry.kind,
            points=entry.points,
            growth=entry.growth,
            lot_id=entry.lot_id,
            order_id=entry.order_id,
            payment_id=event.payment_id,
            return_id=event.return_id,
            redemption_id=event.redemption_id,
            scheme_id=event.scheme_id,
            staff_id=event.staff_id,
            rule=entry.rule,
            posted_at_ms=event.posted_at_ms,
        )
        for number, entry in enumerate(posting.entries)
    ]


def lot_rows(posting: Posting, before: Account, event: Event) -> list[PointsLot]:
    """The lots that are new or hold another number of points than before, to be merged into the session."""
    return [
        PointsLot(
            id=lot.id,
            company_id=event.company_id,
            customer_id=event.customer_id,
            order_id=lot.order_id,
            earned=lot.earned,
            remaining=lot.remaining,
            earned_at_ms=lot.earned_at_ms,
            expires_on=lot.expires_on,
        )
        for lot in posting.changed_lots(before)
    ]
