"""Tablets that sell, redeem and sync in any order, over a network that loses answers: the books must come out as the facts say.

What a member must hold is reckoned here from the facts alone (orders, payments, returns, redemptions), by no lot and no
line of the ledger. `RANDOM_DAYS=200` plays so many days instead of the few of a plain run; the seed is the test's name.
"""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from sqlmodel import Session, func, select

from mobile.state.errors import ServerRefusal
from server.domain.loyalty.standing import Standing, standing_of
from server.domain.loyalty.verification import differences
from shared_models.errors import RuleError
from shared_models.loyalty.tables import PointsEntry, Redemption, RedemptionState
from shared_models.office.tables import Alert, AlertKind
from shared_models.sales.tables import Order, OrderLine, Payment, SaleReturn
from shared_models.stock.tables import ProductKind
from tests.databases import migrated_sqlite_url
from tests.scenarios import actions, verbs
from tests.scenarios.actions import Action, SaleLine
from tests.scenarios.clock import moment_ms
from tests.scenarios.desk import Refused
from tests.scenarios.format import parse_scenario
from tests.scenarios.founding import found
from tests.scenarios.observation_format import MemberSeen
from tests.scenarios.observations import ON_DEVICE
from tests.scenarios.world import World, running_world

DAYS = int(os.environ.get("RANDOM_DAYS", "2"))
ACTIONS = 45
OPENING = {"m": 3_000, "n": 800}
TABLETS = {"T": 30, "U": -50, "V": 0}
DAY = {
    "name": "a random day", "why": "points spent twice, lost or made", "rules": ["R1", "R6", "R7", "R11"],
    "staff": [{"id": "s"}, {"id": "u"}, {"id": "v"}],
    "members": [{"id": name, "phone": f"1390000000{at}", "points": points, "growth": points} for at, (name, points) in enumerate(OPENING.items())],
    "devices": [{"id": tablet, "owner": owner, "clock_minutes": minutes} for owner, (tablet, minutes) in zip("suv", TABLETS.items(), strict=True)],
    "steps": [{"at": "2026-06-01T08:00:00Z", "do": "run_expiry"}],
}  # fmt: skip


class Day:
    """One day: it draws an action, does it, and remembers what there is to pay, return and cancel."""

    def __init__(self, world: World, seed: int, *, with_returns: bool) -> None:
        self.world = world
        self.random = Random(seed)
        self.orders: dict[str, list[str]] = {}
        self.redemptions: list[str] = []
        self.at = datetime(2026, 6, 1, 8, tzinfo=UTC)
        self.kinds = ["sell", "sell", "redeem", "redeem", "lease", "lease", "release", "pay", "sync", "sync"]
        self.kinds += ["take_back"] * 4 + ["cancel"] if with_returns else []

    def who(self) -> str:
        return self.random.choice([*OPENING])

    def where(self) -> dict[str, str]:
        """A tablet, or now and then the server."""
        return {"on": self.random.choice([*TABLETS])} if self.random.random() < 0.7 else {}

    def sell(self) -> Action:
        name = f"o{len(self.orders)}"
        prices = [self.random.randrange(1, 40_000) for _ in range(self.random.randrange(1, 4))]
        lines = [
            SaleLine(id=f"l{at}", category="x", price=f"{fen / 100:.2f}") for at, fen in enumerate(prices)
        ]
        if self.random.random() < 0.3:
            lines.append(SaleLine(id="v", category="x", price="25.00", kind="service"))
        self.orders[name] = [line.id for line in lines]
        pay = self.random.choice(["full", "full", "full", "0.50"])
        offset = self.random.choice(["max", "max", 0, 500])
        return actions.Sale(
            at=self.at, id=name, member=self.who(), lines=lines, offset=offset, pay=pay, **self.where()
        )

    def pay(self) -> Action | None:
        if not self.orders:
            return None
        amount = f"{self.random.randrange(1, 30_000) / 100:.2f}"
        return actions.Pay(
            at=self.at, order=self.random.choice([*self.orders]), amount=amount, **self.where()
        )

    def redeem(self) -> Action:
        self.redemptions.append(f"r{len(self.redemptions)}")
        points = self.random.randrange(1, 600)
        return actions.Redeem(
            at=self.at, id=self.redemptions[-1], member=self.who(), points=points, **self.where()
        )

    def cancel(self) -> Action | None:
        chosen = self.random.choice(self.redemptions) if self.redemptions else None
        return actions.CancelRedeem(at=self.at, redemption=chosen) if chosen else None

    def take_back(self) -> Action | None:
        if not self.orders:
            return None
        order = self.random.choice([*self.orders])
        lines = self.random.sample(self.orders[order], self.random.randrange(1, len(self.orders[order]) + 1))
        return actions.Return(at=self.at, order=order, lines=lines)

    def lease(self) -> Action:
        points = self.random.randrange(1, 900)
        tablet = self.random.choice([*TABLETS])
        return actions.Lease(at=self.at, on=tablet, member=self.who(), points=points)

    def release(self) -> Action:
        return actions.Release(at=self.at, on=self.random.choice([*TABLETS]), member=self.who())

    def sync(self, tablet: str | None = None) -> Action:
        times = 1 if tablet else self.random.randrange(1, 4)
        lost = 0 if tablet else self.random.randrange(times + 1)
        on = tablet or self.random.choice([*TABLETS])
        return actions.Sync(at=self.at, on=on, times=times, lost_acks=lost)

    async def play(self) -> None:
        """All the actions, the books checked after each one; then everybody syncs."""
        for _ in range(ACTIONS):
            self.at += timedelta(minutes=self.random.randrange(1, 40))
            action: Action | None = getattr(self, self.random.choice(self.kinds))()
            if action is not None:
                await self.do(action)
        for tablet in [*TABLETS, *TABLETS]:
            await self.do(self.sync(tablet))

    async def do(self, action: Action) -> None:
        """Do it; the product may refuse, and then nothing may have changed for the worse."""
        self.world.clock.now_ms = moment_ms(action.at)
        try:
            if isinstance(action.on, str):
                await verbs.ON_DEVICE[type(action)](self.world, self.world.devices[action.on], action)
            else:
                await verbs.ONLINE[type(action)](self.world, action)
        except (Refused, RuleError, ServerRefusal):
            if isinstance(action, actions.Sync):
                raise
        self.world.server_reads(self.check)

    def check(self, session: Session) -> None:
        """What the server says of each member against what the facts say."""
        assert not list(differences(session))
        for name, opening in OPENING.items():
            member_id = self.world.names.system("member", name)
            shown = standing_of(session, member_id, self.world.clock.now_ms)
            assert shown is not None
            assert 0 <= shown.available <= shown.balance - shown.leased
            assert shown.leased >= 0
            assert not shown.debt or shown.balance == shown.leased  # whatever is free has repaid it
            earned = earned_by_the_facts(session, member_id)
            spent = spent_by_the_facts(session, member_id)
            assert shown.growth == opening + earned
            assert (
                shown.balance - shown.debt == opening + earned - spent == sum_of_entries(session, member_id)
            )


