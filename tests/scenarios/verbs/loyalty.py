"""Members, sales, payments, returns and points at the server, through its HTTP routes."""

from typing import Any

from shared_models.ids import new_id
from shared_models.money import parse_yuan, plain_yuan
from tests.scenarios.actions import (
    Adjust,
    CancelRedeem,
    Enrol,
    Pay,
    PreviewReturn,
    PublishScheme,
    Redeem,
    Return,
    RunExpiry,
    Sale,
)
from tests.scenarios.founding import rules_of
from tests.scenarios.names import line_key
from tests.scenarios.values import UNSET
from tests.scenarios.verbs.registry import online
from tests.scenarios.world import MANAGER_CODE, World


def sale_offset(action: Sale) -> int | str:
    """What is to be paid with points; absent is none."""
    return 0 if action.offset is UNSET else action.offset


def optional(world: World, kind: str, name: Any) -> str | None:
    """The system's identifier of something that the action may leave out."""
    return None if name is UNSET else world.names.system(kind, name)


@online(Enrol)
async def enrol(world: World, action: Enrol) -> dict[str, Any]:
    """Somebody joins at the counter."""
    body = {"phone": action.phone, "name": "" if action.name is UNSET else action.name}
    answer = await world.desk.post(world.code_of(action.by), "/api/customers", body)
    world.names.bind("member", action.id, answer["customer_id"])
    return {"welcome": answer["welcome"]}


@online(Sale)
async def sell(world: World, action: Sale) -> dict[str, Any]:
    """A sale at the counter."""
    line_ids = {line.id: new_id() for line in action.lines}
    body = {
        "customer_id": world.names.system("member", action.member),
        "lines": [_line(line, line_ids[line.id]) for line in action.lines],
        "coupon_fen": parse_yuan(action.coupon),
        "offset": sale_offset(action),
        "campaign": "" if action.campaign is UNSET else action.campaign,
        "designer_id": optional(world, "designer", action.designer),
        "lead_id": optional(world, "lead", action.lead),
        "pay_fen": None if action.pay == "full" else parse_yuan(action.pay),
    }
    sold = await world.desk.post(world.code_of(action.by), "/api/sales", body)
    world.names.bind("order", action.id, sold["id"])
    for name, line_id in line_ids.items():
        world.names.bind("line", line_key(action.id, name), line_id)
    net = sold["net_fen_by_line"]
    return {
        "net_by_line": {name: plain_yuan(net[line_id]) for name, line_id in line_ids.items()},
        "due": plain_yuan(sold["due_fen"]),
        "paid": plain_yuan(sold["paid_fen"]),
        "offset_points": sold["offset_points"],
        "offset_yuan": plain_yuan(sold["offset_fen"]),
        "points": sold["points"],
    }


def _line(line: Any, line_id: str) -> dict[str, Any]:
    return {
        "id": line_id,
        "name": line.id,
        "category": line.category,
        "kind": line.kind,
        "price_fen": parse_yuan(line.price),
        "quantity": line.qty,
        "cost_fen": None if line.cost is UNSET else parse_yuan(line.cost),
    }


@online(Pay)
async def pay(world: World, action: Pay) -> dict[str, Any]:
    """A further payment at the counter."""
    path = f"/api/orders/{world.names.system('order', action.order)}/payments"
    body = {"amount_fen": parse_yuan(action.amount)}
    paid = await world.desk.post(world.code_of(action.by), path, body)
    return {"points": paid["points"], "paid": plain_yuan(paid["paid_fen"])}


@online(Return)
async def take_back(world: World, action: Return) -> dict[str, Any]:
    """Goods come back."""
    return await _return(world, action, "returns")


@online(PreviewReturn)
async def preview(world: World, action: PreviewReturn) -> dict[str, Any]:
    """What taking goods back would do."""
    return await _return(world, action, "returns/preview")


async def _return(world: World, action: Return | PreviewReturn, route: str) -> dict[str, Any]:
    lines = [world.names.system("line", line_key(action.order, line)) for line in action.lines]
    path = f"/api/orders/{world.names.system('order', action.order)}/{route}"
    figures = await world.desk.post(world.code_of(action.by), path, {"line_ids": lines})
    return {
        "refund": plain_yuan(figures["refund_fen"]),
        "restored": figures["restored_points"],
        "clawback": figures["clawback_points"],
        "withheld": plain_yuan(figures["withheld_fen"]),
        "debt": figures["debt"],
        "commission": plain_yuan(figures["commission_fen"]) if "commission_fen" in figures else "missing",
        "tier": figures["tier"],
        "growth": figures["growth"],
    }


@online(Redeem)
async def redeem(world: World, action: Redeem) -> dict[str, Any]:
    """Points are given for a gift."""
    body: dict[str, Any] = {
        "customer_id": world.names.system("member", action.member),
        "points": action.points,
        "note": "" if action.gift is UNSET else action.gift,
    }
    redeemed = await world.desk.post(world.code_of(action.by), "/api/redemptions", body)
    world.names.bind("redemption", action.id, redeemed["id"])
    lots = redeemed["from_lots"].items()
    named = {world.names.name_of("lot", lot_id): points for lot_id, points in lots}
    return {"from_lots": named}


@online(CancelRedeem)
async def cancel(world: World, action: CancelRedeem) -> dict[str, Any]:
    """A redemption is taken back."""
    path = f"/api/redemptions/{world.names.system('redemption', action.redemption)}/cancellation"
    return {"restored": (await world.desk.post(world.code_of(action.by), path))["restored"]}


@online(Adjust)
async def adjust(world: World, action: Adjust) -> dict[str, Any]:
    """An account is corrected by hand."""
    path = f"/api/customers/{world.names.system('member', action.member)}/adjustments"
    body = {"reason": "corrected by hand", "points": action.points, "growth": action.growth}
    await world.desk.post(world.code_of(action.by), path, body)
    return {}


@online(RunExpiry)
async def run_expiry(world: World, _action: RunExpiry) -> dict[str, Any]:
    """The nightly job takes what has expired."""
    return {"expired": (await world.desk.post(MANAGER_CODE, "/api/jobs/expiry"))["expired"]}


@online(PublishScheme)
async def publish(world: World, action: PublishScheme) -> dict[str, Any]:
    """A new version of the scheme is in force from now on."""
    body = {"rules": rules_of(action.scheme)}
    return {"version": (await world.desk.post(world.code_of(action.by), "/api/schemes", body))["version"]}
