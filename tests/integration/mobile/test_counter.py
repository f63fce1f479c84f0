"""The counter without a network: a member found, a sale paid with points, a return previewed, a gift; then agreement."""

import asyncio
from pathlib import Path

import pytest
from sqlmodel import select

from mobile.state import counter_actions, points_actions
from mobile.state.counter_actions import GiftWish
from mobile.state.errors import Unreachable
from mobile.state.gift_office import hand_over
from mobile.state.queries.customers import customer_with_phone
from mobile.state.queries.explanation import explain_entry
from mobile.state.queries.gifts import gift_offers
from mobile.state.queries.redemptions import hand_overs
from mobile.state.sync_state import Phase
from server.domain.loyalty.opening import OpeningLot
from shared_models.errors import RuleError
from shared_models.ids import new_id
from shared_models.loyalty.returns import ReturnFigures
from shared_models.loyalty.scheme import DEFAULT_TIERS
from shared_models.loyalty.tables import Gift, Lease, PointsEntry, Redemption
from shared_models.sales.tables import Order, OrderLine
from sync.hub.recorder import recording
from tests.integration.mobile.points_devices import Device, at_server
from tests.integration.server.company import COMPANY, Company
from tests.integration.server.taken_over import take_over

PHONE = "13900000071"


@pytest.fixture
def member(company: Company) -> str:
    return take_over(company, PHONE, [OpeningLot("all", 5_000)], growth=900)


@pytest.fixture
def device(company: Company, member: str, tmp_path: Path) -> Device:
    del member
    with company.services.database.writing() as session, recording(session, author="server", at_ms=1):
        session.add_all(
            Gift(id=name, company_id=COMPANY, name=name, points=points, stock=stock, min_tier=tier)
            for name, points, stock, tier in (
                ("lamp", 300, 3, ""),
                ("vase", 200, 0, ""),
                ("sofa", 100, None, "S6"),
            )
        )
    return Device.of(company, "S001", tmp_path)


def reserve(device: Device, member: str, points: int) -> int:
    return asyncio.run(counter_actions.reserve_points(device.app, member, points))


def redeem(device: Device, wish: GiftWish) -> str:
    return asyncio.run(counter_actions.redeem_at_counter(device.app, wish))


def lines_of(device: Device, order_id: str) -> list[str]:
    chosen = select(OrderLine.id).where(OrderLine.order_id == order_id).order_by(OrderLine.position)
    return device.app.read(lambda session: list(session.scalars(chosen)))


def go_offline(device: Device) -> None:
    device.app.sync.enter(Phase.IDLE)
    device.app.network_changed(is_up=False)
    assert not device.app.sync.online


def test_a_day_at_the_counter_without_a_network_agrees_with_the_server_and_happens_once(
    device: Device, company: Company, member: str
):
    assert reserve(device, member, 1_500) == 1_500
    device.sync()  # the app syncs all the time while there is a network
    go_offline(device)

    found = device.app.read(lambda session: customer_with_phone(session, PHONE))
    assert found is not None
    order_id, priced = device.sell(found.id, 100_000, 50_000, coupon="100", offset="max")
    assert priced.quote is not None
    assert (priced.quote.coupon_fen, priced.quote.offset.points) == (10_000, 1_500)
    assert priced.due_fen == 150_000 - 10_000 - 1_500
    first, _ = lines_of(device, order_id)
    shown = points_actions.preview_return(device.app, order_id, [first])
    with pytest.raises(RuleError, match="lease"):
        redeem(device, GiftWish(member, "lamp"))
    here = device.figures(member, "balance", "growth", "orders", "redemptions")

    device.sync(answers_lost=1)

    assert at_server(company, member, "balance", "growth", "leased", "debt") == (*here[:2], 0, 0)
    assert device.figures(member, "balance", "growth", "orders", "redemptions") == here
    with company.services.database.reading() as session:
        assert len(session.exec(select(Order).where(Order.customer_id == member)).all()) == 1
    return_id = new_id()
    posted = asyncio.run(counter_actions.post_return(device.app, order_id, [first], return_id))
    assert posted == shown
    device.sync()
    assert device.figures(member, "balance", "growth") == at_server(company, member, "balance", "growth")


def test_a_gift_is_redeemed_under_the_lease_without_a_network_and_once_at_the_server(
    device: Device, company: Company, member: str
):
    reserve(device, member, 500)
    go_offline(device)

    redeem(device, GiftWish(member, "lamp"))
    assert device.figures(member, "available", "redemptions") == (200, 1)
    device.sync(answers_lost=2)

    assert at_server(company, member, "balance", "leased", "redemptions") == (4_700, 0, 1)
    with company.services.database.reading() as session:
        assert session.get_one(Gift, "lamp").stock == 2


def stock_here(device: Device, gift_id: str) -> int | None:
    pending = device.app.replica.pending_units()
    [offer] = [
        each
        for each in device.app.read(
            lambda session: gift_offers(session, 900, DEFAULT_TIERS, pending, device.app.now_ms())
        )
        if each.gift.id == gift_id
    ]
    return offer.left


def test_the_stock_counts_down_on_the_device_before_the_server_knows_and_is_the_server_s_afterwards(
    device: Device, company: Company, member: str
):
    reserve(device, member, 900)
    go_offline(device)
    for left in (2, 1, 0):
        redeem(device, GiftWish(member, "lamp"))
        assert stock_here(device, "lamp") == left
    with pytest.raises(RuleError, match="gift_stock"):
        redeem(device, GiftWish(member, "lamp"))

    device.sync()

    assert stock_here(device, "lamp") == 0
    with company.services.database.reading() as session:
        assert session.get_one(Gift, "lamp").stock == 0


