"""Why this number: a line of the ledger traced to what caused it."""

from dataclasses import dataclass
from typing import TypeVar

from sqlmodel import Session, col, select

from shared_models.loyalty.tables import GiftVersion, PointsEntry, PointsLot, Redemption, Scheme
from shared_models.sales.tables import Order, OrderLine, Payment, SaleReturn

RowType = TypeVar("RowType")


@dataclass(frozen=True, slots=True)
class CountedLine:
    """A line of the order that the points come from, with what was paid for it."""

    id: str
    name: str
    kind: str
    net_fen: int
    offset_points: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a line of the ledger comes from; None or empty where there is no such thing."""

    entry: PointsEntry
    order: Order | None
    lines: tuple[CountedLine, ...]
    payment: Payment | None
    returned: SaleReturn | None
    redemption: Redemption | None
    gift: GiftVersion | None
    """The version of the gift that the redemption was judged by."""
    scheme: Scheme | None
    rule: dict[str, object] | None
    """The rule of that version of the scheme which gave a bonus, as it stands in the scheme."""
    lot: PointsLot | None


def explain(session: Session, entry: PointsEntry) -> Explanation:
    """Down to order, lines, payment or return, rule of the scheme's version, and lot."""
    order = _row(session, Order, entry.order_id)
    scheme = _row(session, Scheme, entry.scheme_id or (order.scheme_id if order else None))
    returned = _row(session, SaleReturn, entry.return_id)
    redemption = _row(session, Redemption, entry.redemption_id)
    return Explanation(
        entry=entry,
        order=order,
        lines=_lines(session, order, returned),
        payment=_row(session, Payment, entry.payment_id),
        returned=returned,
        redemption=redemption,
        gift=_row(session, GiftVersion, redemption.gift_version_id if redemption else None),
        scheme=scheme,
        rule=_rule(scheme, entry.rule),
        lot=_row(session, PointsLot, entry.lot_id),
    )


def _row(session: Session, table: type[RowType], row_id: str | None) -> RowType | None:
    return session.get(table, row_id) if row_id else None


def _lines(session: Session, order: Order | None, returned: SaleReturn | None) -> tuple[CountedLine, ...]:
    """The order's lines; of a return, those that came back."""
    if order is None:
        return ()
    found = session.exec(
        select(OrderLine).where(OrderLine.order_id == order.id).order_by(col(OrderLine.position))
    )
    return tuple(
        CountedLine(line.id, line.name, line.kind, line.net_fen, line.offset_points)
        for line in found
        if returned is None or line.id in returned.line_ids
    )


def _rule(scheme: Scheme | None, rule_id: str) -> dict[str, object] | None:
    if scheme is None or not rule_id:
        return None
    return next((dict(rule) for rule in scheme.rules.get("bonus", ()) if rule.get("id") == rule_id), None)
