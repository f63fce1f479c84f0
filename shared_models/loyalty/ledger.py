"""The points ledger: what each event adds to it. Pure functions; the server stores what they return, a device shows it.

An event has an identifier (of a payment, an enrolment, an adjustment): the lots it opens get theirs from it, the same on
every machine. `at_ms` is the corrected time of the event (R12). Returns have a module of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared_models.errors import RuleError
from shared_models.ids import derived_id
from shared_models.loyalty.account import Account, Draft, Entry, Lot, Posting, spending_order
from shared_models.loyalty.earning import Purchase, credits_for_payment
from shared_models.loyalty.scheme import LoyaltyRules
from shared_models.loyalty.tables import EntryKind
from shared_models.moments import days_after

WELCOME = "welcome"
"""The rule that the line of a welcome gift names."""


@dataclass(frozen=True, slots=True)
class Received:
    """A payment as the ledger sees it; `paid_before_fen` is what had been paid for the order before it."""

    payment_id: str
    paid_before_fen: int
    amount_fen: int
    at_ms: int


def credit_payment(account: Account, purchase: Purchase, payment: Received, rules: LoyaltyRules) -> Posting:
    """What a payment earns, in a lot of its own that expires by the rules of the order's version (R1, R3, R8).

    Each point is one growth (R4), and debt is repaid first (R7). Refuses what `credits_for_payment` refuses.
    """
    earned = credits_for_payment(
        purchase, paid_before_fen=payment.paid_before_fen, amount_fen=payment.amount_fen, rules=rules
    )
    draft = Draft(account, at_ms=payment.at_ms)
    if earned:
        last_day = None if rules.expiry_days is None else days_after(draft.today, rules.expiry_days)
        lot_id = draft.open_lot(
            derived_id("lot", payment.payment_id), expires_on=last_day, order_id=purchase.order_id
        )
        for credit in earned:
            draft.fill(
                Entry(credit.kind, credit.points, credit.points, lot_id, purchase.order_id, credit.rule)
            )
        draft.repay_debt()
    return draft.posting()


def grant_welcome_gift(
    account: Account, *, enrolment_id: str, already_given: bool, rules: LoyaltyRules, at_ms: int
) -> Posting:
    """The welcome gift, once per person and growth as well (R4); it never expires.

    A second one, granted offline by somebody who could not know, is entered and reversed visibly.
    """
    gift = rules.welcome_gift
    draft = Draft(account, at_ms=at_ms)
    if gift:
        lot_id = draft.open_lot(derived_id("lot", enrolment_id))
        draft.fill(Entry(EntryKind.ACTIVITY, gift, gift, lot_id, rule=WELCOME))
        if already_given:
            draft.write(Entry(EntryKind.REVERSAL, -gift, -gift, lot_id))
        draft.repay_debt()
    return draft.posting()


def grant_activity(
    account: Account, points: int, *, grant_id: str, rule: str, rules: LoyaltyRules, at_ms: int
) -> Posting:
    """Points for taking part in something (L-08), in a lot that expires as earned ones do (R8), and growth as well (R4).

    `rule` says for what. Debt is repaid first (R7).
    """
    draft = Draft(account, at_ms=at_ms)
    last_day = None if rules.expiry_days is None else days_after(draft.today, rules.expiry_days)
    lot_id = draft.open_lot(derived_id("lot", grant_id), expires_on=last_day)
    draft.fill(Entry(EntryKind.ACTIVITY, points, points, lot_id, rule=rule))
    draft.repay_debt()
    return draft.posting()


def redeem(account: Account, points: int, *, at_ms: int, order_id: str | None = None) -> Posting:
    """Spend points, the nearest expiry first (R8); growth stays (R4). `order_id` is the order that an offset pays.

    Refuses while in debt (`RuleError("debt")`), and what is negative or more than is spendable (`RuleError("points")`).
    """
    draft = Draft(account, at_ms=at_ms)
    if points > 0 and account.debt:
        raise RuleError("debt", debt=account.debt)
    _refuse_beyond(account.spendable_on(draft.today), points)
    draft.take(Entry(EntryKind.REDEEM, -1, order_id=order_id), points, draft.usable_lots())
    return draft.posting()


def spend_offline(
    account: Account, *, covered: int, late: int, at_ms: int, order_id: str | None = None
) -> Posting:
    """Post points that a device spent without a network, at the moment it did (R11). Nothing is refused.

    The `covered` ones are those that its lease held: they may be spent while in debt, and from lots that have expired
    during the lease (R8). The `late` ones came after the lease had ended: they take what is available, the rest is debt.
    """
    draft = Draft(replace(account, leased=account.leased - covered), at_ms=at_ms)
    spent_point = Entry(EntryKind.REDEEM, -1, order_id=order_id)
    missing = covered - draft.take(spent_point, covered, spending_order(account.lots))
    missing += late - draft.take(spent_point, late, draft.usable_lots())
    if missing:
        draft.write(spent_point.repeated(missing, None))
    return draft.posting()


def end_lease(account: Account, points: int, *, at_ms: int) -> Posting:
    """So many leased points are free again; debt is repaid first (R7, R11)."""
    draft = Draft(replace(account, leased=account.leased - points), at_ms=at_ms)
    draft.repay_debt()
    return draft.posting()


def open_books(lots: Sequence[Lot], growth: int, *, at_ms: int) -> Posting:
    """The opening balance of a member who collected points elsewhere: a line for each lot, and one for the growth.

    Refuses what is negative, and a member who holds fewer points than none (`RuleError("points")`).
    """
    draft = Draft(Account(), at_ms=at_ms)
    if growth < 0 or any(lot.earned < 0 for lot in lots):
        raise RuleError("points", wanted=0, spendable=0)
    if growth:
        draft.write(Entry(EntryKind.OPENING, 0, growth))
    for lot in lots:
        draft.open_lot(lot.id, expires_on=lot.expires_on, earned_at_ms=lot.earned_at_ms)
        draft.fill(Entry(EntryKind.OPENING, lot.earned, lot_id=lot.id))
    return draft.posting()


def unite(account: Account, other: Account, gift: Entry | None, *, at_ms: int) -> Posting:
    """Two accounts of one person as one (R19): lots, debt, growth and leases add up.

    `gift` is the welcome gift that the other one got, where both got one: it is taken back visibly, growth as well (R4).
    """
    both = Account(
        (*account.lots, *other.lots),
        account.debt + other.debt,
        account.growth + other.growth,
        account.leased + other.leased,
    )
    draft = Draft(both, at_ms=at_ms)
    if gift is not None:
        point = Entry(EntryKind.REVERSAL, -1, -1)
        own = [lot for lot in both.lots if lot.id == gift.lot_id]
        taken = draft.take(point, gift.points, own)
        taken += draft.take(point, gift.points - taken, draft.usable_lots())
        if taken < gift.points:
            draft.write(point.repeated(gift.points - taken, None))
    draft.repay_debt()
    return draft.posting()


def cancel_redemption(
    account: Account, spent: Sequence[Entry], *, redemption_id: str, rules: LoyaltyRules, at_ms: int
) -> Posting:
    """Give the points of a redemption back to the lots they came from (R8), then repay debt (R7).

    `spent` are the redemption's own lines, as `redeem` wrote them.
    """
    draft = Draft(account, at_ms=at_ms)
    for entry in spent:
        draft.give_back(entry, -entry.points, action_id=redemption_id, grace_days=rules.grace_days)
    draft.repay_debt()
    return draft.posting()


def expire(account: Account, *, at_ms: int) -> Posting:
    """Take what is left in lots whose last day has passed, except leased points. Doing it again does nothing (R8).

    A lease holds the points that would be spent first, those nearest to their expiry.
    """
    draft = Draft(account, at_ms=at_ms)
    held = account.leased
    for lot in spending_order(account.lots):
        kept = min(held, lot.remaining)
        held -= kept
        if lot.has_expired(draft.today):
            draft.take(Entry(EntryKind.EXPIRE, -1, order_id=lot.order_id), lot.remaining - kept, [lot])
    return draft.posting()


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What a manager corrects by hand: points and growth separately, and why (R4)."""

    adjustment_id: str
    points: int
    growth: int
    reason: str
    at_ms: int


def adjust(account: Account, adjustment: Adjustment) -> Posting:
    """Post a correction. Points added repay debt first and never expire.

    Refuses to take more points than are free (`RuleError("points")`).
    """
    draft = Draft(account, at_ms=adjustment.at_ms)
    line = Entry(EntryKind.ADJUST, 0, adjustment.growth, rule=adjustment.reason)
    if adjustment.points > 0:
        lot_id = draft.open_lot(derived_id("lot", adjustment.adjustment_id))
        draft.fill(replace(line, points=adjustment.points, lot_id=lot_id))
        draft.repay_debt()
        return draft.posting()
    _refuse_beyond(account.free_on(draft.today), -adjustment.points)
    if adjustment.growth:
        draft.write(line)
    draft.take(replace(line, points=-1, growth=0), -adjustment.points, draft.usable_lots())
    return draft.posting()


def _refuse_beyond(spendable: int, points: int) -> None:
    if not 0 <= points <= spendable:
        raise RuleError("points", wanted=points, spendable=spendable)
