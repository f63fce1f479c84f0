"""Points spent without a network, leases that end, opening balances, and two accounts of one person."""

import pytest

from shared_models.errors import RuleError
from shared_models.loyalty.account import Account, Entry
from shared_models.loyalty.ledger import open_books, unite
from shared_models.loyalty.scheme import DEFAULT_TIERS, LoyaltyRules
from shared_models.loyalty.tables import EntryKind, Lease, LeaseState
from shared_models.loyalty.tiers import has_reached
from tests.unit.shared_models.loyalty.member_story import Member, lot, moment

NOON = "06-01 12:00"


def holding(*lots, debt: int = 0, growth: int = 0, leased: int = 0) -> Member:
    return Member(Account(tuple(lots), debt, growth, leased))


def test_a_spend_under_a_lease_takes_what_the_lease_held():
    member = holding(lot("a", 900), leased=500)

    assert member.spend_offline(covered=200, at=NOON) == -200
    assert (member.account.balance, member.account.leased) == (700, 300)


def test_a_spend_under_a_lease_is_posted_even_while_in_debt():
    member = Member()
    member.sell("o", {"chair": 30_000}, at="05-01 10:00")
    member.lease(300)
    member.post(unite(member.account, Account(), None, at_ms=moment(NOON)))
    member.give_back("o", {"chair"}, at="05-02 10:00")
    assert member.state == (300, 300, 0)

    member.spend_offline(covered=100, at=NOON)

    assert (member.state, member.account.leased) == ((200, 300, 0), 200)


def test_a_late_spend_takes_what_is_available_and_the_rest_becomes_debt():
    member = holding(lot("a", 120))

    member.spend_offline(late=200, at=NOON)

    assert member.state == (0, 80, 0)


def test_a_late_spend_never_takes_what_another_lease_holds():
    member = holding(lot("a", 500), leased=450)

    member.spend_offline(late=200, at=NOON)

    assert (member.state, member.account.leased) == ((450, 150, 0), 450)


def test_points_spent_on_credit_come_back_and_pay_the_debt_first():
    member = holding(lot("a", 120))
    member.spend_offline(late=200, at=NOON, redemption_id="r")

    assert member.cancel("r", at="06-02 12:00") == 200
    assert member.state == (120, 0, 0)


def test_what_a_lease_frees_repays_debt_first():
    member = Member()
    member.sell("o", {"chair": 30_000}, at="05-01 10:00")
    member.lease(300)
    member.give_back("o", {"chair"}, at="05-02 10:00")

    member.end_lease(300, at=NOON)

    assert (member.state, member.account.leased) == ((0, 0, 0), 0)


def test_a_lease_holds_the_points_that_would_be_spent_first_and_they_do_not_expire_before_it_ends():
    member = holding(lot("may", 100, "2026-05-31"), lot("ever", 100), leased=60)

    assert member.expire(at=NOON) == 40
    assert member.expire(at=NOON) == 0
    member.spend_offline(covered=60, at=NOON)
    assert member.state == (100, 0, 0)


def test_a_spend_made_before_its_lot_expired_takes_that_lot_however_late_it_arrives():
    member = holding(lot("may", 100, "2026-05-31"), lot("ever", 100), leased=100)
    member.expire(at=NOON)

    member.spend_offline(covered=100, at="05-31 20:00")

    assert [(each.id, each.remaining) for each in member.account.lots] == [("may", 0), ("ever", 100)]


def test_points_that_stay_unspent_expire_when_their_lease_has_ended():
    member = holding(lot("may", 100, "2026-05-31"), leased=100)
    assert member.expire(at=NOON) == 0

    member.end_lease(100, at=NOON)

    assert member.expire(at=NOON) == 100


def test_books_are_opened_with_a_line_for_each_lot_and_one_for_the_growth():
    lots = [lot("old", 150), lot("may", 300, "2026-05-31")]
    posting = open_books(lots, 950, at_ms=moment(NOON))

    assert [(each.kind, each.points, each.growth) for each in posting.entries] == [
        (EntryKind.OPENING, 0, 950),
        (EntryKind.OPENING, 150, 0),
        (EntryKind.OPENING, 300, 0),
    ]
    assert (posting.account.balance, posting.account.growth) == (450, 950)
    assert [each.expires_on for each in posting.account.lots] == [None, "2026-05-31"]
    assert open_books([], 0, at_ms=moment(NOON)).entries == ()


@pytest.mark.parametrize(("points", "growth"), [(-1, 0), (0, -1)])
def test_books_are_not_opened_with_less_than_nothing(points, growth):
    with pytest.raises(RuleError):
        open_books([lot("a", points)], growth, at_ms=moment(NOON))


def test_two_accounts_of_one_person_add_up_and_free_points_pay_the_debt():
    one, other = Account((lot("a", 100),), 0, 100, 20), Account((), 30, 5, 0)

    both = unite(one, other, None, at_ms=moment(NOON)).account

    assert (both.balance, both.debt, both.growth, both.leased) == (70, 0, 105, 20)


@pytest.mark.parametrize(
    ("left_of_the_gift", "elsewhere", "balance", "debt"), [(30, 0, 0, 0), (10, 5, 0, 15), (0, 100, 70, 0)]
)
def test_a_second_welcome_gift_is_taken_back_whoever_spent_it(left_of_the_gift, elsewhere, balance, debt):
    other = Account((lot("gift", left_of_the_gift),), 0, 30)
    gift = Entry(EntryKind.ACTIVITY, 30, 30, "gift")

    both = unite(Account((lot("a", elsewhere),), 0, 40), other, gift, at_ms=moment(NOON)).account

    assert (both.balance, both.debt, both.growth) == (balance, debt, 40)


@pytest.mark.parametrize(
    ("growth", "tier", "reached"), [(8_000, "S2", False), (8_001, "S2", True), (9_000_000, "S9", False)]
)
def test_a_tier_is_reached_with_its_first_growth_value_and_one_that_is_not_there_never(growth, tier, reached):
    assert has_reached(growth, tier, DEFAULT_TIERS) is reached


def test_a_return_restores_what_its_offset_took_on_credit_before_what_lots_gave():
    member = holding(lot("a", 1_000))
    member.rules = LoyaltyRules()
    member.sell("o", {"chair": 10_000, "lamp": 10_000}, at="05-01 10:00", offset=1_000)
    taken = [entry for entry in member.entries if entry.kind == EntryKind.REDEEM]
    # As if 400 of the 1,000 had come too late and had to be owed.
    member.entries = [each for each in member.entries if each not in taken] + [
        Entry(EntryKind.REDEEM, -600, lot_id="a", order_id="o"),
        Entry(EntryKind.REDEEM, -400, order_id="o"),
    ]
    member.account = Account(
        tuple(lot("a", 400) if each.id == "a" else each for each in member.account.lots),
        400,
        member.account.growth,
    )
    outcome = member.give_back("o", {"lamp"}, at="05-02 10:00")

    assert outcome.restored_points == 500
    assert member.account.debt == 0


@pytest.mark.parametrize(
    ("state", "outstanding"), [(LeaseState.OPEN, 270), (LeaseState.CLOSED, 0), (LeaseState.EXPIRED, 0)]
)
def test_a_lease_holds_back_what_was_neither_spent_nor_released_while_it_is_open(state, outstanding):
    lease = Lease(
        company_id="c",
        customer_id="m",
        device_id="d",
        points=500,
        spent=200,
        released=30,
        granted_at_ms=0,
        expires_at_ms=1,
        state=state,
    )

    assert lease.outstanding == outstanding
