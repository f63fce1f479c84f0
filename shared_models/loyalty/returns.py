"""Returning goods: offset points go back, earned points are taken back, and what is missing becomes debt (R7).

The same function previews a return on a device and posts it at the server.
"""

from collections.abc import Collection
from dataclasses import dataclass

from shared_models.errors import RuleError
from shared_models.loyalty.account import Account, Draft, Entry, Posting, spending_order
from shared_models.loyalty.earning import Purchase, net_of, points_when_paid
from shared_models.loyalty.offset import value_fen
from shared_models.loyalty.scheme import LoyaltyRules, OffsetTerms, ReturnMode
from shared_models.loyalty.tables import EntryKind
from shared_models.money import FEN_PER_YUAN

_CREDITS = frozenset({EntryKind.BASE, EntryKind.BONUS})


@dataclass(frozen=True, slots=True)
class ReturnFigures:
    """What a return does, in money and points, and how the member stands after it."""

    refund_fen: int
    withheld_fen: int
    restored_points: int
    clawback_points: int
    debt: int
    growth: int
    tier: str
    commission_fen: int
    """What it changes of the designer's commission; zero or negative (R10)."""


@dataclass(frozen=True, slots=True)
class OrderHistory:
    """What has happened to an order so far: its payments, the lines returned, and the ledger lines that name it."""

    paid_fen: int
    returned_line_ids: frozenset[str] = frozenset()
    entries: tuple[Entry, ...] = ()

    @property
    def credited_points(self) -> int:
        """Points earned by the order and not taken back."""
        return sum(entry.points for entry in self.entries if entry.kind in _CREDITS) - self.clawed_back_points

    @property
    def clawed_back_points(self) -> int:
        """Points taken back by earlier returns."""
        return sum(max(0, -entry.points) for entry in self._reversals())

    @property
    def restored_points(self) -> int:
        """Offset points given back by earlier returns."""
        return sum(max(0, entry.points) for entry in self._reversals())

    @property
    def offset_lines(self) -> list[Entry]:
        """The lines that took the points of the offset."""
        return [entry for entry in self.entries if entry.kind == EntryKind.REDEEM]

    def expired_points(self, lot_id: str) -> int:
        """Points of one of its lots that expired, and that no return has counted as settled yet."""
        return -sum(
            entry.points
            for entry in self.entries
            if entry.kind == EntryKind.EXPIRE and entry.lot_id == lot_id
        )

    def _reversals(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.kind == EntryKind.REVERSAL]


@dataclass(frozen=True, slots=True)
class ReturnOutcome:
    """What a return does: the money paid back, what was withheld of it, and the points that moved."""

    posting: Posting
    refund_fen: int
    """To be paid to the customer, after what is withheld."""
    withheld_fen: int
    restored_points: int
    clawback_points: int


def return_lines(
    account: Account,
    purchase: Purchase,
    line_ids: Collection[str],
    *,
    return_id: str,
    history: OrderHistory,
    rules: LoyaltyRules,
    at_ms: int,
) -> ReturnOutcome:
    """Take back whole lines of an order, under the rules of the order's own scheme version (R7).

    Refuses lines the order does not have (`RuleError("unknown")`), lines already returned (`"returned"`), and an
    order that is not fully paid (`"unpaid"`).
    """
    _refuse_unreturnable(purchase, line_ids, history)
    returned = [line for line in purchase.lines if line.id in line_ids]
    remaining = purchase.without(history.returned_line_ids.union(line_ids))
    draft = Draft(account, at_ms=at_ms)

    restored = sum(line.offset_points for line in returned)
    _restore_offset(draft, restored, return_id=return_id, history=history, rules=rules)
    draft.repay_debt()

    clawback = max(0, history.credited_points - points_when_paid(remaining, rules))
    shortfall = clawback - _claw_back(draft, clawback, purchase.order_id, history)

    refund_fen = net_of(returned)
    withheld_fen = 0
    if shortfall:
        draft.write(_clawed_point(purchase.order_id).repeated(shortfall, None))
        if rules.return_mode == ReturnMode.DEDUCT_REFUND:
            withheld_fen = _withhold(draft, shortfall, refund_fen, rules.offset)
    return ReturnOutcome(draft.posting(), refund_fen - withheld_fen, withheld_fen, restored, clawback)


def _refuse_unreturnable(purchase: Purchase, line_ids: Collection[str], history: OrderHistory) -> None:
    if not line_ids or not {line.id for line in purchase.lines}.issuperset(line_ids):
        raise RuleError("unknown")
    if not history.returned_line_ids.isdisjoint(line_ids):
        raise RuleError("returned")
    if history.paid_fen < purchase.due_fen:
        raise RuleError("unpaid", due_fen=purchase.due_fen - history.paid_fen)


def _restore_offset(
    draft: Draft, points: int, *, return_id: str, history: OrderHistory, rules: LoyaltyRules
) -> None:
    """Give offset points back to the lots they came from, last spent first, after those given back before."""
    places: dict[str | None, int] = {
        lot.id: place for place, lot in enumerate(spending_order(draft.account.lots))
    }
    to_skip = history.restored_points
    last = len(places)  # what was spent on credit was spent when no lot was left
    for spent in sorted(history.offset_lines, key=lambda line: places.get(line.lot_id, last), reverse=True):
        skipped = min(to_skip, -spent.points)
        part = min(points, -spent.points - skipped)
        to_skip -= skipped
        points -= part
        if part:
            draft.give_back(spent, part, action_id=return_id, grace_days=rules.grace_days)


def _claw_back(draft: Draft, points: int, order_id: str, history: OrderHistory) -> int:
    """Take points back, from the order's own lots first; return how many could be had."""
    clawed_point = _clawed_point(order_id)
    own_lots = spending_order(lot for lot in draft.account.lots if lot.order_id == order_id)
    taken = draft.take(clawed_point, points, own_lots)
    for lot in own_lots:
        settled = min(points - taken, history.expired_points(lot.id))
        if settled > 0:
            # They are gone already, so expiring them is undone and the return takes them instead.
            draft.write(Entry(EntryKind.EXPIRE, settled, lot_id=lot.id, order_id=order_id))
            draft.write(clawed_point.repeated(settled, lot.id))
            taken += settled
    return taken + draft.take(clawed_point, points - taken, draft.usable_lots())


def _clawed_point(order_id: str) -> Entry:
    """One point taken back takes its growth with it, even where the balance cannot pay (R4)."""
    return Entry(EntryKind.REVERSAL, -1, -1, order_id=order_id)


def _withhold(draft: Draft, shortfall: int, refund_fen: int, terms: OffsetTerms) -> int:
    """Pay a shortfall out of the refund as far as that goes; return the fen withheld."""
    points = min(shortfall, refund_fen * terms.points_per_yuan // FEN_PER_YUAN)
    if points:
        draft.write(Entry(EntryKind.REPAY, points))
    return value_fen(points, terms)