def test_a_redemption_that_the_server_refuses_gives_its_gift_back_to_the_stock_here(
    device: Device, company: Company, member: str
):
    reserve(device, member, 300)
    go_offline(device)
    redeem(device, GiftWish(member, "lamp"))
    assert stock_here(device, "lamp") == 2
    with company.services.database.writing() as session:
        # The lease was never this member's: what it pays for is refused whole.
        for lease in session.exec(select(Lease)):
            lease.customer_id = company.ids["customer"]

    device.sync()

    assert device.app.read(lambda session: session.exec(select(Redemption)).all()) == []
    assert stock_here(device, "lamp") == 3


def test_a_gift_fetched_later_waits_until_somebody_hands_it_over_without_a_network(
    device: Device, company: Company, member: str, tmp_path: Path
):
    reserve(device, member, 300)
    go_offline(device)
    redemption_id = redeem(device, GiftWish(member, "lamp", handed_over=False))
    device.sync()
    other = Device.of(company, "S002", tmp_path)
    [waiting] = other.app.read(lambda session: hand_overs(session, company.clock.now_ms))
    assert (waiting.redemption.id, waiting.what, waiting.is_overdue) == (redemption_id, "lamp", False)

    company.clock.forward(seconds=7 * 24 * 3_600 + 1)
    [late] = other.app.read(lambda session: hand_overs(session, company.clock.now_ms))
    assert late.is_overdue
    go_offline(other)
    hand_over(other.app, redemption_id)
    with pytest.raises(RuleError, match="handed_over"):
        hand_over(other.app, redemption_id)
    other.app.session.renew_next_time()
    other.sync()

    with company.services.database.reading() as session:
        redemption = session.get_one(Redemption, redemption_id)
        assert redemption.state == "done"
        assert redemption.handed_over_by == company.ids["S002"]
        assert redemption.handed_over_at_ms == company.clock.now_ms
    assert other.app.read(lambda session: hand_overs(session, company.clock.now_ms)) == []
    assert at_server(company, member, "redemptions", "balance") == (1, 4_700)


def test_with_a_network_a_gift_beyond_the_lease_is_redeemed_at_the_server_once_however_often_it_is_asked_for(
    device: Device, company: Company, member: str
):
    device.app.sync.enter(Phase.IDLE)
    wish = GiftWish(member, "lamp")
    redemption_id = redeem(device, wish)
    device.sync()
    [redemption] = device.app.read(lambda session: session.exec(select(Redemption)).all())
    assert (redemption.id, redemption.points) == (redemption_id, 300)
    assert device.figures(member, "balance") == at_server(company, member, "balance") == (4_700,)


def test_reserved_points_outlast_the_syncs_until_the_device_was_offline_and_came_back(
    device: Device, company: Company, member: str
):
    reserve(device, member, 500)
    device.sync()
    device.sync()
    assert device.figures(member, "available") == (500,)
    assert at_server(company, member, "leased") == (500,)

    go_offline(device)
    device.sync()

    assert device.figures(member, "available") == (0,)
    assert at_server(company, member, "leased") == (0,)


def test_reserved_points_that_were_used_end_with_the_sync_that_brings_the_spend(
    device: Device, company: Company, member: str
):
    reserve(device, member, 500)
    points_actions.redeem(device.app, member, 200)
    device.sync()
    assert at_server(company, member, "balance", "leased") == (4_800, 0)


def test_what_is_given_back_is_free_again(device: Device, company: Company, member: str):
    reserve(device, member, 500)
    assert asyncio.run(counter_actions.release_points(device.app, member)) == 500
    assert at_server(company, member, "leased", "available") == (0, 5_000)


def test_a_correction_by_a_manager_is_in_the_ledger_with_its_reason(
    device: Device, company: Company, member: str, tmp_path: Path
):
    manager = Device.of(company, "M001", tmp_path)
    correction = counter_actions.adjust_account(
        manager.app, member, points=-200, growth=50, reason="录入有误", adjustment_id=new_id()
    )
    asyncio.run(correction)
    manager.sync()
    chosen = select(PointsEntry).where(PointsEntry.kind == "adjust", PointsEntry.points != 0)
    entry = manager.app.read(lambda session: session.exec(chosen).first())
    assert entry is not None
    why = manager.app.read(lambda session: explain_entry(session, entry.id))
    assert why is not None
    assert (why.entry.points, why.entry.rule) == (-200, "录入有误")
    assert why.adjusted_by
    assert at_server(company, member, "balance", "growth") == (4_800, 950)


def test_each_gift_says_what_keeps_a_member_from_it(device: Device):
    offers = device.app.read(
        lambda session: gift_offers(session, 900, DEFAULT_TIERS, [], device.app.now_ms())
    )
    assert [(each.gift.id, each.refusal) for each in offers] == [
        ("sofa", "gift_tier"),
        ("vase", "gift_stock"),
        ("lamp", ""),
    ]


def test_a_return_without_a_network_changes_nothing(
    device: Device, company: Company, member: str, monkeypatch: pytest.MonkeyPatch
):
    order_id, _ = device.sell(member, 10_000)
    device.sync()
    before = at_server(company, member, "balance", "growth")

    async def unreachable(*_: object, **__: object) -> None:
        raise Unreachable

    monkeypatch.setattr(device.app.server, "post", unreachable)
    shown = points_actions.preview_return(device.app, order_id, lines_of(device, order_id))
    assert isinstance(shown, ReturnFigures)
    with pytest.raises(Unreachable):
        asyncio.run(counter_actions.post_return(device.app, order_id, lines_of(device, order_id), new_id()))
    assert at_server(company, member, "balance", "growth") == before
