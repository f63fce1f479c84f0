"""A refused action on the tablet: seen on its record, dropped and taken back, corrected in its own fields, sent again."""

from mobile.state.application import App
from mobile.state.sale_actions import record_payment
from mobile.text.formats import plain_money
from tests.e2e.colleague import colleague_does
from tests.e2e.conftest import MakeTablet
from tests.e2e.inbox import wait_for_pending
from tests.e2e.lead_page import find_by_initials
from tests.e2e.leads import FreshLead
from tests.e2e.people import MANAGER, SELLER
from tests.e2e.running_server import PASSWORD, RunningServer
from tests.e2e.sale_page import sell, two_articles
from tests.e2e.tablet import Tablet

PHONE = "13900050001"
DEPOSIT, COLLEAGUES = 500, 300


def test_a_refused_payment_is_found_on_its_order_taken_back_corrected_and_counted_once(
    server: RunningServer, tablet: MakeTablet, fresh_lead: FreshLead
) -> None:
    lead = fresh_lead(SELLER)
    till = tablet("till")
    till.start()
    till.log_in(SELLER)
    find_by_initials(till, lead)
    sell(till, two_articles(server), phone=PHONE, deposit_yuan=DEPOSIT)
    wait_for_pending_on_the_server(server, till, lead.id)
    order = server.row("SELECT * FROM sales_order WHERE lead_id = :id", id=lead.id)
    due_fen = order["products_net_fen"] + order["services_fen"] - DEPOSIT * 100

    till.go_offline()
    till.tap("done-order")
    till.tap("take-payment")
    till.tap("payment-confirm")
    till.wait_until_gone("payment-confirm")

    def pay_a_part(app: App) -> None:
        record_payment(app, order["id"], COLLEAGUES * 100, "card")

    colleague_does(server.address, MANAGER, PASSWORD, pay_a_part)
    till.go_online()
    till.wait_for("refused-notice")
    assert "超过" in till.spoken("refused-notice")
    till.tap("open-refusal")
    till.wait_for("refusal")
    [refused] = till.identifiers("refused-")
    unit = refused.removeprefix("refused-")
    _drop_and_take_back(till, unit)

    till.tap("go-orders")
    till.tap(f"refusal-of-{order['id']}")
    till.tap(f"correct-{unit}")
    till.wait_for("correction-sheet")
    assert "超过" in till.spoken("correction-sheet")
    assert till.read("correct-amount_fen") == plain_money(due_fen)
    till.enter("correct-amount_fen", plain_money(due_fen - COLLEAGUES * 100))
    till.tap("correction-send")
    till.wait_until_gone("correction-sheet")
    till.tap("go-orders")
    till.wait_until_gone(f"refusal-of-{order['id']}")
    wait_for_pending(till, 0)
    paid = server.rows("SELECT amount_fen FROM payment WHERE order_id = :id", id=order["id"])
    expected = (DEPOSIT * 100, COLLEAGUES * 100, due_fen - COLLEAGUES * 100)
    assert sorted(each["amount_fen"] for each in paid) == sorted(expected)


def wait_for_pending_on_the_server(server: RunningServer, tablet: Tablet, lead_id: str) -> None:
    """The last page of a sale has no pill: wait until the order has arrived."""
    tablet.wait_until(
        lambda: server.rows("SELECT id FROM sales_order WHERE lead_id = :id", id=lead_id),
        "the order to arrive",
    )


def _drop_and_take_back(tablet: Tablet, unit: str) -> None:
    tablet.tap(f"drop-{unit}")
    tablet.wait_until_gone(f"refused-{unit}")
    tablet.tap("go-sync")
    tablet.tap(f"take-back-{unit}")
    tablet.wait_for(f"refused-{unit}")
    tablet.wait_until_gone(f"dropped-{unit}")