def sum_of_entries(session: Session, member_id: str) -> int:
    lines = select(func.coalesce(func.sum(PointsEntry.points), 0)).where(PointsEntry.customer_id == member_id)
    return int(session.exec(lines).one())


def earned_by_the_facts(session: Session, member_id: str) -> int:
    """A point for each whole yuan paid for products that were kept, once for each order (R1, R7)."""
    points = 0
    for order in session.exec(select(Order).where(Order.customer_id == member_id)):
        lines = session.exec(select(OrderLine).where(OrderLine.order_id == order.id)).all()
        gone = returned_lines(session, order.id)
        paid = session.exec(select(Payment.amount_fen).where(Payment.order_id == order.id)).all()
        products = [line for line in lines if line.kind == ProductKind.PRODUCT]
        kept_fen = sum(line.net_fen for line in products if line.id not in gone)
        points += min(sum(paid), kept_fen) // 100
    return points


def spent_by_the_facts(session: Session, member_id: str) -> int:
    """What was redeemed and not cancelled, and the offset of what was not brought back."""
    done = select(Redemption).where(
        Redemption.customer_id == member_id, Redemption.state != RedemptionState.CANCELLED
    )
    points = sum(each.points for each in session.exec(done))
    for order in session.exec(select(Order).where(Order.customer_id == member_id)):
        gone = returned_lines(session, order.id)
        lines = session.exec(select(OrderLine).where(OrderLine.order_id == order.id))
        points += sum(line.offset_points for line in lines if line.id not in gone)
    return points


def returned_lines(session: Session, order_id: str) -> set[str]:
    returns = session.exec(select(SaleReturn).where(SaleReturn.order_id == order_id))
    return {line_id for each in returns for line_id in each.line_ids}


async def played(folder, url: str, seed: int, *, with_returns: bool) -> list[Standing]:
    """A whole day; how the members stand at its end, the same on every tablet as at the server."""
    async with running_world(parse_scenario(DAY), folder, url) as world:
        await found(world)
        day = Day(world, seed, with_returns=with_returns)
        await day.play()
        assert not world.server_reads(
            lambda session: session.exec(select(Alert).where(Alert.kind == AlertKind.LATE_SPEND)).all()
        )
        ends = []
        for name in OPENING:
            member_id = world.names.system("member", name)
            end = world.server_reads(lambda session, who=member_id: standing_of(session, who, world.clock()))
            assert end is not None
            ends.append(end)
            for device in world.devices.values():
                shown = await ON_DEVICE[MemberSeen](world, device, MemberSeen(member=name))
                same = ("balance", "debt", "growth", "orders", "redemptions", "leased")
                assert {key: shown[key] for key in same} == {key: getattr(end, key) for key in same}
        return ends


@pytest.mark.parametrize("seed", range(DAYS))
def test_the_books_say_what_the_facts_say_whatever_came_in_whichever_order(seed, tmp_path):
    asyncio.run(played(tmp_path, migrated_sqlite_url(tmp_path), seed, with_returns=True))


@pytest.mark.parametrize("seed", range(1_000, 1_000 + DAYS // 2))
def test_tablets_together_never_spend_more_than_there_is(seed, tmp_path):
    ends = asyncio.run(played(tmp_path, migrated_sqlite_url(tmp_path), seed, with_returns=False))
    assert [(end.debt, end.leased) for end in ends] == [(0, 0), (0, 0)]
