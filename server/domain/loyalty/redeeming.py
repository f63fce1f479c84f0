"""Redeeming points for gifts, taking that back, and correcting an account by hand (R4, R8)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, select

from server.domain.alerts import raise_alert
from server.domain.ledger import rules_at
from server.domain.loyalty.books import Books
from server.domain.loyalty.gifts import versions_of
from server.domain.loyalty.leases import cover, member_books
from server.domain.written import Written
from shared_models.errors import RuleError
from shared_models.ids import new_id
from shared_models.loyalty.gifts import Terms, gift_refusal, hand_over_due_ms, points_for, version_at
from shared_models.loyalty.ledger import Adjustment, adjust, cancel_redemption, redeem, spend_offline
from shared_models.loyalty.scheme import LoyaltyRules
from shared_models.loyalty.stored import entry_of
from shared_models.loyalty.tables import (
    EntryKind,
    Gift,
    GiftVersion,
    PointsEntry,
    Redemption,
    RedemptionState,
)
from shared_models.loyalty.tiers import counted_for_tiers
from shared_models.moments import local_date
from shared_models.office.tables import AlertKind
from shared_models.sales.tables import Customer

_FIXED = frozenset({"points", "lease_points", "customer_id", "gift_id", "gift_version_id"})
"""What is settled about a redemption when it is made."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a member wants to give points for: a gift, or something agreed on the spot. No points: what the gift costs.

    `seen_points` is what the gift was said to cost when somebody chose it.
    """

    customer_id: str
    staff_id: str
    points: int | None = None
    gift_id: str | None = None
    note: str = ""
    redemption_id: str | None = None
    seen_points: int | None = None
    is_handed_over: bool = True
    """Whether the member takes it along at once; else it is reserved until somebody hands it over."""


def redeem_points(session: Session, wish: Wish, *, now_ms: int) -> tuple[Redemption, list[PointsEntry]]:
    """Spend points of a member at the server; the redemption, and the ledger lines that say which lots gave them.

    Refuses while in debt (`RuleError("debt")`), more than is available (`"points"`), and a gift that is out of stock
    (`"gift_stock"`), above the member's tier (`"gift_tier"`), no longer offered (`"unknown"`), or that costs something else
    than was said (`"gift_changed"`).
    """
    books = member_books(session, wish.customer_id, now_ms)
    gift = _locked_gift(session, wish.gift_id)
    version = version_at(versions_of(session, gift.id), now_ms) if gift else None
    points = points_for(version or gift, wish.points)
    if wish.points is None and wish.seen_points not in {None, points}:
        raise RuleError("gift_changed", points=points)
    rules = rules_at(session, books.member.company_id, now_ms)
    redemption = Redemption(
        id=wish.redemption_id or new_id(),
        company_id=books.member.company_id,
        customer_id=books.member.customer_id,
        staff_id=wish.staff_id,
        gift_id=wish.gift_id,
        gift_version_id=version.id if version else None,
        points=points,
        note=wish.note,
        state=RedemptionState.DONE if wish.is_handed_over else RedemptionState.RESERVED,
        redeemed_at_ms=now_ms,
    )
    _promise(redemption, rules, by=wish.staff_id)
    spent = redeem(books.account, points, at_ms=now_ms)
    if gift is not None:
        _take_gift(gift, version or gift, books, rules, now_ms)
    session.add(redemption)
    books.post(spent, event_id=redemption.id, at_ms=now_ms, redemption_id=redemption.id)
    session.flush()
    return redemption, lines_of(session, redemption.id)


def settle_redemptions(session: Session, written: Sequence[Written]) -> None:
    """Post what devices redeemed under their leases; what came late is posted too, and those in charge are told (R11)."""
    for each in written:
        redemption = session.get_one(Redemption, each.row_id)
        if each.change.kind != "insert":
            if _FIXED & each.change.fields.keys():
                raise RuleError("fixed", table="redemption")
            if each.change.fields.get("state") == RedemptionState.DONE:
                _hand_over(redemption, each.unit.author, each.at_ms)
            continue
        now_ms = each.unit.received_at_ms
        books = member_books(session, redemption.customer_id, now_ms)
        if redemption.points <= 0 or sum(redemption.lease_points.values()) != redemption.points:
            raise RuleError("lease", wanted=redemption.points, spendable=0)
        if redemption.state == RedemptionState.CANCELLED:
            raise RuleError("cancelled", id=redemption.id)
        _promise(redemption, rules_at(session, redemption.company_id, each.at_ms), by=each.unit.author)
        gift = _locked_gift(session, redemption.gift_id)
        _judge_version(redemption, gift, versions_of(session, gift.id) if gift else [], each.at_ms)
        if gift is not None and gift.stock is not None:
            gift.stock -= 1  # it was promised without asking: a stock below zero says so
        spend = OfflineSpend("redemption", redemption.id, redemption.lease_points, each.unit.device_id)
        post_offline(books, spend, at_ms=each.at_ms, now_ms=now_ms, redemption_id=redemption.id)


@dataclass(frozen=True, slots=True)
class OfflineSpend:
    """Points that a device spent without a network: the row that says so, and how much of which lease."""

    table: str
    row_id: str
    lease_points: dict[str, int]
    device_id: str
    order_id: str | None = None

    @property
    def points(self) -> int:
        """All of them."""
        return sum(self.lease_points.values())


def post_offline(books: Books, spend: OfflineSpend, *, at_ms: int, now_ms: int, **about: str | None) -> None:
    """Post a spend under leases; a late one takes what is available, the rest is debt, and a manager is told."""
    covered = cover(books, spend.lease_points, device_id=spend.device_id)
    late = spend.points - covered
    spent = spend_offline(books.account, covered=covered, late=late, at_ms=at_ms, order_id=spend.order_id)
    books.post(spent, event_id=spend.row_id, at_ms=at_ms, **about)
    if late:
        customer = books.session.get_one(Customer, books.member.customer_id)
        raise_alert(
            books.session,
            company_id=customer.company_id,
            store_id=customer.store_id,
            kind=AlertKind.LATE_SPEND,
            about_table=spend.table,
            about_id=spend.row_id,
            details={"points": late, "name": customer.name, "device": spend.device_id},
            at_ms=now_ms,
        )


def hand_over(session: Session, redemption_id: str, *, staff_id: str, now_ms: int) -> Redemption:
    """Note that a reserved gift was handed over. Again, it changes nothing.

    Refuses one that there is not (`RuleError("unknown")`) or that was cancelled (`"cancelled"`).
    """
    redemption = session.get(Redemption, redemption_id, with_for_update=True, populate_existing=True)
    if redemption is None:
        raise RuleError("unknown", id=redemption_id)
    if redemption.state == RedemptionState.CANCELLED:
        raise RuleError("cancelled", id=redemption_id)
    if redemption.state == RedemptionState.RESERVED:
        redemption.state = RedemptionState.DONE
        _hand_over(redemption, staff_id, now_ms)
        session.flush()
    return redemption


def cancel(session: Session, redemption_id: str, *, now_ms: int) -> int:
    """Take a redemption back: its points return to their lots, a gift to its stock. How many points.

    Refuses one that there is not (`RuleError("unknown")`) or that was cancelled before (`"cancelled"`).
    """
    redemption = session.get(Redemption, redemption_id)
    if redemption is None:
        raise RuleError("unknown", id=redemption_id)
    books = member_books(session, redemption.customer_id, now_ms)
    session.refresh(redemption)  # somebody else may have cancelled it while we waited for the account
    if redemption.state == RedemptionState.CANCELLED:
        raise RuleError("cancelled", id=redemption_id)
    spent = [entry_of(line) for line in lines_of(session, redemption_id)]
    rules = rules_at(session, books.member.company_id, now_ms)
    restored = cancel_redemption(books.account, spent, redemption_id=redemption_id, rules=rules, at_ms=now_ms)
    books.post(restored, event_id=f"{redemption_id}:cancelled", at_ms=now_ms, redemption_id=redemption_id)
    redemption.state = RedemptionState.CANCELLED
    redemption.cancelled_at_ms = now_ms
    gift = session.get(Gift, redemption.gift_id, with_for_update=True) if redemption.gift_id else None
    if gift is not None and gift.stock is not None:
        gift.stock += 1
    books.close(now_ms)
    return redemption.points


def adjust_account(session: Session, customer_id: str, adjustment: Adjustment, *, staff_id: str) -> Books:
    """Correct points and growth by hand; who and why stand on the ledger's lines (R4).

    Refuses an adjustment without a reason (`RuleError("reason")`), and to take more points than are free (`"points"`).
    """
    if not adjustment.reason.strip():
        raise RuleError("reason")
    books = member_books(session, customer_id, adjustment.at_ms)
    adjusted = adjust(books.account, adjustment)
    books.post(adjusted, event_id=adjustment.adjustment_id, at_ms=adjustment.at_ms, staff_id=staff_id)
    books.close(adjustment.at_ms)
    return books


def lines_of(session: Session, redemption_id: str) -> list[PointsEntry]:
    """The ledger lines by which a redemption took points."""
    lines = select(PointsEntry).where(
        PointsEntry.redemption_id == redemption_id, PointsEntry.kind == EntryKind.REDEEM
    )
    return list(session.exec(lines).all())


def _promise(redemption: Redemption, rules: LoyaltyRules, *, by: str) -> None:
    """Note until when a reserved gift is to be handed over, or that it was at once."""
    if redemption.state == RedemptionState.RESERVED:
        redemption.due_at_ms = hand_over_due_ms(redemption.redeemed_at_ms, rules)
    else:
        _hand_over(redemption, by, redemption.redeemed_at_ms)


def _hand_over(redemption: Redemption, staff_id: str, at_ms: int) -> None:
    redemption.handed_over_by, redemption.handed_over_at_ms = staff_id, at_ms


def _locked_gift(session: Session, gift_id: str | None) -> Gift | None:
    if gift_id is None:
        return None
    gift = session.get(Gift, gift_id, with_for_update=True, populate_existing=True)
    if gift is None:
        raise RuleError("unknown", id=gift_id)
    return gift


def _take_gift(gift: Gift, terms: Terms, books: Books, rules: LoyaltyRules, now_ms: int) -> None:
    """Take one from the stock, if the member may have it and there is one."""
    member = books.member
    counted = counted_for_tiers(rules, growth=member.growth, spent_fen=member.spent_fen)
    today = local_date(now_ms)
    refusal = gift_refusal(terms, left=gift.stock, counted=counted, tiers=rules.tiers, today=today)
    if refusal or gift.company_id != books.member.company_id:
        raise RuleError(refusal or "unknown", id=gift.id, name=terms.name, tier=terms.min_tier)
    if gift.stock is not None:
        gift.stock -= 1


def _judge_version(
    redemption: Redemption, gift: Gift | None, versions: Sequence[GiftVersion], at_ms: int
) -> None:
    """Judge what a device gave for a gift by the version that it held, as R3 has it for sales.

    An app that names none knew none: it gave what the gift itself said, and the version of that moment is noted. Refuses a
    version of another gift (`RuleError("unknown")`), and fewer points than the version costs (`"points"`).
    """
    if redemption.gift_version_id is None:
        version = version_at(versions, at_ms)
        redemption.gift_version_id = version.id if version else None
        return
    version = next((each for each in versions if each.id == redemption.gift_version_id), None)
    if gift is None or version is None:
        raise RuleError("unknown", id=redemption.gift_version_id)
    points_for(version, redemption.points)
