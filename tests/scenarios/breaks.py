"""Rules broken on purpose, each with the scenario that has to notice."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from importlib import import_module
from typing import Any

from sqlmodel import col, select

from shared_models.loyalty.tables import Scheme
from shared_models.moments import DAY_MS
from shared_models.stock.tables import ProductKind


@dataclass(frozen=True, slots=True)
class Break:
    """A rule gone wrong: the name that is replaced where it is used, and what `make` makes of the right one."""

    file: str
    what: str
    module: str
    name: str
    make: Callable[[Any], Any]

    def target(self) -> tuple[Any, str, Any]:
        """Whose attribute is replaced, its name, and by what."""
        owner: Any = import_module(self.module)
        *path, name = self.name.split(".")
        for part in path:
            owner = getattr(owner, part)
        return owner, name, self.make(getattr(owner, name))


def _nothing(_right: Any) -> Any:
    return lambda *_args, **_named: None


def _ties_to_the_later_line(right: Any) -> Any:
    return lambda total, amounts, kinds: right(total, amounts[::-1], kinds[::-1])[::-1]


def _whole_order(right: Any) -> Any:
    return lambda rule, purchase: purchase.products if right(rule, purchase) else ()


def _half_to_even(_right: Any) -> Any:
    return lambda fen, percent: int((fen * percent / 100).quantize(Decimal(1), ROUND_HALF_EVEN))


def _newest_version(right: Any) -> Any:
    newest = select(Scheme.id).order_by(col(Scheme.version).desc())
    return lambda session, _scheme_id: right(session, session.exec(newest).first())


def _discount_on_services(right: Any) -> Any:
    return lambda line, tier: right(replace(line, kind=ProductKind.PRODUCT), tier)


def _forgotten_once(right: Any) -> Any:
    """The hub looks its answers up twice, before and after it applies; the first time it finds none."""
    asked: set[int] = set()

    def answered(self: Any, ids: Any) -> Any:
        is_first = id(self) not in asked
        asked.add(id(self))
        return {} if is_first else right(self, ids)

    return answered


BREAKS = (
    Break(
        "01-earning.json",
        "points are rounded up",
        "shared_models.loyalty.earning",
        "whole_yuan",
        lambda right: lambda fen, factor: right(fen + 99, factor),
    ),
    Break(
        "02-allocation-and-offset.json",
        "ties go to the later line",
        "shared_models.sales.pricing",
        "spread_over_products",
        _ties_to_the_later_line,
    ),
    Break(
        "03-tiers.json",
        "a tier begins a point too early",
        "server.domain.loyalty.standing",
        "tier_for",
        lambda right: lambda growth, tiers: right(growth + 1, tiers),
    ),
    Break(
        "04-bonus.json",
        "a category's bonus counts the whole order",
        "shared_models.loyalty.earning",
        "_scope",
        _whole_order,
    ),
    Break(
        "05-returns.json",
        "what expired of the order is taken back once more",
        "shared_models.loyalty.returns",
        "OrderHistory.expired_points",
        lambda _right: lambda _history, _lot_id: 0,
    ),
    Break(
        "06-lots-and-expiry.json",
        "the oldest points are spent first, whatever expires",
        "shared_models.loyalty.account",
        "spending_order",
        lambda _right: lambda lots: sorted(lots, key=lambda lot: lot.earned_at_ms),
    ),
    Break(
        "07-debt.json",
        "new earnings repay nothing",
        "shared_models.loyalty.account",
        "Draft.repay_debt",
        _nothing,
    ),
    Break(
        "08-designer-review.json",
        "the review looks up the band that fits",
        "shared_models.designers.levels",
        "LevelRules.review",
        lambda _right: lambda rules, _name, fen, **_: rules.first_placement(fen),
    ),
    Break(
        "09-commission.json",
        "half a fen goes to the even one",
        "shared_models.designers.commission",
        "percent_of",
        _half_to_even,
    ),
    Break(
        "10-assignment.json",
        "region and category do not matter",
        "server.domain.leads.assigning",
        "assign",
        lambda right: (
            lambda people, *, last_by_turn, **_: right(
                people, region="", category="", last_by_turn=last_by_turn
            )
        ),
    ),
    Break(
        "11-nobody-free.json",
        "nobody hears of a lead without an owner",
        "server.domain.leads.assigning",
        "_tell_managers",
        _nothing,
    ),
    Break(
        "12-follow-up.json",
        "a late sync never withdraws the flag",
        "server.domain.follow_ups",
        "withdraw_if_kept",
        _nothing,
    ),
    Break(
        "13-merge.json",
        "whoever arrives last wins",
        "sync.merge",
        "_Edit.is_later",
        lambda _right: property(lambda _edit: True),
    ),
    Break(
        "14-pushed-again.json",
        "the hub forgets what it has answered",
        "sync.hub.receiving",
        "Receiver._answered",
        _forgotten_once,
    ),
    Break(
        "15-lease.json",
        "nobody hears of a late spend",
        "server.domain.loyalty.redeeming",
        "raise_alert",
        _nothing,
    ),
    Break(
        "16-clocks.json",
        "the device's clock is believed",
        "sync.clock",
        "Correction.corrected_ms",
        lambda _right: lambda self, device_ms: min(device_ms, self.received_at_ms),
    ),
    Break(
        "17-same-person.json",
        "a number that arrives again is another customer",
        "server.domain.loyalty.members",
        "customer_with_phone",
        _nothing,
    ),
    Break(
        "18-versions.json",
        "a payment earns by the newest version",
        "server.domain.points",
        "rules_of",
        _newest_version,
    ),
    Break(
        "19-one-step-checkout.json",
        "the tier's discount is taken off services too",
        "shared_models.sales.pricing",
        "_discount_fen",
        _discount_on_services,
    ),
    Break(
        "20-customer-value.json",
        "a loss counts as a gain",
        "server.domain.figures.value",
        "rank_by_profit",
        lambda right: lambda profits: right({who: abs(fen) for who, fen in profits.items()}),
    ),
    Break(
        "21-kpi.json",
        "a missing figure counts as nothing reached",
        "shared_models.office.kpi",
        "_satisfaction",
        lambda right: lambda work: right(work) or Fraction(0),
    ),
    Break(
        "22-reassigned-while-away.json",
        "whoever has lost a lead may go on editing it",
        "sync.hub.judging",
        "check_scope",
        _nothing,
    ),
    Break(
        "23-story-lead-to-return.json",
        "the second welcome gift stays",
        "server.domain.loyalty.members",
        "grant_welcome_gift",
        lambda right: lambda account, **named: right(account, **{**named, "already_given": False}),
    ),
    Break(
        "24-story-year-end.json",
        "the last day of the year counts in the next",
        "server.domain.designers.commissions",
        "counting_year",
        lambda right: lambda at_ms, closed_through: right(at_ms + DAY_MS, closed_through),
    ),
    Break(
        "25-story-bad-network.json",
        "no lease covers what was spent under it",
        "server.domain.loyalty.redeeming",
        "cover",
        lambda _right: lambda *_args, **_named: 0,
    ),
)
"""One for every file. `make soak` runs them all; a plain test run takes some."""
