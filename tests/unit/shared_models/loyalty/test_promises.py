"""What must hold whatever happens to a member, in whatever order."""

from hypothesis import given, settings
from hypothesis import strategies as st

from shared_models.errors import RuleError
from shared_models.loyalty.account import Account
from shared_models.loyalty.scheme import LoyaltyRules, ReturnMode
from shared_models.moments import local_date
from tests.unit.shared_models.loyalty.member_story import Member, lot, moment

_FEW = settings(max_examples=60)
_DAYS = [f"{month:02}-{day:02} 12:00" for month in range(1, 13) for day in (1, 15)]

_PRICES = st.lists(st.integers(1, 50_000), min_size=1, max_size=4)
_EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("sell"), _PRICES, st.booleans()),
        st.tuples(st.just("give_back"), st.integers(0, 9), st.integers(0, 3)),
        st.tuples(st.just("redeem"), st.integers(1, 400), st.none()),
        st.tuples(st.just("cancel"), st.integers(0, 9), st.none()),
        st.tuples(st.just("lease"), st.integers(1, 400), st.none()),
        st.tuples(st.just("spend"), st.integers(1, 400), st.integers(0, 300)),
        st.tuples(st.just("release"), st.integers(1, 400), st.none()),
        st.tuples(st.just("expire"), st.none(), st.none()),
        st.tuples(st.just("adjust"), st.integers(-300, 300), st.integers(-300, 300)),
    ),
    max_size=len(_DAYS),
)
_RULES = st.builds(
    LoyaltyRules,
    expiry_days=st.one_of(st.none(), st.integers(0, 90)),
    return_mode=st.sampled_from(ReturnMode),
)


def sell(member: Member, prices: list[int], with_points: bool, at: str) -> None:
    lines = {f"chair.{number}": price for number, price in enumerate(prices)}
    member.sell(f"o{len(member.orders)}", lines, at=at, offset="max" if with_points else 0)


def give_back(member: Member, which: int, line: int, at: str) -> None:
    if member.orders:
        order_id = sorted(member.orders)[which % len(member.orders)]
        lines = member.orders[order_id].purchase.lines
        member.give_back(order_id, {lines[line % len(lines)].id}, at=at)


def redeem(member: Member, points: int, _: None, at: str) -> None:
    member.redeem(f"r{at}", points, at=at)


def cancel(member: Member, which: int, _: None, at: str) -> None:
    if member.redemptions:
        member.cancel(sorted(member.redemptions)[which % len(member.redemptions)], at=at)


def lease(member: Member, points: int, _: None, at: str) -> None:
    if points <= member.account.spendable_on(local_date(moment(at))):
        member.lease(points)


def spend(member: Member, points: int, late: int, at: str) -> None:
    covered = min(points, member.account.leased)
    member.spend_offline(covered=covered, late=late, at=at, redemption_id=f"r{at}")


def release(member: Member, points: int, _: None, at: str) -> None:
    member.end_lease(min(points, member.account.leased), at=at)


def expire(member: Member, _points: None, _: None, at: str) -> None:
    member.expire(at=at)


def adjust(member: Member, points: int, growth: int, at: str) -> None:
    member.adjust(points, growth, at=at)


_PLAYED = {
    each.__name__: each for each in (sell, give_back, redeem, cancel, lease, spend, release, expire, adjust)
}


@_FEW
@given(_RULES, _EVENTS)
def test_the_ledger_adds_up_and_no_point_is_spent_twice(rules: LoyaltyRules, events: list[tuple]):
    member = Member(rules=rules)
    for event, at in zip(events, _DAYS, strict=False):
        try:
            _PLAYED[event[0]](member, *event[1:], at)
        except RuleError:
            continue
        # `Member.check` has replayed all lines; nothing is negative, and nobody else's leased points were taken.
        account = member.account
        assert 0 <= account.leased <= account.balance
        assert account.spendable_on(local_date(moment(at))) >= 0
        assert not account.debt or not account.free_on(local_date(moment(at)))


@_FEW
@given(_PRICES, st.integers(0, 3_000), st.booleans())
def test_returning_everything_restores_the_state_before(prices: list[int], points: int, offset: bool):
    member = Member(Account((lot("a", points),), 0, 5_000))
    before = member.state
    lines = {f"chair.{number}": price for number, price in enumerate(prices)}
    member.sell("o", lines, at="03-01 10:00", offset="max" if offset else 0)

    for line in lines:
        member.give_back("o", {line}, at="03-02 10:00")

    assert member.state == before
    assert [each.remaining for each in member.account.lots if each.id == "a"] == [points]


@_FEW
@given(st.lists(st.integers(1, 50_000), min_size=2, max_size=6))
def test_splitting_a_line_or_a_payment_never_earns_more(prices: list[int]):
    split, whole, paid_apart = Member(), Member(), Member()
    split.sell("o", {f"chair.{number}": price for number, price in enumerate(prices)}, at="03-01 10:00")
    whole.sell("o", {"chair": sum(prices)}, at="03-01 10:00")
    paid_apart.sell("o", {"chair": sum(prices)}, at="03-01 10:00", pay_fen=prices[0])
    for price in prices[1:]:
        paid_apart.pay("o", price, at="03-02 10:00")

    assert split.state == whole.state == paid_apart.state


@_FEW
@given(st.integers(1, 1_000), st.lists(st.tuples(st.integers(1, 600), st.integers(0, 600)), max_size=6))
def test_devices_never_redeem_more_than_the_balance_together(points: int, leases: list[tuple[int, int]]):
    member = Member(Account((lot("a", points),)))
    spent = 0
    for wanted, used in leases:
        if wanted > member.account.spendable_on("2026-03-01"):
            continue
        member.lease(wanted)
        member.spend_offline(covered=min(wanted, used), at="03-01 10:00")
        spent += min(wanted, used)

    assert spent + member.account.balance == points
    assert member.account.debt == 0
