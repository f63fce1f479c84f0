"""A return restores the offset, takes back what was earned, and what is missing becomes debt (R7)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_models.errors import RuleError
from shared_models.loyalty.account import Account
from shared_models.loyalty.scheme import LoyaltyRules, ReturnMode, parse_rules
from shared_models.loyalty.tables import EntryKind
from tests.unit.shared_models.loyalty.member_story import Member, lot

EXPIRING = parse_rules({"expiry_days": 30})
DEDUCTING = parse_rules({"return_mode": "deduct_refund"})


def test_lines_returned_one_by_one_never_drift() -> None:
    member = Member()
    assert member.sell("o1", {"vase.a": 3333, "vase.b": 3333, "vase.c": 3334}, at="03-01 10:00") == 100
    clawed = [
        member.give_back("o1", {line}, at="03-02 10:00").clawback_points
        for line in ("vase.a", "vase.b", "vase.c")
    ]
    assert clawed == [34, 33, 33]
    assert member.state == (0, 0, 0)


def test_points_that_expired_are_not_claimed_twice() -> None:
    member = Member(Account((lot("start", 2000),), growth=2000), EXPIRING)
    member.sell("o2", {"sofa": 100000}, at="03-05 10:00")
    member.redeem("r", 400, at="03-06 10:00")
    assert [member.expire(at=at) for at in ("04-04 23:59", "04-05 00:10", "04-05 00:11")] == [0, 600, 0]
    assert member.state == (2000, 0, 3000)
    outcome = member.give_back("o2", {"sofa"}, at="04-06 10:00")
    assert (outcome.refund_fen, outcome.clawback_points) == (100000, 1000)
    assert member.state == (1600, 0, 2000)


def test_a_year_end_of_windows_expiry_and_two_returns() -> None:
    window = {"from": "2027-01-01T00:00:00+08:00", "to": "2027-01-02T00:00:00+08:00", "multiplier": "2"}
    member = Member(
        rules=parse_rules({"expiry_days": 60, "bonus": [{"id": "newyear", "kind": "window", **window}]})
    )
    assert member.sell("o1", {"kitchen": 3500000, "wardrobe": 5300000}, at="2026-12-31 23:45") == 88000
    assert member.sell("o2", {"table": 1234567}, at="2027-01-01 00:05") == 24690
    assert member.sell("o3", {"table": 1000030}, at="2027-01-10 10:00") == 10000
    member.redeem("r", 50000, at="2027-01-15 10:00")
    assert member.give_back("o1", {"kitchen"}, at="2027-02-01 10:00").clawback_points == 35000
    assert member.state == (37690, 0, 87690)
    assert [member.expire(at=f"2027-03-{at}") for at in ("01 23:59", "02 00:05", "02 00:06")] == [0, 3000, 0]
    assert member.state == (34690, 0, 87690)
    assert member.give_back("o1", {"wardrobe"}, at="2027-03-02 12:00").clawback_points == 53000
    assert member.state == (0, 15310, 34690)


def test_an_expired_point_settles_only_one_return() -> None:
    member = Member(Account((lot("start", 2000),)), EXPIRING)
    member.sell("o", {"a": 50000, "b": 50000}, at="03-05 10:00")
    member.redeem("r", 400, at="03-06 10:00")
    member.expire(at="04-05 00:10")
    member.give_back("o", {"a"}, at="04-06 10:00")
    assert member.state == (2000, 0, 500)
    member.give_back("o", {"b"}, at="04-07 10:00")
    assert member.state == (1600, 0, 0)


def test_points_whose_date_has_passed_settle_a_return_before_the_expiry_has_run() -> None:
    member = Member(Account((lot("start", 2000),)), EXPIRING)
    member.sell("o", {"a": 100000}, at="03-05 10:00")
    member.redeem("r", 400, at="03-06 10:00")
    member.give_back("o", {"a"}, at="04-06 10:00")
    assert member.state == (1600, 0, 0)
    assert member.expire(at="04-06 10:01") == 0


def test_the_share_of_the_offset_goes_back_to_its_lots() -> None:
    member = Member(Account((lot("start", 3500),), growth=3500), EXPIRING)
    assert member.sell("o3", {"table": 15000, "lamp": 5000}, at="04-07 10:00", offset=3500) == 165
    member.sell("o4", {"chair": 8000}, at="04-07 11:00", pay_fen=3000)
    with pytest.raises(RuleError, match="unpaid"):
        member.give_back("o4", {"chair"}, at="04-07 11:05")
    outcome = member.give_back("o3", {"lamp"}, at="04-08 10:00")
    assert (outcome.refund_fen, outcome.restored_points, outcome.clawback_points) == (4125, 875, 42)
    assert member.state == (1028, 0, 3653)


def test_offset_points_come_back_last_spent_first_and_into_a_grace_lot_if_need_be() -> None:
    member = Member(Account((lot("apr", 300, "2026-04-10"), lot("may", 300, "2026-05-31"), lot("ever", 300))))
    member.sell("o", {"a": 10000, "b": 10000}, at="04-01 10:00", offset=800)
    held = {"apr": 0, "may": 0, "ever": 100}
    assert {lot.id: lot.remaining for lot in member.account.lots if lot.id in held} == held
    assert member.give_back("o", {"a"}, at="04-02 10:00").restored_points == 400
    held = {"apr": 0, "may": 200, "ever": 300}
    assert {lot.id: lot.remaining for lot in member.account.lots if lot.id in held} == held
    assert member.give_back("o", {"b"}, at="04-20 10:00").restored_points == 400
    held = {"apr": 0, "may": 300, "ever": 300}
    assert {lot.id: lot.remaining for lot in member.account.lots if lot.id in held} == held
    assert [lot.remaining for lot in member.account.lots if lot.expires_on == "2026-05-20"] == [300]


def test_every_bonus_is_evaluated_again_on_what_remains() -> None:
    rules = parse_rules(
        {
            "bonus": [
                {"id": "fair", "kind": "campaign", "campaign": "FAIR26", "multiplier": "1.8"},
                {"id": "beds", "kind": "category", "category": "bed", "multiplier": "3"},
                {"id": "big", "kind": "threshold", "min_net": "5000.00", "fixed": 250},
            ]
        }
    )
    member = Member(rules=rules)
    assert member.sell("o2", {"bed": 410040, "table": 89960}, at="04-03 10:00", campaign="FAIR26") == 17450
    assert member.give_back("o2", {"table"}, at="04-10 10:00").clawback_points == 1870
    assert member.give_back("o2", {"bed"}, at="04-11 10:00").clawback_points == 15580
    assert member.state == (0, 0, 0)


def test_a_return_goes_by_the_version_the_order_was_sold_under() -> None:
    big = {"id": "big", "kind": "threshold", "min_net": "800.00", "fixed": 100}
    member = Member(rules=parse_rules({"bonus": [big]}))
    assert member.sell("o1", {"bed": 70070, "lamp": 15000}, at="06-01 10:00", pay_fen=40000) == 400
    member.rules = parse_rules({"base_rate": "2", "bonus": [{**big, "min_net": "300.00", "fixed": 40}]})
    assert member.pay("o1", 45070, at="06-02 10:00") == 550
    assert member.sell("o2", {"chair": 30030}, at="06-02 11:00") == 640
    assert member.give_back("o1", {"lamp"}, at="06-03 10:00").clawback_points == 250
    assert member.give_back("o2", {"chair"}, at="06-03 11:00").clawback_points == 640
    assert member.state == (700, 0, 700)


def test_what_the_balance_cannot_pay_is_debt_that_new_points_repay_first() -> None:
    member = Member()
    member.sell("o1", {"chair": 70000}, at="04-01 10:00")
    member.redeem("r1", 650, at="04-01 11:00")
    outcome = member.give_back("o1", {"chair"}, at="04-02 10:00")
    assert (outcome.refund_fen, outcome.withheld_fen, outcome.clawback_points) == (70000, 0, 700)
    assert member.state == (0, 650, 0)
    assert member.sell("o2", {"chair": 20090}, at="04-03 10:00") == 200
    assert member.state == (0, 450, 200)
    with pytest.raises(RuleError, match="debt"):
        member.redeem("r2", 10, at="04-03 11:00")
    assert member.sell("o3", {"chair": 6000}, at="04-03 12:00", offset="max") == 60
    assert member.orders["o3"].priced.offset.points == 0
    assert member.state == (0, 390, 260)
    assert member.sell("o4", {"chair": 50000}, at="04-04 10:00") == 500
    assert member.state == (110, 0, 760)
    assert sum(member.redeem("r3", 110, at="04-04 11:00").values()) == 110


def test_a_cancelled_redemption_repays_debt_first() -> None:
    member = Member()
    member.sell("o1", {"chair": 70000}, at="04-01 10:00")
    member.redeem("r1", 650, at="04-01 11:00")
    member.give_back("o1", {"chair"}, at="04-02 10:00")
    assert member.cancel("r1", at="04-03 10:00") == 650
    assert member.state == (0, 0, 0)


def test_restored_offset_points_repay_debt_before_anything_is_taken_back() -> None:
    member = Member(Account((lot("start", 1000),)), DEDUCTING)
    member.sell("b", {"table": 4000}, at="04-01 10:00", offset=1000)
    member.rules = LoyaltyRules()
    member.sell("a", {"chair": 50000}, at="04-01 11:00")
    member.redeem("r", 530, at="04-01 12:00")
    member.give_back("a", {"chair"}, at="04-02 10:00")
    assert member.state == (0, 500, 30)
    outcome = member.give_back("b", {"table"}, at="04-03 10:00")
    assert (outcome.restored_points, outcome.clawback_points, outcome.withheld_fen) == (1000, 30, 0)
    assert member.state == (470, 0, 0)


def test_a_shortfall_may_be_withheld_from_the_refund_instead() -> None:
    member = Member(rules=DEDUCTING)
    member.sell("p1", {"chair": 70000}, at="04-06 10:00")
    member.redeem("q1", 650, at="04-06 11:00")
    preview = member.preview_return("p1", {"chair"}, at="04-07 10:00")
    assert (preview.refund_fen, preview.withheld_fen, preview.clawback_points) == (69350, 650, 700)
    assert member.state == (50, 0, 700)
    assert member.give_back("p1", {"chair"}, at="04-07 10:05").withheld_fen == 650
    assert member.state == (0, 0, 0)


@pytest.mark.parametrize(("net_fen", "withheld_fen", "debt"), [(100, 100, 900), (0, 0, 1000)])
def test_never_more_than_the_refund_is_withheld(net_fen: int, withheld_fen: int, debt: int) -> None:
    beds = {"id": "beds", "kind": "category", "category": "bed", "fixed": 1000}
    member = Member(rules=parse_rules({"return_mode": "deduct_refund", "bonus": [beds]}))
    earned = member.sell("o", {"bed": net_fen, "lamp": 10000}, at="04-06 10:00")
    member.redeem("r", earned, at="04-06 11:00")
    outcome = member.give_back("o", {"bed"}, at="04-07 10:00")
    assert (outcome.refund_fen, outcome.withheld_fen) == (0, withheld_fen)
    assert member.account.debt == debt + net_fen // 100


def test_growth_falls_with_the_purchase_but_never_below_zero() -> None:
    member = Member(Account((lot("start", 300),), growth=40))
    member.sell("w1", {"chair": 9000}, at="04-08 10:00")
    member.adjust(0, -100, at="04-08 11:00")
    assert member.state == (390, 0, 30)
    assert member.give_back("w1", {"chair"}, at="04-09 10:00").clawback_points == 90
    assert member.state == (300, 0, 0)


def test_a_claw_back_never_takes_leased_points() -> None:
    member = Member()
    member.sell("o1", {"mat": 125553, "bed": 400000}, at="09-03 10:00")
    member.redeem("r2", 2166, at="09-04 12:00")
    member.lease(3000)
    outcome = member.give_back("o1", {"mat"}, at="09-04 15:00")
    assert outcome.clawback_points == 1255
    assert member.state == (3000, 1166, 4000)


def test_own_lots_pay_before_those_that_expire_sooner() -> None:
    member = Member(Account((lot("soon", 100, "2026-04-30"),)))
    member.sell("o", {"a": 10000}, at="04-01 10:00")
    member.give_back("o", {"a"}, at="04-02 10:00")
    assert {lot.id: lot.remaining for lot in member.account.lots if lot.id == "soon"} == {"soon": 100}


def test_a_grace_lot_still_belongs_to_the_order_that_earned_it() -> None:
    member = Member(Account((lot("soon", 100, "2026-05-10"),)), EXPIRING)
    member.sell("o", {"a": 10000}, at="04-01 10:00")
    member.redeem("r", 100, at="04-02 10:00")
    member.cancel("r", at="05-05 10:00")
    member.give_back("o", {"a"}, at="05-06 10:00")
    assert [lot.remaining for lot in member.account.lots] == [100, 0, 0]


@pytest.mark.parametrize(
    ("line_ids", "code"),
    [({"a"}, "returned"), ({"a", "b"}, "returned"), ({"c"}, "unknown"), (set(), "unknown")],
)
def test_what_cannot_be_returned_is_refused(line_ids: set[str], code: str) -> None:
    member = Member()
    member.sell("o", {"a": 100, "b": 100}, at="04-01 10:00")
    member.give_back("o", {"a"}, at="04-02 10:00")
    with pytest.raises(RuleError) as refusal:
        member.give_back("o", line_ids, at="04-02 10:01")
    assert refusal.value.code == code


def test_tier_discount_coupon_and_offset_come_apart_again() -> None:
    member = Member(Account((lot("start", 2000),), growth=1000))
    lines = {"sofa": 123450, "lamp": 9990, "service": 8000}
    silver = parse_rules({"tiers": [{"name": "S1", "from": 0, "discount_percent": "5"}]}).tiers[0]
    assert member.sell("o1", lines, at="06-01 10:00", coupon_fen=5000, offset="max", tier=silver) == 1197
    assert member.state == (1197, 0, 2197)
    outcome = member.give_back("o1", {"lamp", "service"}, at="06-02 10:00")
    assert (outcome.refund_fen, outcome.restored_points, outcome.clawback_points) == (16966, 150, 89)
    assert member.state == (1258, 0, 2108)


PRICES = st.lists(st.integers(100, 500_000), min_size=1, max_size=5)


@given(PRICES, st.integers(0, 20_000), st.integers(0, 300), st.sampled_from(ReturnMode), st.data())
def test_returning_everything_piece_by_piece_restores_balance_and_growth(
    prices: list[int], spent: int, redeemed: int, mode: ReturnMode, data: st.DataObject
) -> None:
    rules = LoyaltyRules(
        return_mode=mode,
        bonus=parse_rules(
            {"bonus": [{"id": "x", "kind": "threshold", "min_net": "90.00", "multiplier": "1.7"}]}
        ).bonus,
    )
    member = Member(Account((lot("a", 9_000, "2026-12-31"), lot("b", 11_000)), growth=7), rules)
    names = [f"line{position}" for position in range(len(prices))]
    member.sell("o", dict(zip(names, prices, strict=True)), at="04-01 10:00", offset=spent)
    redeemed = min(redeemed, member.account.balance)
    member.redeem("r", redeemed, at="04-02 10:00")
    outcomes = [member.give_back("o", {name}, at="04-03 10:00") for name in data.draw(st.permutations(names))]
    if member.redemptions["r"]:
        member.cancel("r", at="04-04 10:00")
    withheld_fen = sum(outcome.withheld_fen for outcome in outcomes)
    assert member.state == (20_000 + withheld_fen, 0, 7)
    assert sum(outcome.refund_fen for outcome in outcomes) + withheld_fen == member.orders["o"].priced.due_fen


def test_debt_paid_off_is_visible_in_the_ledger() -> None:
    member = Member()
    member.sell("o1", {"chair": 1000}, at="04-01 10:00")
    member.redeem("r1", 10, at="04-01 11:00")
    member.give_back("o1", {"chair"}, at="04-02 10:00")
    member.sell("o2", {"chair": 3000}, at="04-03 10:00")
    repaid = [
        (entry.points, entry.lot_id is None) for entry in member.entries if entry.kind == EntryKind.REPAY
    ]
    assert repaid == [(-10, False), (10, True)]
