"""What customers are worth: graded by the profit of a year, not by how often they buy (R15)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from shared_models.office.figures import percent


@dataclass(frozen=True, slots=True)
class CustomerValue:
    """One customer's profit in a year, in fen, and its share of the profit made with all of them."""

    customer_id: str
    profit_fen: int
    share_percent: Decimal | None
    """None when all customers together brought no profit."""


def rank_by_profit(profit_fen_by_customer: Mapping[str, int]) -> list[CustomerValue]:
    """The customers, best first; loss-makers come last, and equal ones by identifier."""
    total_fen = max(0, sum(profit_fen_by_customer.values()))
    return [
        CustomerValue(customer_id, profit_fen, percent(profit_fen, total_fen))
        for customer_id, profit_fen in sorted(
            profit_fen_by_customer.items(), key=lambda item: (-item[1], item[0])
        )
    ]
