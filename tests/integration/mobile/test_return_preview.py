"""A return shown on the device before anybody confirms it is the return that the server posts."""

from pathlib import Path

import pytest
from sqlmodel import select

from mobile.state import points_actions
from server.domain.loyalty.opening import OpeningLot
from shared_models.errors import RuleError
from shared_models.sales.tables import OrderLine
from tests.integration.mobile.points_devices import Device
from tests.integration.server.company import Company
from tests.integration.server.taken_over import take_over
from tests.integration.server.till import Till


@pytest.fixture
def device(company: Company, tmp_path: Path) -> Device:
    return Device.of(company, "S001", tmp_path)


def lines_of(device: Device, order_id: str) -> list[str]:
    chosen = select(OrderLine.id).where(OrderLine.order_id == order_id).order_by(OrderLine.position)
    return device.app.read(lambda session: list(session.scalars(chosen)))


def test_the_device_shows_the_return_that_the_server_then_posts(device: Device, company: Company):
    member = take_over(company, "13900000050", [OpeningLot("all", 2_000)], growth=8_000)
    device.sync()
    device.lease(member, 1_000)
    order_id, _ = device.sell(member, 10_000, 20_000, offset="max")
    device.sync()
    first, _ = lines_of(device, order_id)

    shown = points_actions.preview_return(device.app, order_id, [first])
    posted = Till.of(company).post(f"/orders/{order_id}/returns", line_ids=[first])

    for name in (
        "refund_fen",
        "withheld_fen",
        "restored_points",
        "clawback_points",
        "debt",
        "growth",
        "tier",
        "commission_fen",
    ):
        assert getattr(shown, name) == posted[name], name
    device.sync()
    with pytest.raises(RuleError, match="returned"):
        points_actions.preview_return(device.app, order_id, [first])


def test_a_sale_that_is_still_on_the_device_is_previewed_with_the_points_it_will_earn(
    device: Device, company: Company
):
    member = take_over(company, "13900000051", [])
    device.sync()
    order_id, _ = device.sell(member, 10_050)

    shown = points_actions.preview_return(device.app, order_id, lines_of(device, order_id))

    assert (shown.refund_fen, shown.clawback_points, shown.debt, shown.growth) == (10_050, 100, 0, 0)
    assert device.figures(member, "balance", "growth") == (100, 100)
