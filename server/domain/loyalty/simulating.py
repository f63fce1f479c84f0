"""Replaying a period's orders against a draft of the scheme, beside the scheme in force, before anybody publishes it."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlmodel import Session, col, func, select

from server.domain.ledger import scheme_at
from server.domain.loyalty.sold import sold_orders
from server.domain.loyalty.spending import Bought, bought_by_customer
from shared_models.errors import RuleError
from shared_models.loyalty.offset import value_fen
from shared_models.loyalty.replay import WELCOME, points_by_rule
from shared_models.loyalty.scheme import LoyaltyRules, Tier, TierBasis, parse_rules
from shared_models.loyalty.tables import MemberAccount
from shared_models.loyalty.tiers import counted_for_tiers, tier_for
from shared_models.moments import day_bounds_ms, local_date
from shared_models.sales.tables import Customer

MOST_MOVES = 200
"""So many members who change tier are named; all are counted."""


@dataclass(frozen=True, slots=True)
class Issued:
    """Points that a scheme issues, under a rule or in a month, and what they are worth when they pay for goods."""

    points: int = 0
    cost_fen: int = 0


@dataclass(frozen=True, slots=True)
class Compared:
    """The same figure under the scheme in force and under the draft. `name` is a rule, or a month as `YYYY-MM`."""

    name: str
    now: Issued
    draft: Issued


@dataclass(frozen=True, slots=True)
class Move:
    """A member whom the draft gives another tier. What was spent is the same on both sides (T-04)."""

    customer_id: str
    name: str
    growth_now: int
    growth_draft: int
    spent_fen: int
    tier_now: str
    tier_draft: str
    is_up: bool


@dataclass(frozen=True, slots=True)
class Simulation:
    """What a draft would have done: the whole, by rule and by month, and the members who would stand elsewhere.

    `liability_…` is what all the points that members hold are worth, those of the period replaced by the draft's.
    """

    orders: int
    members: int
    total: Compared
    rules: list[Compared]
    months: list[Compared]
    liability_now_fen: int
    liability_draft_fen: int
    tiers_up: int
    tiers_down: int
    moves: list[Move]
    basis_now: TierBasis
    basis_draft: TierBasis


@dataclass(slots=True)
class _Tally:
    """What one set of rules issues."""

    terms: LoyaltyRules
    rules: Counter[str] = field(default_factory=Counter)
    months: Counter[str] = field(default_factory=Counter)
    members: Counter[str] = field(default_factory=Counter)

    def add(self, customer_id: str, month: str, points: Mapping[str, int]) -> None:
        issued = sum(points.values())
        self.rules.update(points)
        self.months[month] += issued
        self.members[customer_id] += issued

    def issued(self, points: int) -> Issued:
        return Issued(points, self.worth_fen(points))

    def worth_fen(self, points: int) -> int:
        return value_fen(points, self.terms.offset) if points >= 0 else -value_fen(-points, self.terms.offset)


def simulate(
    session: Session,
    company_id: str,
    changes: Mapping[str, Any],
    *,
    first_day: str,
    last_day: str,
    now_ms: int,
) -> Simulation:
    """What the draft (the scheme in force with `changes` in place of its keys) would have issued for orders of a period.

    Both sides are replayed, so that they differ by the draft alone. The period is of local days, both included. Writes
    nothing. Refuses a document that `parse_rules` refuses (`RuleError("scheme")`) and days in disorder (`"period"`).
    """
    from_ms, to_ms = _period(first_day, last_day)
    scheme = scheme_at(session, company_id, now_ms)
    document = scheme.rules if scheme else {}
    now, draft = _Tally(parse_rules(document)), _Tally(parse_rules({**document, **changes}))
    orders = 0
    for customer_id, order in sold_orders(session, company_id, from_ms, to_ms):
        orders += 1
        month = local_date(order.purchase.sold_at_ms)[:7]
        for tally in (now, draft):
            tally.add(customer_id, month, points_by_rule(order, tally.terms))
    for customer_id, enrolled_at_ms in _enrolled(session, company_id, from_ms, to_ms):
        for tally in (now, draft):
            gift = tally.terms.welcome_gift
            tally.add(customer_id, local_date(enrolled_at_ms)[:7], {WELCOME: gift} if gift else {})
    return _compared(session, company_id, now, draft, orders)


def _period(first_day: str, last_day: str) -> tuple[int, int]:
    try:
        from_ms, to_ms = day_bounds_ms(first_day)[0], day_bounds_ms(last_day)[1]
    except ValueError:
        raise RuleError("period", first=first_day, last=last_day) from None
    if from_ms >= to_ms:
        raise RuleError("period", first=first_day, last=last_day)
    return from_ms, to_ms


def _enrolled(session: Session, company_id: str, from_ms: int, to_ms: int) -> list[tuple[str, int]]:
    """Who joined in the period, and when; somebody who turned out to be known got no second gift (R19)."""
    joined = select(Customer.id, col(Customer.enrolled_at_ms)).where(
        Customer.company_id == company_id,
        col(Customer.enrolled_at_ms) >= from_ms,
        col(Customer.enrolled_at_ms) < to_ms,
        col(Customer.merged_into).is_(None),
    )
    return [(customer_id, int(at_ms)) for customer_id, at_ms in session.exec(joined) if at_ms is not None]


def _compared(session: Session, company_id: str, now: _Tally, draft: _Tally, orders: int) -> Simulation:
    held = select(func.coalesce(func.sum(MemberAccount.balance), 0)).where(
        MemberAccount.company_id == company_id
    )
    balance = int(session.exec(held).one())
    change = draft.members.total() - now.members.total()
    moves = _moves(session, company_id, now, draft)
    return Simulation(
        orders=orders,
        members=len(now.members),
        total=Compared("", now.issued(now.members.total()), draft.issued(draft.members.total())),
        rules=_rows(now, draft, "rules"),
        months=sorted(_rows(now, draft, "months"), key=lambda row: row.name),
        liability_now_fen=now.worth_fen(balance),
        liability_draft_fen=draft.worth_fen(max(0, balance + change)),
        tiers_up=sum(move.is_up for move in moves),
        tiers_down=sum(not move.is_up for move in moves),
        moves=moves[:MOST_MOVES],
        basis_now=now.terms.tier_basis,
        basis_draft=draft.terms.tier_basis,
    )


def _rows(now: _Tally, draft: _Tally, which: str) -> list[Compared]:
    """Each rule or month that either side knows, in the order in which they came up."""
    before: Counter[str] = getattr(now, which)
    after: Counter[str] = getattr(draft, which)
    names = list(dict.fromkeys([*before, *after]))
    return [Compared(name, now.issued(before[name]), draft.issued(after[name])) for name in names]


def _moves(session: Session, company_id: str, now: _Tally, draft: _Tally) -> list[Move]:
    """Every member whose tier differs, also one who bought nothing in the period but lies between two thresholds.

    Growth follows the points of the replay; what was spent is what was paid, whatever the scheme.
    """
    accounts = select(MemberAccount.customer_id, MemberAccount.growth).where(
        MemberAccount.company_id == company_id
    )
    by_spent = TierBasis.SPENT in (now.terms.tier_basis, draft.terms.tier_basis)
    bought = bought_by_customer(session, company_id) if by_spent else {}
    found: list[Move] = []
    for customer_id, growth in session.exec(accounts):
        spent_fen = bought.get(customer_id, Bought()).spent_fen
        replayed = max(0, growth + draft.members[customer_id] - now.members[customer_id])
        before, after = _tier(now.terms, growth, spent_fen), _tier(draft.terms, replayed, spent_fen)
        steps = _steps(before, after, now.terms, draft.terms)
        if steps:
            move = Move(
                customer_id, "", growth, replayed, spent_fen, before.name, after.name, is_up=steps > 0
            )
            found.append(move)
    names = _names(session, [move.customer_id for move in found])
    moves = [replace(move, name=names.get(move.customer_id, "")) for move in found]
    return sorted(
        moves, key=lambda move: (not move.is_up, -move.growth_draft, -move.spent_fen, move.customer_id)
    )


def _tier(terms: LoyaltyRules, growth: int, spent_fen: int) -> Tier:
    return tier_for(counted_for_tiers(terms, growth=growth, spent_fen=spent_fen), terms.tiers)


def _steps(before: Tier, after: Tier, now: LoyaltyRules, draft: LoyaltyRules) -> int:
    """How many tiers a member rises, falls if negative.

    Tiers are the same by name; one that the draft does not have, by its place from the bottom.
    """
    names = [tier.name for tier in draft.tiers]
    place = names.index(before.name) if before.name in names else now.tiers.index(before)
    return names.index(after.name) - place


def _names(session: Session, ids: list[str]) -> dict[str, str]:
    found: dict[str, str] = defaultdict(str)
    for at in range(0, len(ids), 500):
        chosen = select(Customer.id, Customer.name).where(col(Customer.id).in_(ids[at : at + 500]))
        found.update(dict(session.exec(chosen).all()))
    return found
