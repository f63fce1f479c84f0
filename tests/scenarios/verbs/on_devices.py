"""Members, sales, points and leases on a device, through the functions that its screens call."""

from typing import Any

from mobile.screens.sale.priced import Priced, price
from mobile.state import points_actions
from mobile.state.application import App
from mobile.state.queries.order import order_record
from mobile.state.queries.pending_points import account_forecast
from mobile.state.queries.sale import party_of
from mobile.state.sale_actions import Sale as ConfirmedSale
from mobile.state.sale_actions import place_order, record_payment
from mobile.state.sale_draft import DraftLine, SaleDraft
from shared_models.errors import RuleError
from shared_models.ids import new_id
from shared_models.money import parse_yuan, plain_yuan
from shared_models.sales.tables import Order
from tests.scenarios.actions import Enrol, Lease, Pay, PreviewReturn, Redeem, Release, Sale, SaleLine
from tests.scenarios.names import line_key
from tests.scenarios.values import UNSET
from tests.scenarios.verbs.loyalty import optional, sale_offset
from tests.scenarios.verbs.registry import on_device
from tests.scenarios.world import Device, World


@on_device(Enrol)
async def enrol(world: World, device: Device, action: Enrol) -> dict[str, Any]:
    """Somebody joins where there is no network."""
    name = "" if action.name is UNSET else action.name
    enrolled = points_actions.enrol(device.app, action.phone, name=name)
    world.names.bind("member", action.id, enrolled.customer_id)
    return {"welcome": enrolled.welcome}


@on_device(Sale)
async def sell(world: World, device: Device, action: Sale) -> dict[str, Any]:
    """A sale on a device: drafted, priced and confirmed as on the screen."""
    app = device.app
    line_ids = {line.id: new_id() for line in action.lines}
    priced = _priced(world, device, action, line_ids)
    if priced.quote is None:
        raise RuleError("coupon")
    if priced.due_fen < parse_yuan(action.pay if action.pay != "full" else "0"):
        raise RuleError("overpaid", due_fen=priced.due_fen)
    lead_id = optional(world, "lead", action.lead)
    sale = ConfirmedSale(
        priced.draft,
        priced.quote,
        priced.pay_now_fen,
        priced.party.scheme_id,
        priced.party.store_id,
        lead_id,
    )
    order_id = place_order(app, sale)
    world.names.bind("order", action.id, order_id)
    for name, line_id in line_ids.items():
        world.names.bind("line", line_key(action.id, name), line_id)
    net_fen = {line.cart.id: line.net_fen for line in priced.quote.lines}
    return {
        "net_by_line": {name: plain_yuan(net_fen[line_id]) for name, line_id in line_ids.items()},
        "due": plain_yuan(priced.due_fen),
        "paid": plain_yuan(priced.pay_now_fen),
        "offset_points": priced.quote.offset.points,
        "offset_yuan": plain_yuan(priced.quote.offset.fen),
        "points": priced.points.now,
    }


def _priced(world: World, device: Device, action: Sale, line_ids: dict[str, str]) -> Priced:
    """What the summary shows: by the device's own copy, and by what its clock shows, be it right or wrong."""
    app = device.app
    draft = SaleDraft(
        customer_id=world.names.system("member", action.member),
        enrol=False,
        lines=tuple(_line(world, action, line, line_ids[line.id]) for line in action.lines),
        coupon=action.coupon,
        deposit=None if action.pay == "full" else action.pay,
        offset=sale_offset(action),
        campaign="" if action.campaign is UNSET else action.campaign,
        designer_id=optional(world, "designer", action.designer),
    )
    own_store_id = app.session.person.store_id if app.session.person else None
    pending = app.replica.pending_units()
    lease_now_ms = app.lease_clock.note()
    party = app.read(
        lambda session: party_of(
            session,
            draft.customer_id or "",
            draft,
            now_ms=app.now_ms(),
            own_store_id=own_store_id,
            pending=pending,
            lease_now_ms=lease_now_ms,
        )
    )
    if party.customer is None:
        raise RuleError("not_here")
    return price(draft, party, now_ms=device.clock())


