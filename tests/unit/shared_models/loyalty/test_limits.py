"""Right at every limit: one point, nothing at all, exactly as much as there is (R4, R6, R7, R8, R11)."""

from decimal import Decimal

import pytest

from shared_models.errors import RuleError
from shared_models.loyalty.account import Account, Entry
from shared_models.loyalty.activities import ActivityTerms, activity_points, check_activity
from shared_models.loyalty.earning import Credit, Purchase, PurchaseLine, bonus_credits, credits_for_payment
from shared_models.loyalty.gifts import check_gift
from shared_models.loyalty.ledger import open_books, unite
from shared_models.loyalty.offset import Offset, offset_for
from shared_models.loyalty.returns import OrderHistory
from shared_models.loyalty.scheme import DEFAULT_TIERS, LoyaltyRules, OffsetTerms, parse_rules
from shared_models.loyalty.tables import EntryKind, Gift
from shared_models.loyalty.tiers import tier_for
from tests.unit.shared_models.loyalty.member_story import Member, lot, moment

NOON = "06-01 12:00"
INSTALMENTS = parse_rules({"expiry_days": 30})


def test_where_all_points_are_leased_none_is_free():
    assert Account((lot("a", 100),), leased=100).free_on("2026-05-01") == 0
    assert Account((lot("a", 100),), leased=130).spendable_on("2026-05-01") == 0


def test_a_single_point_of_debt_is_repaid():
    member = Member(Account(debt=1, growth=0), parse_rules({"welcome_gift": 10}))
    member.opening = Account()
    member.entries.append(Entry(EntryKind.REDEEM, -1))
    assert member.welcome(again=False, at=NOON) == 10
    assert member.state == (9, 0, 10)


def test_while_in_debt_not_even_one_point_is_spent_and_the_debt_is_named():
    with pytest.raises(RuleError) as refused:
        Member(Account((lot("a", 100),), debt=7)).redeem("r", 1, at=NOON)
    assert (refused.value.code, refused.value.details) == ("debt", {"debt": 7})
    assert Member(Account(debt=0)).redeem("r", 0, at=NOON) == {}


def test_one_point_is_added_by_hand_and_growth_alone_opens_no_lot():
    member = Member(Account(growth=5))
    member.adjust(0, -2, at=NOON)
    assert (member.account.lots, member.state) == ((), (0, 0, 3))
    member.adjust(1, 0, at=NOON)
    assert [(each.earned, each.remaining) for each in member.account.lots] == [(1, 1)]
    assert [(each.points, each.growth) for each in member.entries] == [(0, -2), (1, 0)]


def test_books_may_open_with_an_empty_lot_and_what_is_less_says_so():
    posting = open_books([lot("a", 0)], 0, at_ms=moment(NOON))
    assert [(each.id, each.remaining) for each in posting.account.lots] == [("a", 0)]
    assert open_books([lot("a", 1)], 1, at_ms=moment(NOON)).account.growth == 1
    with pytest.raises(RuleError) as refused:
        open_books([lot("a", -1)], 0, at_ms=moment(NOON))
    assert (refused.value.code, refused.value.details) == ("points", {"wanted": 0, "spendable": 0})


def test_what_a_lease_holds_of_one_lot_it_does_not_hold_of_the_next():
    member = Member(Account((lot("apr", 40, "2026-04-30"), lot("may", 100, "2026-05-31")), leased=60))
    assert member.expire(at=NOON) == 80
    assert [each.remaining for each in member.account.lots] == [40, 20]


def test_leases_of_both_accounts_hold_in_the_united_one():
    one, other = Account((lot("a", 100),), leased=20), Account((lot("b", 100),), leased=50)
    assert unite(one, other, None, at_ms=moment(NOON)).account.leased == 70


def test_a_second_welcome_gift_is_taken_from_its_own_lot_then_from_the_next_to_expire_then_owed():
    account = Account((lot("soon", 5, "2026-06-30"), lot("ever", 1)), growth=40)
    other = Account((lot("gift", 20),), growth=30)
    taken = unite(account, other, Entry(EntryKind.ACTIVITY, 30, 30, "gift"), at_ms=moment(NOON)).entries
    assert taken == (
        Entry(EntryKind.REVERSAL, -20, -20, "gift"),
        Entry(EntryKind.REVERSAL, -5, -5, "soon"),
        Entry(EntryKind.REVERSAL, -1, -1, "ever"),
        Entry(EntryKind.REVERSAL, -4, -4),
    )


def test_a_second_welcome_gift_that_is_there_whole_is_taken_in_one_line():
    account, other = Account((lot("a", 50),), growth=40), Account((lot("gift", 30),), growth=30)
    posting = unite(account, other, Entry(EntryKind.ACTIVITY, 30, 30, "gift"), at_ms=moment(NOON))
    assert posting.entries == (Entry(EntryKind.REVERSAL, -30, -30, "gift"),)


