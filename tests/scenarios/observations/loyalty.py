"""Members, orders and ledgers, as the server shows them."""

from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from server.domain.loyalty.standing import standing_of
from server.domain.loyalty.uniting import customer_of
from server.domain.loyalty.verification import differences
from shared_models.loyalty.stored import history_of
from shared_models.loyalty.tables import PointsEntry, Scheme
from shared_models.money import plain_yuan
from shared_models.phone import normalise_phone
from shared_models.sales.tables import Customer, Order, OrderLine, Payment, SaleReturn
from tests.scenarios.names import line_key
from tests.scenarios.observation_format import CustomersSeen, LedgerSeen, MemberSeen, OrderSeen
from tests.scenarios.observations.registry import at_server
from tests.scenarios.world import COMPANY, World


@at_server(MemberSeen)
async def member(world: World, seen: MemberSeen) -> dict[str, Any]:
    """How a member stands."""
    member_id = world.names.system("member", seen.member)

    def read(session: Session) -> dict[str, Any]:
        standing = standing_of(session, member_id, world.clock.now_ms)
        customer = customer_of(session, member_id)
        if standing is None or customer is None:
            return {}
        return {
            "balance": standing.balance,
            "available": standing.available,
            "leased": standing.leased,
            "debt": standing.debt,
            "growth": standing.growth,
            "tier": standing.tier,
            "to_next": standing.to_next,
            "orders": standing.orders,
            "redemptions": standing.redemptions,
            "fields": customer.attributes,
            "same_as": _same_as(world, session, customer.id, seen),
        }

    return world.server_reads(read)


def _same_as(world: World, session: Session, customer_id: str, seen: MemberSeen) -> str | None:
    """The other name, if it means this very customer."""
    if not isinstance(seen.same_as, str):
        return None
    other = customer_of(session, world.names.system("member", seen.same_as))
    return seen.same_as if other is not None and other.id == customer_id else None


@at_server(CustomersSeen)
async def customers(world: World, seen: CustomersSeen) -> dict[str, Any]:
    """How many customers have a number."""
    number = normalise_phone(seen.customers)
    chosen = select(func.count()).select_from(Customer)
    chosen = chosen.where(
        col(Customer.company_id) == COMPANY,
        col(Customer.phone) == number,
        col(Customer.merged_into).is_(None),
    )
    return {"count": world.server_reads(lambda session: session.execute(chosen).scalar_one())}


@at_server(OrderSeen)
async def order(world: World, seen: OrderSeen) -> dict[str, Any]:
    """An order, with what has happened to it so far."""
    order_id = world.names.system("order", seen.order)
    return world.server_reads(lambda session: order_figures(world, session, order_id, seen.order))


def order_figures(world: World, session: Session, order_id: str, name: str) -> dict[str, Any]:
    """An order from its rows and its lines of the ledger: at the server and on a device the same tables."""
    row = session.get(Order, order_id)
    if row is None:
        return {}
    lines = session.scalars(select(OrderLine).where(col(OrderLine.order_id) == order_id)).all()
    payments = session.scalars(select(Payment).where(col(Payment.order_id) == order_id)).all()
    returns = session.scalars(select(SaleReturn).where(col(SaleReturn.order_id) == order_id)).all()
    entries = session.scalars(select(PointsEntry).where(col(PointsEntry.order_id) == order_id)).all()
    history = history_of(payments, returns, entries)
    scheme = session.get(Scheme, row.scheme_id) if row.scheme_id else None
    names = {bound: key for key, bound in world.names.named("line").items()}
    return {
        "net_by_line": {
            line.name: plain_yuan(line.net_fen)
            for line in lines
            if names.get(line.id) == line_key(name, line.name)
        },
        "due": plain_yuan(row.products_net_fen + row.services_fen),
        "paid": plain_yuan(history.paid_fen),
        "points": history.credited_points,
        "refunded": plain_yuan(sum(each.refund_fen for each in returns)),
        "clawback": history.clawed_back_points,
        "restored": history.restored_points,
        "offset_points": row.offset_points,
        "scheme_version": scheme.version if scheme else None,
    }


@at_server(LedgerSeen)
async def ledger(world: World, seen: LedgerSeen) -> dict[str, Any]:
    """Whether a member's ledger adds up, and how often it has the entries that are asked for."""
    member_id = world.names.system("member", seen.ledger)
    asked = seen.entries if isinstance(seen.entries, list) else []

    def read(session: Session) -> dict[str, Any]:
        customer = customer_of(session, member_id)
        if customer is None:
            return {}
        chosen = select(PointsEntry.kind, PointsEntry.points).where(PointsEntry.customer_id == customer.id)
        entries = [tuple(each) for each in session.execute(chosen)]
        return {
            "balanced": not list(differences(session, customer.id)),
            "entries": [
                {"kind": each.kind, "points": each.points, "times": entries.count((each.kind, each.points))}
                for each in asked
            ],
        }

    return world.server_reads(read)
