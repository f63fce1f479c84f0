"""What a campaign brought: reach, response, and sales net of returns over its cost (R17)."""

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
