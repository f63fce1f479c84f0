"""The counter without a network: a member looked up by phone, a sale paid with points, a return previewed, a gift.

And what the phones of the member and of the designer who referred them show of it, with a network and without.
"""

import re
from contextlib import closing
from dataclasses import dataclass

from mobile.text.formats import money
from shared_models.designers.commission import commission_fen
from shared_models.designers.levels import DEFAULT_LEVELS
from shared_models.ids import derived_id
from tests.e2e.conftest import MakeTablet
from tests.e2e.inbox import wait_for_pending
from tests.e2e.people import MANAGER, SELLER
from tests.e2e.phones import Claim, designers_phone, member_with_points, members_phone, refer, restart_offline
from tests.e2e.running_server import RunningServer
from tests.e2e.sale_page import Article, two_articles
from tests.e2e.tablet import Tablet

PHONE = "13900030001"
OPENING, RESERVED, OFFSET, GIFT = 3_000, 1_500, 1_200, 300
COUPON_YUAN = 100
ISSUE = "counter-coupon"
_TOP, _BOTTOM, _STEP = 90, 720, 160
"""Where the detail shows whole rows, and how far one turn of the wheel moves it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the tablet said before anything was sent."""

    balance: int
    refund_yuan: int


@dataclass(frozen=True, slots=True)
class Earned:
    """What the designer's phone says that the sale earned: altogether, within the return window, taken back."""

    commission_fen: int
    pending_fen: int
    clawed_back_fen: int = 0


def test_a_day_at_the_counter_offline_agrees_with_the_server_and_with_the_phones_of_designer_and_member(
    server: RunningServer, tablet: MakeTablet
) -> None:
    member = _member(server)
    article = two_articles(server)[0]
    designer, designer_id = designers_phone(server, tablet, "DESIGNER-COUNTER")
    claim = refer(server, designer, designer_id, "钱多多", PHONE)
    desk = tablet("desk")
    desk.start()
    desk.log_in(SELLER)
    _look_up(desk, member)
    _reserve(desk)

    desk.go_offline()
    desk.tap("go-orders")
    desk.wait_for("orders")
    _look_up(desk, member)
    _sell(desk, article, derived_id("coupon", ISSUE, member))
    refund_yuan = _preview_return(desk)
    _redeem(desk)
    shown = Shown(desk.number("balance"), refund_yuan)
    assert server.rows("SELECT id FROM sales_order WHERE customer_id = :id", id=member) == []

    desk.go_online()
    wait_for_pending(desk, 0)
    _agrees_once(server, desk, member, article, shown)

    due_fen = _due_fen(article)
    earned_fen = commission_fen(due_fen, DEFAULT_LEVELS[0].rate_percent)
    _shows_commission(server, designer, claim, member, Earned(earned_fen, pending_fen=earned_fen))
    buyer = members_phone(server, tablet, PHONE)
    _shows_balance(buyer, shown.balance)

    _return_all(server, member)
    # Taking the article back restores the points of the offset and takes back what the payment had earned.
    _shows_balance(buyer, OPENING - GIFT)
    restart_offline(buyer)
    _shows_balance(buyer, OPENING - GIFT)
    after = Earned(0, pending_fen=0, clawed_back_fen=-earned_fen)
    _shows_commission(server, designer, claim, member, after)
    restart_offline(designer)
    _shows_commission(server, designer, claim, member, after)


def _member(server: RunningServer) -> str:
    """Somebody with points and a coupon, as the manager enters them."""
    customer_id = member_with_points(server, PHONE, "钱多多", OPENING)
    with closing(server.client(MANAGER)) as manager:
        coupon = {"id": ISSUE, "customer_ids": [customer_id], "amount_fen": COUPON_YUAN * 100}
        manager.post("/api/coupons", json=coupon).raise_for_status()
    return customer_id


def _look_up(tablet: Tablet, member: str) -> None:
    tablet.tap("go-customers")
    tablet.wait_for("customers")
    tablet.search("search", PHONE, rows="customer-", found=[member, "list"])
    tablet.tap(f"customer-{member}")
    tablet.wait_for("customer-points")


def _reserve(tablet: Tablet) -> None:
    tablet.tap("reserve-points")
    tablet.enter("lease-points", str(RESERVED))
    tablet.tap("lease-take")
    tablet.wait_until_gone("lease-take")
    tablet.wait_until(lambda: f"{RESERVED:,}" in tablet.spoken("leases"), "the lease to be shown")


def _sell(tablet: Tablet, article: Article, coupon: str) -> None:
    """The article for the coupon, points and money."""
    tablet.tap("sell")
    tablet.wait_for("sale")
    tablet.search("product-search", article.sku, rows="product-", found=[article.sku])
    tablet.tap(f"product-{article.sku}")
    tablet.wait_for(f"line-{article.sku}")
    _scroll_to(tablet, f"sale-coupons-{coupon}")
    tablet.tap(f"sale-coupons-{coupon}")
    _scroll_to(tablet, "sale-offset")
    tablet.enter("sale-offset", str(OFFSET))
    tablet.wait_until(lambda: f"{OFFSET:,}" in tablet.spoken("sale-offset-gives"), "the points to be counted")
    tablet.tap("sale-confirm")
    tablet.wait_for("sale-done")


