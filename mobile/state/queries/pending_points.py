"""A member's account with this device's own pending work on top: the device's forecast, by the server's own rules."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlmodel import Session, col

from mobile.state.queries.customers import identifiers_of
from mobile.state.queries.schemes import rules_by_scheme, rules_of, scheme_in_force
from shared_models.errors import RuleError
from shared_models.loyalty.account import Account, Entry, Posting
from shared_models.loyalty.earning import spent_fen
from shared_models.loyalty.ledger import Received, credit_payment, grant_welcome_gift, spend_offline
from shared_models.loyalty.scheme import DEFAULT_RULES
from shared_models.loyalty.stored import account_of, purchase_of
from shared_models.loyalty.tables import Lease, LeaseState, MemberAccount, PointsLot, Redemption
from shared_models.sales.tables import Customer, Order, OrderLine, Payment
from sync.device.outbox import Unit

TABLES = (
    "customer",
    "memberaccount",
    "pointslot",
    "sales_order",
    "orderline",
    "payment",
    "redemption",
    "lease",
)


@dataclass(slots=True)
class Forecast:
    """The account as it will be, what will have been spent, and the ledger lines that the pending work will write."""

    account: Account
    spent_fen: int = 0
    entries: list[Entry] = field(default_factory=list)

    def take(self, posting: Posting) -> None:
        """Add what an event does."""
        self.account = posting.account
        self.entries += posting.entries


def account_forecast(session: Session, customer_id: str, pending: Sequence[Unit]) -> Forecast:
    """The account of a customer as last synced, then each pending unit in its order."""
    same = identifiers_of(session, customer_id)
    member = session.get(MemberAccount, customer_id)
    forecast = Forecast(_last_synced(session, member, same), member.spent_fen if member else 0)
    for unit in pending:
        for change in unit.changes:
            match change.table:
                case "customer" if change.row in same and change.fields.get("enrolled_at_ms"):
                    _enrol(session, forecast, change.row, is_new=not change.seen)
                case "sales_order" if not change.seen:
                    _offset(session, forecast, change.row, same)
                case "redemption" if not change.seen:
                    _redeem(session, forecast, change.row, same)
                case "payment":
                    _pay(session, forecast, change.row, same)
    return forecast


def _last_synced(session: Session, member: MemberAccount | None, same: Sequence[str]) -> Account:
    lots = session.scalars(select(PointsLot).where(col(PointsLot.customer_id).in_(same)))
    account = account_of(member, lots)
    own = select(Lease).where(col(Lease.customer_id).in_(same), col(Lease.state) == LeaseState.OPEN)
    held = sum(lease.outstanding for lease in session.scalars(own))
    # A lease that was granted after the last sync is not in the account yet.
    return Account(account.lots, account.debt, account.growth, max(account.leased, held))


def _enrol(session: Session, forecast: Forecast, customer_id: str, *, is_new: bool) -> None:
    customer = session.get(Customer, customer_id)
    if customer is None or customer.enrolled_at_ms is None or not is_new:
        return
    gift = grant_welcome_gift(
        forecast.account,
        enrolment_id=customer_id,
        already_given=False,
        rules=rules_of(scheme_in_force(session, customer.enrolled_at_ms)),
        at_ms=customer.enrolled_at_ms,
    )
    forecast.take(gift)


def _offset(session: Session, forecast: Forecast, order_id: str, same: Sequence[str]) -> None:
    order = session.get(Order, order_id)
    if order is not None and order.customer_id in same and order.offset_points:
        forecast.take(_spent(forecast, order.offset_points, order.sold_at_ms, order.id))


def _redeem(session: Session, forecast: Forecast, redemption_id: str, same: Sequence[str]) -> None:
    redemption = session.get(Redemption, redemption_id)
    if redemption is not None and redemption.customer_id in same:
        forecast.take(_spent(forecast, redemption.points, redemption.redeemed_at_ms, None))


def _spent(forecast: Forecast, points: int, at_ms: int, order_id: str | None) -> Posting:
    return spend_offline(forecast.account, covered=points, late=0, at_ms=at_ms, order_id=order_id)


def _pay(session: Session, forecast: Forecast, payment_id: str, same: Sequence[str]) -> None:
    payment = session.get(Payment, payment_id)
    order = session.get(Order, payment.order_id) if payment else None
    if payment is None or order is None or order.customer_id not in same:
        return
    customer = session.get(Customer, order.customer_id)
    if customer is None or customer.enrolled_at_ms is None:
        return
    lines = session.scalars(select(OrderLine).where(col(OrderLine.order_id) == order.id))
    rules = rules_by_scheme(session).get(order.scheme_id, DEFAULT_RULES)
    before_fen = _paid_before(session, payment)
    received = Received(payment.id, before_fen, payment.amount_fen, payment.paid_at_ms)
    try:
        forecast.take(credit_payment(forecast.account, purchase_of(order, lines), received, rules))
        forecast.spent_fen += spent_fen(order.products_net_fen, before_fen + payment.amount_fen)
        forecast.spent_fen -= spent_fen(order.products_net_fen, before_fen)
    except RuleError:
        # Somebody else took money for the order meanwhile: the server will refuse this payment, so it earns nothing.
        return


def _paid_before(session: Session, payment: Payment) -> int:
    of_order = select(Payment).where(col(Payment.order_id) == payment.order_id)
    in_order = sorted(session.scalars(of_order), key=lambda each: (each.paid_at_ms, each.id))
    return sum(each.amount_fen for each in in_order[: in_order.index(payment)])
