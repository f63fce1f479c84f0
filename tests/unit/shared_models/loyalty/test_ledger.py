"""Points are earned, spent, given back, expired and adjusted in lots that always add up (R4, R8)."""

import pytest

from shared_models.errors import RuleError
from shared_models.loyalty.account import Account, Entry, Posting
from shared_models.loyalty.ledger import cancel_redemption
from shared_models.loyalty.scheme import DEFAULT_RULES, parse_rules
from shared_models.loyalty.tables import EntryKind
from shared_models.loyalty.tiers import tier_for
from tests.unit.shared_models.loyalty.member_story import Member, lot, moment


def test_purchases_earn_points_and_growth() -> None:
    member = Member()
    assert member.sell("o1", {"chair": 19999}, at="03-01 10:00") == 199
    assert member.sell("o2", {"chair": 19920}, at="03-01 10:05") == 199
    assert member.sell("o3", {"chair": 99}, at="03-01 10:10") == 0
    assert member.sell("o4", {"sofa": 200000}, at="03-01 10:15", pay_fen=99950) == 999
    assert member.pay("o4", 100050, at="03-02 10:00") == 1001
    assert member.sell("o5", {"lamp": 13635, "service": 8800}, at="03-03 10:00") == 136
    assert member.state == (2534, 0, 2534)


def test_a_payment_opens_one_lot_with_a_line_for_base_and_each_bonus() -> None:
    rules = parse_rules(
        {
            "expiry_days": 30,
            "bonus": [{"id": "beds", "kind": "category", "category": "bed", "multiplier": "2"}],
        }
    )
    member = Member(rules=rules)
    member.sell("o", {"bed": 10050}, at="03-05 10:00")
    [earned] = member.account.lots
    assert (earned.earned, earned.remaining, earned.expires_on, earned.order_id) == (
        200,
        200,
        "2026-04-04",
        "o",
    )
    assert member.entries == [
        Entry(EntryKind.BASE, 100, 100, earned.id, "o"),
        Entry(EntryKind.BONUS, 100, 100, earned.id, "o", "beds"),
    ]


def test_the_same_payment_gets_the_same_lot_everywhere() -> None:
    device, server = Member(), Member()
    for member in (device, server):
        member.sell("o", {"chair": 10000}, at="03-05 10:00")
    assert device.account == server.account


def test_only_lots_that_changed_are_stored() -> None:
    member = Member(Account((lot("old", 100), lot("used", 100, "2026-12-31"))))
    before = member.account
    member.redeem("r", 30, at="03-01 10:00")
    member.sell("o", {"chair": 500}, at="03-01 11:00")
    changed = Posting(member.account, ()).changed_lots(before)
    assert [(stored.remaining, stored.order_id) for stored in changed] == [(70, None), (5, "o")]


def test_redeeming_never_lowers_the_tier_but_returning_the_purchase_does() -> None:
    member = Member(Account((lot("start", 90000),), growth=80000))
    member.sell("o1", {"chair": 100}, at="03-02 10:00")
    member.redeem("r", 70000, at="03-02 11:00")
    assert member.state == (20001, 0, 80001)
    assert tier_for(member.account.growth, member.rules.tiers).name == "S3"
    preview = member.preview_return("o1", {"chair"}, at="03-03 11:00")
    assert (preview.clawback_points, preview.posting.account.growth) == (1, 80000)
    member.give_back("o1", {"chair"}, at="03-03 11:02")
    assert member.state == (20000, 0, 80000)
    assert tier_for(member.account.growth, member.rules.tiers).name == "S2"


def test_the_nearest_expiry_is_spent_first_and_spent_points_do_not_expire() -> None:
    member = Member(Account((lot("jan", 100, "2026-01-31"), lot("dec", 100, "2026-12-31")), growth=200))
    assert member.redeem("r1", 100, at="01-15 10:00") == {"jan": 100}
    assert member.expire(at="02-01 00:05") == 0
    assert member.state == (100, 0, 200)


