"""What people type into the forms of the back office, as the values it stands for."""

import pytest

from mobile.screens.designers.forms import styles_of
from mobile.screens.figures.campaign import counted
from mobile.screens.office.typed import fen, moment_of, optional_day, optional_whole, whole
from mobile.state.figures import Days, days_of
from shared_models.errors import RuleError
from shared_models.moments import parse_moment


@pytest.mark.parametrize(("typed", "number"), [("", 0), (None, 0), (" 12 ", 12), ("1,200", 1_200)])
def test_whole_numbers_are_read_as_people_type_them(typed: object, number: int):
    assert whole(typed) == number


@pytest.mark.parametrize("typed", ["-1", "1.5", "十", "a"])
def test_what_is_no_whole_number_is_refused_with_what_was_typed(typed: str):
    with pytest.raises(RuleError) as refused:
        whole(typed)
    assert (refused.value.code, refused.value.details) == ("number", {"text": typed})


def test_nothing_typed_is_no_limit_no_day_and_no_money():
    assert (optional_whole(" "), optional_whole("3"), optional_day(""), fen(" "), fen("12.5")) == (
        None, 3, None, 0, 1_250,
    )  # fmt: skip


@pytest.mark.parametrize("read", [lambda: optional_day("1.5."), lambda: moment_of("2026-05-01", "noon")])
def test_a_day_or_time_that_cannot_be_read_is_refused(read):
    with pytest.raises(RuleError, match="date"):
        read()


def test_a_moment_is_a_day_and_a_time_on_the_business_s_clock():
    assert moment_of(" 2026-05-01 ", "14:30") == parse_moment("2026-05-01T14:30:00+08:00")
    assert moment_of("2026-05-01", "") == parse_moment("2026-05-01T00:00:00+08:00")


def test_styles_are_parted_by_whatever_comma_and_stand_once():
    assert styles_of("北欧、侘寂, 北欧；轻奢\n") == ("侘寂", "北欧", "轻奢")


@pytest.mark.parametrize(
    ("which", "days"),
    [
        ("month", Days("2026-03-01", "2026-03-15")),
        ("last_month", Days("2026-02-01", "2026-02-28")),
        ("year", Days("2026-01-01", "2026-03-15")),
    ],
)
def test_a_period_ends_today_or_with_last_month(which: str, days: Days):
    assert days_of(which, parse_moment("2026-03-15T12:00:00+08:00")) == days


def test_a_campaigns_orders_are_told_and_only_the_rest_is_typed():
    typed = {
        "sent": "400",
        "bounced": "20",
        "opened": "95",
        "clicked": "38",
        "joined": "120",
        "cost": "18500",
    }
    sales = {
        "orders": 20,
        "bought": 19,
        "returned_everything": 3,
        "sales_fen": 15_200_000,
        "returns_fen": 2_100_000,
    }
    assert counted(typed, sales) == {
        "sent": 400, "bounced": 20, "opened": 95, "clicked": 38, "joined": 120, "cost_fen": 1_850_000,
        "bought": 19, "returned_everything": 3, "sales_fen": 15_200_000, "returns_fen": 2_100_000,
    }  # fmt: skip
    by_hand = typed | {"bought": "2", "returned_everything": "1", "sales": "10", "returns": "5"}
    assert counted(by_hand, None)["sales_fen"] == 1_000
