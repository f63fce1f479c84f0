"""The end that every journey has to come to: all agree, and nothing was done twice."""

from typing import Any

from tests.e2e.lead_page import differences, read_notes, shown
from tests.e2e.running_server import RunningServer
from tests.e2e.sale_page import Article
from tests.e2e.tablet import Tablet

_HAPPENED = (
    """SELECT id FROM followup WHERE lead_id = :id UNION ALL SELECT id FROM sales_order WHERE lead_id = :id"""
)


def lead_at(server: RunningServer, lead_id: str) -> dict[str, Any]:
    """The lead as the server has it."""
    return server.row("SELECT * FROM lead WHERE id = :id", id=lead_id)


def everybody_agrees(server: RunningServer, lead_id: str, *tablets: Tablet) -> None:
    """Each tablet, with the lead open, shows it as the server has it, field by field, and all show the same."""
    row = lead_at(server, lead_id)
    happened = {each["id"] for each in server.rows(_HAPPENED, id=lead_id)}
    for tablet in tablets:
        wrong: list[str] = []

        def agrees(tablet: Tablet = tablet, wrong: list[str] = wrong) -> bool:
            wrong[:] = differences(shown(tablet), row, happened)
            return not wrong

        tablet.wait_until(
            agrees, "the tablet to agree with the server", otherwise=lambda wrong=wrong: "; ".join(wrong)
        )
        assert read_notes(tablet) == row["notes"]
    assert len({shown(tablet) for tablet in tablets}) == 1


def sold_once(server: RunningServer, lead_id: str, articles: tuple[Article, ...], deposit_yuan: int) -> None:
    """One visit; one order of these articles, one payment, and its points once, in ledger and account (R1)."""
    server.row("SELECT id FROM followup WHERE lead_id = :id", id=lead_id)
    order = server.row("SELECT * FROM sales_order WHERE lead_id = :id", id=lead_id)
    lines = server.rows("SELECT * FROM orderline WHERE order_id = :id", id=order["id"])
    assert sorted(line["net_fen"] for line in lines) == sorted(article.price_fen for article in articles)
    payment = server.row("SELECT * FROM payment WHERE order_id = :id", id=order["id"])
    assert payment["amount_fen"] == deposit_yuan * 100
    entry = server.row("SELECT * FROM pointsentry WHERE order_id = :id", id=order["id"])
    assert (entry["kind"], entry["points"], entry["growth"]) == ("base", deposit_yuan, deposit_yuan)
    member = server.row("SELECT * FROM memberaccount WHERE customer_id = :id", id=order["customer_id"])
    assert (member["balance"], member["growth"], member["debt"]) == (deposit_yuan, deposit_yuan, 0)
    lead = lead_at(server, lead_id)
    assert (lead["customer_id"], lead["stage"]) == (order["customer_id"], "won")
