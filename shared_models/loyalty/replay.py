"""What an order that was sold would earn under other rules: the simulator's arithmetic, by the rules that post (R1, R3, R7)."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from shared_models.loyalty.earning import Purchase, credits_for_payment, points_when_paid
from shared_models.loyalty.scheme import LoyaltyRules
from shared_models.loyalty.tables import EntryKind

BASE = "base"
RETURNED = "returned"
WELCOME = "welcome"


@dataclass(frozen=True, slots=True)
class SoldOrder:
    """An order with what became of it: its payments in the order in which they were made, the lines that came back."""

    purchase: Purchase
    paid_fen: Sequence[int]
    returned_line_ids: Collection[str] = ()


def points_by_rule(order: SoldOrder, rules: LoyaltyRules) -> Counter[str]:
    """Points an order earns: under `base`, under the identifier of each bonus as `bonus:…`, less what `returned` takes back.

    Prices stay as they were sold: another tier discount, coupon or offset would have changed them, and nobody knows how.
    """
    points: Counter[str] = Counter()
    paid_before_fen = 0
    for amount_fen in order.paid_fen:
        earned = credits_for_payment(
            order.purchase, paid_before_fen=paid_before_fen, amount_fen=amount_fen, rules=rules
        )
        for credit in earned:
            points[BASE if credit.kind == EntryKind.BASE else f"bonus:{credit.rule}"] += credit.points
        paid_before_fen += amount_fen
    if order.returned_line_ids:
        kept = points_when_paid(order.purchase.without(order.returned_line_ids), rules)
        points[RETURNED] -= max(0, points.total() - kept)
    return points
