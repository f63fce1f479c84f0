"""What a campaign brought: reach, response, and sales net of returns over its cost (R17)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from shared_models.office.figures import percent, rounded


@dataclass(frozen=True, slots=True)
class CampaignCounts:
    """What was counted. Opens and clicks are unique; who returned everything counts as joined, not as bought."""

    sent: int
    bounced: int
    opened: int
    clicked: int
    joined: int
    bought: int
    returned_everything: int
    sales_fen: int
    returns_fen: int
    cost_fen: int


@dataclass(frozen=True, slots=True)
class CampaignSales:
    """What follows from a campaign's orders, so that nobody has to count it."""

    orders: int
    bought: int
    """People who bought, also those who gave it all back."""
    returned_everything: int
    sales_fen: int
    returns_fen: int


def sales_of(orders: Iterable[tuple[str, int, int]]) -> CampaignSales:
    """The sales of orders, each with who bought, the fen of its products and the fen of those that came back.

    Somebody returned everything when nothing is left of any of their orders; services do not count.
    """
    number = 0
    sold: defaultdict[str, int] = defaultdict(int)
    back: defaultdict[str, int] = defaultdict(int)
    for customer_id, net_fen, returned_fen in orders:
        number += 1
        sold[customer_id] += net_fen
        back[customer_id] += returned_fen
    return CampaignSales(
        orders=number,
        bought=len(sold),
        returned_everything=sum(0 < net_fen <= back[buyer] for buyer, net_fen in sold.items()),
        sales_fen=sum(sold.values()),
        returns_fen=sum(back.values()),
    )


@dataclass(frozen=True, slots=True)
class CampaignFigures:
    """Rates in per cent; None where there is nothing to divide by."""

    delivered_percent: Decimal | None
    """Of those sent."""
    opened_percent: Decimal | None
    """Of those delivered."""
    clicked_percent: Decimal | None
    """Of those delivered."""
    converted_percent: Decimal | None
    """Of those who joined, who bought and kept something."""
    net_sales_fen: int
    return_on_cost: Decimal | None
    """Yuan of net sales for a yuan spent."""


def evaluate_campaign(counts: CampaignCounts) -> CampaignFigures:
    """A campaign's figures, each half up to two decimals."""
    delivered = counts.sent - counts.bounced
    net_sales_fen = counts.sales_fen - counts.returns_fen
    cost_fen = counts.cost_fen
    return CampaignFigures(
        delivered_percent=percent(delivered, counts.sent),
        opened_percent=percent(counts.opened, delivered),
        clicked_percent=percent(counts.clicked, delivered),
        converted_percent=percent(counts.bought - counts.returned_everything, counts.joined),
        net_sales_fen=net_sales_fen,
        return_on_cost=rounded(Fraction(net_sales_fen, cost_fen)) if cost_fen else None,
    )
