"""Making a sale on the tablet, from the lead that it is for."""

from dataclasses import dataclass

from tests.e2e.running_server import RunningServer
from tests.e2e.tablet import Tablet


@dataclass(frozen=True, slots=True)
class Article:
    """A product of the imported catalogue that has its code alone."""

    sku: str
    price_fen: int


def two_articles(server: RunningServer) -> tuple[Article, Article]:
    """Two products that cost enough to take a deposit for."""
    first, second = server.rows(
        "SELECT sku, price_fen FROM product WHERE price_fen > 100000 AND kind = 'product' "
        "GROUP BY sku HAVING count(*) = 1 ORDER BY length(sku) DESC, sku LIMIT 2"
    )
    return Article(**first), Article(**second)


def sell(tablet: Tablet, articles: tuple[Article, ...], *, phone: str, deposit_yuan: int) -> None:
    """Sell one of each to the open lead, who becomes a member, for a deposit; ends at the sale's last page."""
    tablet.tap("sell")
    tablet.wait_for("sale")
    tablet.enter("sale-phone", phone)
    for article in articles:
        tablet.search("product-search", article.sku, rows="product-", found=[article.sku])
        tablet.tap(f"product-{article.sku}")
        tablet.wait_for(f"line-{article.sku}")
    tablet.scroll_to_end("sale")
    tablet.tap("pay-deposit")
    tablet.enter("sale-deposit", str(deposit_yuan))
    tablet.wait_until(
        lambda: f"{deposit_yuan:,}" in tablet.spoken("sale-confirm"), "the deposit to be asked for"
    )
    tablet.tap("sale-confirm")
    tablet.wait_for("sale-done")
