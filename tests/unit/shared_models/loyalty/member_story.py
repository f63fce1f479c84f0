"""A member whose ledger is played through by the pure rules, checking after every event that it adds up."""

from dataclasses import dataclass, field, replace
from typing import Literal

from shared_models.loyalty.account import Account, Entry, Lot, Posting
from shared_models.loyalty.earning import Purchase
from shared_models.loyalty.ledger import (
    Adjustment,
    Received,
    adjust,
    cancel_redemption,
    credit_payment,
    end_lease,
    expire,
    grant_welcome_gift,
    redeem,
    spend_offline,
)
from shared_models.loyalty.returns import OrderHistory, ReturnOutcome, return_lines
from shared_models.loyalty.scheme import DEFAULT_RULES, LoyaltyRules, Tier
from shared_models.moments import local_date, parse_moment
from shared_models.sales.pricing import CartLine, PaidByPoints, Quote, quote
from shared_models.stock.tables import ProductKind

NO_TIER = Tier("none", 0)


def moment(text: str) -> int:
    """A moment on the business's clock, written `03-01 10:00` for 2026 and `2027-03-01 10:00` for any year."""
    year = "" if text.startswith("20") else "2026-"
    return parse_moment(f"{year}{text.replace(' ', 'T')}:00+08:00")


def lot(lot_id: str, points: int, expires_on: str | None = None, earned: int = 0) -> Lot:
    return Lot(lot_id, points, points, earned, expires_on)


@dataclass
class PlayedOrder:
    purchase: Purchase
    priced: Quote
    rules: LoyaltyRules
    paid_fen: int = 0
    returned: frozenset[str] = frozenset()


@dataclass
class Member:
    """Plays events in order; the ledger must add up after each one."""

    account: Account = field(default_factory=Account)
    rules: LoyaltyRules = DEFAULT_RULES
    entries: list[Entry] = field(default_factory=list)
    orders: dict[str, PlayedOrder] = field(default_factory=dict)
    redemptions: dict[str, tuple[Entry, ...]] = field(default_factory=dict)
    events: int = 0

    def __post_init__(self) -> None:
        self.opening = self.account

    def post(self, posting: Posting) -> int:
        """Keep what an event posted; return the points it added to balance minus debt."""
        self.account = posting.account
        self.entries += posting.entries
        self.check()
        return sum(entry.points for entry in posting.entries)

    def check(self) -> None:
        """The lines of each lot make what is in it, those of no lot the debt, all growth the growth."""
        opening = {lot.id: lot.remaining for lot in self.opening.lots}
        for lot_now in self.account.lots:
            moved = sum(entry.points for entry in self.entries if entry.lot_id == lot_now.id)
            assert lot_now.remaining == opening.get(lot_now.id, 0) + moved >= 0
        assert self.account.debt == -sum(entry.points for entry in self.entries if entry.lot_id is None) >= 0
        assert self.account.growth == self.opening.growth + sum(entry.growth for entry in self.entries) >= 0

    def sell(
        self,
        order_id: str,
        lines: dict[str, int],
        *,
        at: str,
        pay_fen: int | None = None,
        offset: int | Literal["max"] = 0,
        coupon_fen: int = 0,
        campaign: str = "",
        tier: Tier = NO_TIER,
    ) -> int:
        """Sell lines (category by its name before a dot: price in fen; "service" is none that earns); return the points."""
        at_ms = moment(at)
        carts = [
            CartLine(
                name,
                price_fen,
                category=name.split(".")[0],
                kind=ProductKind.SERVICE if name.startswith("service") else ProductKind.PRODUCT,
            )
            for name, price_fen in lines.items()
        ]
        spendable = self.account.spendable_on(local_date(at_ms))
        priced = quote(
            carts, tier=tier, rules=self.rules, coupon_fen=coupon_fen, points=PaidByPoints(offset, spendable)
        )
        purchase = priced.purchase(order_id=order_id, sold_at_ms=at_ms, campaign=campaign)
        self.orders[order_id] = PlayedOrder(purchase, priced, self.rules)
        self.post(redeem(self.account, priced.offset.points, at_ms=at_ms, order_id=order_id))
        return self.pay(order_id, priced.due_fen if pay_fen is None else pay_fen, at=at)

    def pay(self, order_id: str, amount_fen: int, *, at: str) -> int:
        """Pay for an order; return the points it earned."""
        order = self.orders[order_id]
        self.events += 1
        payment = Received(f"payment{self.events}", order.paid_fen, amount_fen, moment(at))
        order.paid_fen += amount_fen
        return self.post(credit_payment(self.account, order.purchase, payment, order.rules))

    def preview_return(self, order_id: str, line_ids: set[str], *, at: str) -> ReturnOutcome:
        order = self.orders[order_id]
        history = OrderHistory(
            order.paid_fen,
            order.returned,
            tuple(entry for entry in self.entries if entry.order_id == order_id),
        )
        return return_lines(
            self.account,
            order.purchase,
            line_ids,
            return_id=f"return{self.events}",
            history=history,
            rules=order.rules,
            at_ms=moment(at),
        )

    def give_back(self, order_id: str, line_ids: set[str], *, at: str) -> ReturnOutcome:
        """Return lines of an order."""
        self.events += 1
        outcome = self.preview_return(order_id, line_ids, at=at)
        self.orders[order_id].returned |= line_ids
        self.post(outcome.posting)
        return outcome

    def redeem(self, redemption_id: str, points: int, *, at: str) -> dict[str | None, int]:
        """Redeem points; return from which lots."""
        posting = redeem(self.account, points, at_ms=moment(at))
        self.redemptions[redemption_id] = posting.entries
        self.post(posting)
        return {entry.lot_id: -entry.points for entry in posting.entries}

    def cancel(self, redemption_id: str, *, at: str) -> int:
        """Cancel a redemption; return the points given back, those that went into debt included."""
        return self.post(
            cancel_redemption(
                self.account,
                self.redemptions.pop(redemption_id),
                redemption_id=redemption_id,
                rules=self.rules,
                at_ms=moment(at),
            )
        )

    def expire(self, *, at: str) -> int:
        """Run the expiry; return the points that expired."""
        return -self.post(expire(self.account, at_ms=moment(at)))

    def adjust(self, points: int, growth: int, *, at: str) -> None:
        self.events += 1
        self.post(
            adjust(self.account, Adjustment(f"a{self.events}", points, growth, "put right", moment(at)))
        )

    def welcome(self, *, again: bool, at: str) -> int:
        self.events += 1
        return self.post(
            grant_welcome_gift(
                self.account,
                enrolment_id=f"e{self.events}",
                already_given=again,
                rules=self.rules,
                at_ms=moment(at),
            )
        )

    def lease(self, points: int) -> None:
        """Reserve points for a device."""
        self.account = replace(self.account, leased=self.account.leased + points)

    def spend_offline(self, *, covered: int = 0, late: int = 0, at: str, redemption_id: str = "") -> int:
        """A device's spend arrives; the points it took from balance minus debt."""
        posting = spend_offline(self.account, covered=covered, late=late, at_ms=moment(at))
        self.redemptions[redemption_id] = posting.entries
        return self.post(posting)

    def end_lease(self, points: int, *, at: str) -> None:
        """So many leased points are free again."""
        self.post(end_lease(self.account, points, at_ms=moment(at)))

    @property
    def state(self) -> tuple[int, int, int]:
        """Balance, debt, growth."""
        return self.account.balance, self.account.debt, self.account.growth
