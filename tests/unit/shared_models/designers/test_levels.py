"""A designer moves one level at most, and only strictly above or below the band of their own level (R9)."""

from decimal import Decimal

import pytest

from shared_models.designers.levels import DEFAULT_LEVEL_RULES, LevelRules, parse_level_rules
from shared_models.errors import RuleError
from shared_models.money import parse_yuan

DOCUMENT = {
    "levels": [
        {"name": "L1", "lower": None, "upper": "200000.00", "rate_percent": "2"},
        {"name": "L2", "lower": "100000.00", "upper": "500000.00", "rate_percent": "4"},
        {"name": "L3", "lower": "500000.00", "upper": None, "rate_percent": "6.5"},
    ],
    "return_window_days": 10,
    "protect_joining_year": True,
    "review_after_days": 3,
}
RULES = parse_level_rules(DOCUMENT)
WITH_A_GAP = parse_level_rules(
    {
        "levels": [
            {"name": "low", "lower": "10.00", "upper": "100.00", "rate_percent": "1"},
            {"name": "high", "lower": "200.00", "upper": "300.00", "rate_percent": "2"},
        ]
    }
)


@pytest.mark.parametrize(
    ("level", "performance", "expected"),
    [
        ("L1", "200000.00", "L1"),
        ("L1", "200000.01", "L2"),
        ("L1", "930000.00", "L2"),  # the band of L3, and still one step
        ("L1", "-0.01", "L1"),
        ("L2", "100000.00", "L2"),
        ("L2", "99999.99", "L1"),
        ("L2", "500000.00", "L2"),
        ("L2", "500000.01", "L3"),
        ("L3", "499999.99", "L2"),
        ("L3", "500000.00", "L3"),
        ("L3", "0.00", "L2"),
        ("L3", "99000000.00", "L3"),
    ],
)
def test_the_review_moves_one_step_and_only_strictly_beyond_a_bound(level, performance, expected):
    assert RULES.review(level, parse_yuan(performance), is_joining_year=False).name == expected


@pytest.mark.parametrize(
    ("level", "performance", "expected"), [("low", "0.00", "low"), ("high", "999.00", "high")]
)
def test_nobody_leaves_the_scale_at_either_end(level, performance, expected):
    assert WITH_A_GAP.review(level, parse_yuan(performance), is_joining_year=False).name == expected


def test_the_year_of_joining_is_protected_from_moving_down_but_not_from_moving_up():
    assert RULES.review("L2", 0, is_joining_year=True).name == "L2"
    assert RULES.review("L2", parse_yuan("500000.01"), is_joining_year=True).name == "L3"


def test_without_protection_the_year_of_joining_counts_like_any_other():
    rules = LevelRules(RULES.levels, protect_joining_year=False)
    assert rules.review("L2", 0, is_joining_year=True).name == "L1"


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        ("0.00", "L1"),
        ("150000.00", "L1"),
        ("200000.00", "L1"),
        ("200000.01", "L2"),
        ("500000.00", "L2"),
        ("500000.01", "L3"),
    ],
)
def test_the_first_placement_is_the_lowest_band_that_contains_the_total(total, expected):
    assert RULES.first_placement(parse_yuan(total)).name == expected


@pytest.mark.parametrize(
    ("total", "expected"),
    [("5.00", "low"), ("100.00", "low"), ("150.00", "low"), ("200.00", "high"), ("400.00", "high")],
)
def test_a_total_outside_of_every_band_is_placed_at_the_level_below_it(total, expected):
    assert WITH_A_GAP.first_placement(parse_yuan(total)).name == expected


@pytest.mark.parametrize(
    ("level", "performance", "missing"),
    [
        ("L1", "150000.00", "50000.01"),
        ("L1", "200000.01", "0.00"),
        ("L2", "-20.00", "500020.01"),
        ("L3", "0.00", None),
    ],
)
def test_what_is_missing_to_the_next_level_is_what_the_review_would_ask_for(level, performance, missing):
    expected = None if missing is None else parse_yuan(missing)
    assert RULES.to_next_level_fen(level, parse_yuan(performance)) == expected