def _line(world: World, action: Sale, line: SaleLine, line_id: str) -> DraftLine:
    product = world.names.system("product", line_key(action.id, line.id))
    known = world.names.is_bound("product", line_key(action.id, line.id))
    return DraftLine(
        line_id,
        product if known else None,
        "",
        line.id,
        line.category,
        line.kind,
        parse_yuan(line.price),
        line.qty,
    )


@on_device(Pay)
async def pay(world: World, device: Device, action: Pay) -> dict[str, Any]:
    """A further payment on a device."""
    app = device.app
    order_id = world.names.system("order", action.order)
    if app.read(lambda session: session.get(Order, order_id)) is None:
        raise RuleError("not_here")
    before = order_points(app, order_id)
    record_payment(app, order_id, parse_yuan(action.amount), "card")
    record = app.read(lambda session: order_record(session, order_id, waiting=frozenset()))
    paid_fen = record.paid_fen if record else 0
    return {"points": order_points(app, order_id) - before, "paid": plain_yuan(paid_fen)}


def order_points(app: App, order_id: str) -> int:
    """What an order has brought as this device shows it: the ledger's part and the forecast."""
    waiting = app.replica.pending_rows("payment")
    record = app.read(lambda session: order_record(session, order_id, waiting=waiting))
    return record.points + record.forecast_points if record else 0


@on_device(PreviewReturn)
async def preview(world: World, device: Device, action: PreviewReturn) -> dict[str, Any]:
    """What taking goods back would do, as the device knows it."""
    lines = [world.names.system("line", line_key(action.order, line)) for line in action.lines]
    shown = points_actions.preview_return(device.app, world.names.system("order", action.order), lines)
    commission_fen = getattr(shown, "commission_fen", None)
    return {
        "refund": plain_yuan(shown.refund_fen),
        "restored": shown.restored_points,
        "clawback": shown.clawback_points,
        "withheld": plain_yuan(shown.withheld_fen),
        "debt": shown.debt,
        "commission": "missing" if commission_fen is None else plain_yuan(commission_fen),
        "tier": shown.tier,
        "growth": shown.growth,
    }


@on_device(Redeem)
async def redeem(world: World, device: Device, action: Redeem) -> dict[str, Any]:
    """Points are given for a gift under the device's lease; from which lots, as this device foresees it."""
    note = "" if action.gift is UNSET else action.gift
    member = world.names.system("member", action.member)
    before = _lots(device.app, member)
    redemption_id = points_actions.redeem(device.app, member, action.points, note=note)
    world.names.bind("redemption", action.id, redemption_id)
    after = _lots(device.app, member)
    taken = {lot_id: points - after[lot_id] for lot_id, points in before.items() if after[lot_id] < points}
    return {"from_lots": {world.names.name_of("lot", lot_id): points for lot_id, points in taken.items()}}


def _lots(app: App, member: str) -> dict[str, int]:
    """What remains in each lot of a member, with this device's own pending work."""
    pending = app.replica.pending_units()
    account = app.read(lambda session: account_forecast(session, member, pending)).account
    return {lot.id: lot.remaining for lot in account.lots}


@on_device(Lease)
async def lease(world: World, device: Device, action: Lease) -> dict[str, Any]:
    """The device reaches the server for this one call, and has points set aside."""
    member = world.names.system("member", action.member)
    with device.network.up():
        return {"granted": await points_actions.take_lease(device.app, member, action.points)}


@on_device(Release)
async def release(world: World, device: Device, action: Release) -> dict[str, Any]:
    """The device reaches the server for this one call, and gives back what it has not spent."""
    member = world.names.system("member", action.member)
    with device.network.up():
        return {"released": await points_actions.release_lease(device.app, member)}
