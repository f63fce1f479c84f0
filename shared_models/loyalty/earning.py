"""What a purchase earns (R1, R3)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from shared_models.errors import RuleError
from shared_models.loyalty.scheme import BonusKind, BonusRule, LoyaltyRules
from shared_models.loyalty.tables import EntryKind
from shared_models.money import whole_yuan
from shared_models.stock.tables import ProductKind


@dataclass(frozen=True, slots=True)
class PurchaseLine:
    """A line of an order as the loyalty rules see it; `net_fen` is what is paid for the whole line."""

    id: str
    net_fen: int
    category: str = ""
    kind: str = ProductKind.PRODUCT
    offset_points: int = 0

    @property
    def is_product(self) -> bool:
        """Whether the line earns points; services do not."""
        return self.kind == ProductKind.PRODUCT


@dataclass(frozen=True, slots=True)
class Purchase:
    """An order as the loyalty rules see it; `sold_at_ms` is its corrected time (R12)."""

    order_id: str
    lines: tuple[PurchaseLine, ...]
    sold_at_ms: int
    campaign: str = ""

    @property
    def products(self) -> tuple[PurchaseLine, ...]:
        """The lines that earn."""
        return tuple(line for line in self.lines if line.is_product)

    @property
    def products_net_fen(self) -> int:
        """What is to be paid for the products."""
        return net_of(self.products)

    @property
    def due_fen(self) -> int:
        """What is to be paid for everything, services included."""
        return net_of(self.lines)

    def without(self, line_ids: Collection[str]) -> "Purchase":
        """The same purchase without some of its lines, as after a return."""
        return replace(self, lines=tuple(line for line in self.lines if line.id not in line_ids))


@dataclass(frozen=True, slots=True)
class Credit:
    """Points to be credited, of which kind, and by which rule of the scheme."""

    kind: EntryKind
    points: int
    rule: str = ""


def net_of(lines: Iterable[PurchaseLine]) -> int:
    """What is paid for these lines, in fen."""
    return sum(line.net_fen for line in lines)


def spent_fen(products_net_fen: int, paid_fen: int, returned_fen: int = 0) -> int:
    """What an order counts as bought: what is paid for its products, less what came back of them.

    A part payment covers the products first; services do not count (R1, R9, T-04).
    """
    return min(paid_fen, products_net_fen) - returned_fen


def base_points(products_paid_fen: int, rules: LoyaltyRules) -> int:
    """Points for what has been paid for an order's products so far, floored once for all of it (R1)."""
    return whole_yuan(products_paid_fen, rules.base_rate)


def bonus_credits(purchase: Purchase, rules: LoyaltyRules) -> list[Credit]:
    """The bonuses of a fully paid purchase, each on the net amount and none on another (R3).

    An order whose products coupon and points have paid for whole carries none, a fixed one neither: with nothing to pay it
    earns nothing, whether or not a payment is entered. A line of its own may cost nothing beside others that do.

    All the stackable ones and the best of each exclusive group, the earlier of two equal ones.
    """
    best_of_group: dict[str, Credit] = {}
    for position, rule in enumerate(rules.bonus):
        points = _bonus_points(rule, purchase)
        group = f"group:{rule.group}" if rule.group else f"alone:{position}"
        if points > (best_of_group[group].points if group in best_of_group else 0):
            best_of_group[group] = Credit(EntryKind.BONUS, points, rule.id)
    return list(best_of_group.values())


def points_when_paid(purchase: Purchase, rules: LoyaltyRules) -> int:
    """All the points that a purchase earns once it is fully paid."""
    bonus = sum(credit.points for credit in bonus_credits(purchase, rules))
    return base_points(purchase.products_net_fen, rules) + bonus


def credits_for_payment(
    purchase: Purchase, *, paid_before_fen: int, amount_fen: int, rules: LoyaltyRules
) -> list[Credit]:
    """What a payment earns: the growth of the base since the payments before it, and bonuses when it is the last (R1).

    A part payment covers the products first. Refuses an amount that is not positive (`RuleError("amount")`) and one
    that exceeds what is still due (`RuleError("overpaid")`).
    """
    due_fen, paid_fen = purchase.due_fen, paid_before_fen + amount_fen
    if amount_fen <= 0:
        raise RuleError("amount", amount_fen=amount_fen)
    if paid_fen > due_fen:
        raise RuleError("overpaid", due_fen=due_fen - paid_before_fen)
    products_net_fen = purchase.products_net_fen
    base = base_points(spent_fen(products_net_fen, paid_fen), rules)
    base -= base_points(spent_fen(products_net_fen, paid_before_fen), rules)
    earned = [Credit(EntryKind.BASE, base)] if base else []
    return earned + bonus_credits(purchase, rules) if paid_fen == due_fen else earned


def _bonus_points(rule: BonusRule, purchase: Purchase) -> int:
    scope = _scope(rule, purchase)
    if not scope or not purchase.products_net_fen:
        return 0  # a bonus is on the base amount: where nothing is paid, a fixed one is on nothing
    if rule.multiplier is None:
        return rule.fixed
    return whole_yuan(net_of(scope), rule.multiplier - 1)


def _scope(rule: BonusRule, purchase: Purchase) -> tuple[PurchaseLine, ...]:
    """The product lines a rule counts; none where it does not apply."""
    products = purchase.products
    if rule.kind == BonusKind.CATEGORY:
        return tuple(line for line in products if line.category == rule.category)
    applies = {
        BonusKind.WINDOW: rule.from_ms <= purchase.sold_at_ms < rule.to_ms,
        BonusKind.CAMPAIGN: purchase.campaign == rule.campaign,
        BonusKind.THRESHOLD: net_of(products) >= rule.min_net_fen,
    }
    return products if applies[rule.kind] else ()