def test_reaching_what_is_missing_moves_up_and_a_fen_less_does_not():
    performance = parse_yuan("123456.78")
    missing = RULES.to_next_level_fen("L1", performance)
    assert RULES.review("L1", performance + missing, is_joining_year=False).name == "L2"
    assert RULES.review("L1", performance + missing - 1, is_joining_year=False).name == "L1"


def test_a_level_without_an_upper_bound_has_no_next_one_to_reach():
    rules = parse_level_rules(
        {"levels": [{"name": "a", "rate_percent": "1"}, {"name": "b", "rate_percent": "2"}]}
    )
    assert rules.to_next_level_fen("a", 10**12) is None
    assert rules.review("a", 10**12, is_joining_year=False).name == "a"


def test_a_document_is_read_to_the_letter():
    assert [level.name for level in RULES.levels] == ["L1", "L2", "L3"]
    assert RULES.levels[0].lower_fen is None
    assert RULES.levels[1].upper_fen == 50_000_000
    assert RULES.level("L3").rate_percent == Decimal("6.5")
    assert (RULES.return_window_days, RULES.protect_joining_year, RULES.review_after_days) == (10, True, 3)


def test_an_empty_document_is_what_ships():
    assert parse_level_rules({}) == DEFAULT_LEVEL_RULES


def test_a_level_that_the_version_does_not_have_is_refused():
    with pytest.raises(RuleError) as refused:
        RULES.level("L9")
    assert (refused.value.code, refused.value.details) == ("level", {"level": "L9"})


@pytest.mark.parametrize(
    ("document", "key"),
    [
        ({"levels": []}, "levels"),
        ({"levels": [{"name": "a"}, {"name": "a"}]}, "levels"),
        ({"levels": [{"name": "a", "lower": "2.00", "upper": "1.99"}]}, "levels.0.upper"),
        ({"levels": [{"name": "a", "lower": "-1.00"}]}, "levels.0.lower"),
        ({"levels": [{"name": "a", "rate_percent": "101"}]}, "levels.0.rate_percent"),
        ({"levels": [{"name": "a", "colour": "red"}]}, "levels.0.colour"),
        ({"protect_joining_year": "yes"}, "protect_joining_year"),
        ({"return_window_days": -1}, "return_window_days"),
        ({"window": 1}, "window"),
    ],
)
def test_what_a_document_gets_wrong_is_named(document, key):
    with pytest.raises(RuleError) as refused:
        parse_level_rules(document)
    assert (refused.value.code, refused.value.details) == ("scheme", {"key": key})


def test_bounds_that_meet_are_a_band_of_one_amount():
    rules = parse_level_rules({"levels": [{"name": "a", "lower": "2.00", "upper": "2.00"}]})
    assert rules.levels[0].contains(200)


def test_the_next_level_is_the_one_above_and_the_top_has_none():
    assert RULES.next_level("L1") == RULES.level("L2")
    assert RULES.next_level("L3") is None


def test_the_levels_that_ship_are_those_of_the_programme():
    bands = [(each.name, each.lower_fen, each.upper_fen, each.rate_percent) for each in LevelRules().levels]
    assert bands == [
        ("L1", None, parse_yuan("300000.00"), Decimal(3)),
        ("L2", parse_yuan("200000.00"), parse_yuan("800000.00"), Decimal(5)),
        ("L3", parse_yuan("600000.00"), None, Decimal(7)),
    ]
    rules = LevelRules()
    assert (rules.return_window_days, rules.review_after_days, rules.protect_joining_year) == (7, 10, False)


def test_a_level_that_names_no_rate_pays_no_commission():
    rules = parse_level_rules({"levels": [{"name": "L1"}]})
    assert [(each.rate_percent, each.lower_fen, each.upper_fen) for each in rules.levels] == [(0, None, None)]
