"""Tiers by purchases on a device without a network: what it shows is what the server says after the sync (T-04)."""

from pathlib import Path

import pytest
from sqlmodel import select

from mobile.state import points_actions
from server.domain.loyalty.schemes import publish_scheme
from shared_models.sales.tables import OrderLine
from sync.hub.recorder import recording
from tests.integration.mobile.points_devices import Device, at_server
from tests.integration.server.company import COMPANY, START_MS, Company
from tests.integration.server.taken_over import take_over
from tests.integration.server.till import Till

TIERS = [{"name": "basic", "from": 0}, {"name": "gold", "from": 3_000, "discount_percent": "10"}]


@pytest.fixture
def device(company: Company, tmp_path: Path) -> Device:
    with company.services.database.writing() as session, recording(session, author="server", at_ms=1):
        rules = {"tier_basis": "spent", "tiers": TIERS}
        publish_scheme(session, COMPANY, rules, now_ms=START_MS, valid_from_ms=START_MS)
    return Device.of(company, "S001", tmp_path)


def test_the_device_counts_its_own_sales_and_previews_the_tier_after_a_return_as_the_server_does(
    device: Device, company: Company
):
    member = take_over(company, "13900000091", [], growth=70_000)
    device.sync()
    assert device.figures(member, "tier", "to_next") == ("basic", 300_000)

    order_id, priced = device.sell(member, 299_999)
    assert priced.tier_after == "basic"
    assert device.figures(member, "tier", "to_next", "spent_fen") == ("basic", 1, 299_999)
    _, priced = device.sell(member, 1)
    assert priced.tier_after == "gold"
    _, priced = device.sell(member, 10_000)
    assert priced.due_fen == 9_000  # gold has 10 %, known before anything was sent
    shown = device.figures(member, "tier", "to_next", "spent_fen")
    assert shown == ("gold", None, 309_000)

    device.sync()
    assert at_server(company, member, "tier", "to_next", "spent_fen") == shown
    assert device.figures(member, "tier", "to_next", "spent_fen") == shown

    lines = device.app.read(
        lambda session: list(session.scalars(select(OrderLine.id).where(OrderLine.order_id == order_id)))
    )
    preview = points_actions.preview_return(device.app, order_id, lines)
    posted = Till.of(company).post(f"/orders/{order_id}/returns", line_ids=lines)
    assert preview.tier == posted["tier"] == "basic"
    assert at_server(company, member, "spent_fen") == (9_001,)