def test_a_return_takes_no_more_than_is_due_though_more_has_expired():
    member = Member(rules=INSTALMENTS)
    member.sell("o", {"sofa": 60_000, "chair": 40_000}, at="03-01 10:00", pay_fen=50_000)
    member.pay("o", 50_000, at="03-20 10:00")
    assert member.expire(at="04-01 00:05") == 500
    member.give_back("o", {"sofa"}, at="04-02 10:00")
    assert member.state == (0, 0, 400)
    assert [each for each in member.entries if each.points == 0] == []


def test_a_return_that_finds_all_its_points_writes_no_line_about_expired_ones():
    member = Member(rules=INSTALMENTS)
    member.sell("o", {"sofa": 60_000}, at="03-01 10:00")
    member.give_back("o", {"sofa"}, at="03-02 10:00")
    assert [each.kind for each in member.entries] == [EntryKind.BASE, EntryKind.REVERSAL]


def test_a_single_point_that_expired_settles_its_return():
    member = Member(rules=INSTALMENTS)
    member.sell("o", {"lamp": 100}, at="03-01 10:00")
    assert member.expire(at="04-01 00:05") == 1
    member.give_back("o", {"lamp"}, at="04-02 10:00")
    assert member.state == (0, 0, 0)


def test_single_points_given_back_and_taken_back_are_counted():
    history = OrderHistory(0, entries=(Entry(EntryKind.REVERSAL, 1), Entry(EntryKind.REVERSAL, -1)))
    assert (history.restored_points, history.clawed_back_points) == (1, 1)


def test_an_unpaid_order_says_what_is_missing():
    member = Member()
    member.sell("o", {"sofa": 60_000}, at="03-01 10:00", pay_fen=25_000)
    with pytest.raises(RuleError) as refused:
        member.preview_return("o", {"sofa"}, at="03-02 10:00")
    assert (refused.value.code, refused.value.details) == ("unpaid", {"due_fen": 35_000})


def test_a_payment_beyond_what_is_due_says_what_is_due():
    purchase = Purchase("o", (PurchaseLine("sofa", 60_000),), 0)
    with pytest.raises(RuleError) as refused:
        credits_for_payment(purchase, paid_before_fen=25_000, amount_fen=35_001, rules=LoyaltyRules())
    assert (refused.value.code, refused.value.details) == ("overpaid", {"due_fen": 35_000})


def test_a_bonus_of_one_point_is_given():
    rules = parse_rules({"bonus": [{"id": "b", "kind": "threshold", "min_net": "0.00", "fixed": 1}]})
    purchase = Purchase("o", (PurchaseLine("lamp", 100),), 0)
    assert bonus_credits(purchase, rules) == [Credit(EntryKind.BONUS, 1, "b")]


@pytest.mark.parametrize(("wanted", "offset"), [(0, Offset(0, 0)), (-5, Offset(0, 0)), (1, Offset(1, 1))])
def test_single_points_are_paid_with_where_the_unit_is_one(wanted: int, offset: Offset):
    terms = OffsetTerms(points_per_yuan=100, unit=1, cap_percent=Decimal(50))
    assert offset_for(wanted, spendable_points=10, products_fen=10_000, terms=terms) == offset


def test_whoever_has_grown_by_nothing_is_in_the_lowest_tier():
    assert [tier_for(growth, DEFAULT_TIERS).name for growth in (-1, 0)] == ["S1", "S1"]


def test_a_gift_and_an_activity_may_be_of_one_point():
    check_gift(Gift(company_id="c", name="糖", points=1, value_fen=1), LoyaltyRules())
    check_activity("打卡", ActivityTerms(1, cap=1))
    assert (
        activity_points(ActivityTerms(1), "e", granted_events=(), granted_points=0, today="2026-05-10") == 1
    )


def test_who_has_reached_the_cap_of_an_activity_is_told_it():
    with pytest.raises(RuleError) as refused:
        activity_points(ActivityTerms(5, 5), "e", granted_events=(), granted_points=5, today="2026-05-10")
    assert (refused.value.code, refused.value.details) == ("activity_cap", {"cap": 5})


@pytest.mark.parametrize("bonus", [{}, {"id": "b"}, "b", {"0": {}}])
def test_a_list_of_a_document_is_a_list(bonus: object):
    with pytest.raises(RuleError) as refused:
        parse_rules({"bonus": bonus})
    assert refused.value.details == {"key": "bonus"}


def test_a_share_may_be_all_of_it_and_no_more():
    assert parse_rules({"offset": {"cap_percent": "100"}}).offset.cap_percent == 100
    with pytest.raises(RuleError):
        parse_rules({"offset": {"cap_percent": "100.01"}})