def test_lots_are_spent_given_back_and_expired_each_on_its_own_date() -> None:
    member = Member(
        Account(
            (
                lot("old", 150, earned=1),
                lot("may", 300, "2026-05-31", 2),
                lot("may2", 200, "2026-05-31", 3),
                lot("apr", 250, "2026-04-30", 4),
                lot("new", 50, earned=5),
            ),
            growth=950,
        )
    )
    assert member.redeem("r2", 400, at="04-01 10:00") == {"apr": 250, "may": 150}
    assert member.redeem("r3", 370, at="04-02 10:00") == {"may": 150, "may2": 200, "old": 20}
    with pytest.raises(RuleError) as refusal:
        member.redeem("r4", 181, at="04-02 11:00")
    assert (refusal.value.code, refusal.value.details) == ("points", {"wanted": 181, "spendable": 180})
    assert member.cancel("r3", at="04-20 10:00") == 370
    assert member.state == (550, 0, 950)
    assert member.expire(at="05-01 00:05") == 0
    assert member.cancel("r2", at="05-02 10:00") == 400
    assert member.account.spendable_on("2026-05-02") == 950
    grace = member.account.lots[-1]
    assert (grace.earned, grace.remaining, grace.expires_on) == (250, 250, "2026-06-01")
    assert [member.expire(at=at) for at in ("06-01 00:05", "06-01 00:06")] == [500, 0]
    assert member.state == (450, 0, 950)
    assert member.expire(at="06-02 00:05") == 250
    assert member.state == (200, 0, 950)


def test_points_of_one_expired_lot_come_back_into_one_grace_lot() -> None:
    account = Account((lot("apr", 0, "2026-04-30"),))
    spent = (Entry(EntryKind.REDEEM, -10, lot_id="apr"), Entry(EntryKind.REDEEM, -5, lot_id="apr"))
    cancelled = cancel_redemption(
        account, spent, redemption_id="r", rules=DEFAULT_RULES, at_ms=moment("05-01 10:00")
    )
    assert [(lot.remaining, lot.expires_on) for lot in cancelled.account.lots] == [
        (0, "2026-04-30"),
        (15, "2026-05-31"),
    ]


def test_a_lot_is_good_through_the_end_of_its_date_and_no_longer() -> None:
    member = Member(Account((lot("jan", 100, "2026-01-31"), lot("ever", 10))))
    assert member.account.spendable_on("2026-01-31") == 110
    assert member.account.spendable_on("2026-02-01") == 10
    with pytest.raises(RuleError):
        member.redeem("r", 11, at="02-01 00:00")
    assert member.redeem("r", 10, at="02-01 00:00") == {"ever": 10}


def test_leased_points_are_neither_spent_elsewhere_nor_expired() -> None:
    account = Account((lot("jan", 100, "2026-01-31"), lot("ever", 60)), leased=130)
    assert account.spendable_on("2026-01-31") == 30
    assert account.spendable_on("2026-02-01") == 30
    member = Member(account)
    assert member.redeem("r", 30, at="01-31 10:00") == {"jan": 30}
    assert member.expire(at="02-01 00:05") == 0
    assert member.state[0] == 130


@pytest.mark.parametrize("points", [-1, 11])
def test_what_cannot_be_redeemed_is_refused(points: int) -> None:
    member = Member(Account((lot("ever", 10),)))
    with pytest.raises(RuleError, match="points"):
        member.redeem("r", points, at="02-01 00:00")


def test_an_adjustment_states_points_and_growth_separately() -> None:
    member = Member(Account((lot("l", 11),), growth=8001))
    member.adjust(0, -1, at="03-05 10:00")
    assert member.state == (11, 0, 8000)
    member.adjust(500, 0, at="03-05 11:00")
    assert member.state == (511, 0, 8000)
    member.adjust(-20, 3, at="03-05 12:00")
    assert member.state == (491, 0, 8003)
    member.adjust(-1, 0, at="03-05 12:30")
    member.adjust(5, -9000, at="03-05 13:00")
    assert member.state == (495, 0, 0)
    assert {entry.rule for entry in member.entries} == {"put right"}
    with pytest.raises(RuleError, match="points"):
        member.adjust(-497, 0, at="03-05 14:00")


def test_points_added_by_hand_repay_debt_first() -> None:
    member = Member()
    member.sell("o", {"chair": 1000}, at="04-01 10:00")
    member.redeem("r", 10, at="04-01 11:00")
    member.give_back("o", {"chair"}, at="04-02 10:00")
    assert member.state == (0, 10, 0)
    member.adjust(25, 0, at="04-03 10:00")
    assert member.state == (15, 0, 0)


def test_a_second_welcome_gift_is_entered_and_reversed_visibly() -> None:
    member = Member(rules=parse_rules({"welcome_gift": 30}))
    assert member.welcome(again=False, at="06-01 09:00") == 30
    assert member.welcome(again=True, at="06-01 11:00") == 0
    assert member.state == (30, 0, 30)
    kinds = [(entry.kind, entry.points, entry.growth) for entry in member.entries]
    gift = (EntryKind.ACTIVITY, 30, 30)
    assert kinds == [gift, gift, (EntryKind.REVERSAL, -30, -30)]


def test_a_scheme_without_a_gift_gives_none() -> None:
    member = Member()
    assert member.welcome(again=False, at="06-01 09:00") == 0
    assert member.entries == []