def _preview_return(tablet: Tablet) -> int:
    """See what taking the article back would do, and leave it at that; the refund in whole yuan."""
    tablet.tap("done-order")
    tablet.tap("start-return")
    tablet.wait_for("return-offline")
    [line] = tablet.identifiers("return-line-")
    tablet.tap(line)
    tablet.wait_for("return-refund")
    assert f"{OFFSET:,}" in tablet.spoken("return-restored")
    refund_yuan = tablet.number("return-refund")
    tablet.tap("return-cancel")
    return refund_yuan


def _redeem(tablet: Tablet) -> None:
    tablet.tap("order-customer")
    tablet.wait_for("customer-points")
    tablet.tap("redeem")
    tablet.enter("redeem-points", str(GIFT))
    tablet.wait_until(lambda: str(GIFT) in tablet.spoken("redeem-confirm"), "the button to say what is spent")
    tablet.tap("redeem-confirm")
    tablet.wait_until_gone("redeem-confirm")
    tablet.wait_for("no-lease")


def _agrees_once(server: RunningServer, tablet: Tablet, member: str, article: Article, shown: Shown) -> None:
    order = server.row("SELECT * FROM sales_order WHERE customer_id = :id", id=member)
    due_fen = _due_fen(article)
    assert (order["coupon_fen"], order["offset_points"]) == (COUPON_YUAN * 100, OFFSET)
    assert order["products_net_fen"] == due_fen
    coupon = server.row("SELECT state, order_id FROM coupon WHERE customer_id = :id", id=member)
    assert coupon == {"state": "used", "order_id": order["id"]}
    paid = server.row("SELECT * FROM payment WHERE order_id = :id", id=order["id"])
    assert paid["amount_fen"] == due_fen
    redemption = server.row("SELECT * FROM redemption WHERE customer_id = :id", id=member)
    assert redemption["points"] == GIFT
    account = server.row("SELECT * FROM memberaccount WHERE customer_id = :id", id=member)
    assert account["balance"] == shown.balance == OPENING - OFFSET - GIFT + due_fen // 100
    assert account["debt"] == 0
    # Two units spent under the lease; it ends once the device has heard that both arrived.
    open_leases = "SELECT id FROM lease WHERE customer_id = :id AND state = 'open'"
    tablet.wait_until(lambda: not server.rows(open_leases, id=member), "the lease to end")
    assert tablet.number("balance") == shown.balance
    lines = server.rows("SELECT id FROM orderline WHERE order_id = :id", id=order["id"])
    with closing(server.client(SELLER)) as seller:
        wanted = {"line_ids": [line["id"] for line in lines]}
        answer = seller.post(f"/api/orders/{order['id']}/returns/preview", json=wanted)
        answer.raise_for_status()
    assert answer.json()["refund_fen"] // 100 == shown.refund_yuan


def _due_fen(article: Article) -> int:
    return article.price_fen - COUPON_YUAN * 100 - OFFSET


def _return_all(server: RunningServer, member: str) -> None:
    """The article comes back: the return that the counter could only preview is posted."""
    order = server.row("SELECT id FROM sales_order WHERE customer_id = :id", id=member)
    lines = server.rows("SELECT id FROM orderline WHERE order_id = :id", id=order["id"])
    with closing(server.client(SELLER)) as seller:
        wanted = {"line_ids": [line["id"] for line in lines]}
        seller.post(f"/api/orders/{order['id']}/returns", json=wanted).raise_for_status()


def _shows_balance(phone: Tablet, balance: int) -> None:
    phone.wait_until(lambda: phone.number("balance") == balance, f"a balance of {balance}")


def _shows_commission(
    server: RunningServer, phone: Tablet, claim: Claim, member: str, earned: Earned
) -> None:
    """The year, the client's row and the order's row say what was earned."""
    order = server.row("SELECT id FROM sales_order WHERE customer_id = :id", id=member)
    phone.tap("go-year")
    for identifier, fen in (("pending", earned.pending_fen), ("clawed-back", earned.clawed_back_fen)):
        _says(phone, identifier, fen)
    phone.tap("go-referrals")
    _says(phone, f"referral-{claim.referral_id}", earned.commission_fen)
    phone.tap("go-commissions")
    _says(phone, f"earned-{order['id']}", earned.commission_fen)


def _says(phone: Tablet, identifier: str, fen: int) -> None:
    """Wait until this amount is read out of it, and not merely as a part of a longer one."""
    amount = money(fen)
    phone.wait_until(
        lambda: amount in re.split(r"\s+", phone.spoken(identifier)),
        f"{identifier} to say {amount}",
        otherwise=lambda: phone.spoken(identifier),
    )


def _scroll_to(tablet: Tablet, identifier: str) -> None:
    """Turn the wheel over the detail until all of this is in sight."""

    def in_sight() -> bool:
        found = tablet.find(identifier)
        box = found.bounding_box() if found.count() else None
        if box and box["y"] >= _TOP and box["y"] + box["height"] <= _BOTTOM:
            return True
        tablet.page.mouse.move(840, 420)
        tablet.page.mouse.wheel(0, -_STEP if box and box["y"] < _TOP else _STEP)
        return False

    tablet.wait_until(in_sight, f"{identifier} to be in sight")
