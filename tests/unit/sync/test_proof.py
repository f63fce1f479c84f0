"""Sums that two copies have in common exactly when they hold the same rows."""

from sync.proof import Sum, Tally, compare


def sums(*rows, scopes=("store:1",)):
    tally = Tally()
    for table, *values in rows:
        tally.add(table, scopes, values)
    return tally.sums()


def test_the_order_of_the_rows_does_not_matter():
    rows = [("lead", "a", 1), ("lead", "b", 2), ("order", "c", None)]
    assert sums(*rows) == sums(*reversed(rows))


def test_the_sums_are_those_that_other_devices_reckon():
    """By this very text: every released app reckons so."""
    found = sums(("lead", "a", {"b": 1, "a": "长"}), ("lead", "b", None))
    assert found == {"store:1": {"lead": Sum(2, "5f08017dcf8b6212e2558479bb89d184")}}


def test_one_value_a_row_twice_or_another_table_make_another_sum():
    [here] = sums(("lead", "a", 1))["store:1"].values()
    others = [
        sums(("lead", "a", 2)),
        sums(("lead", "a", 1), ("lead", "a", 1)),
        sums(("order", "a", 1)),
        sums(("lead", 1, "a")),
    ]
    assert here not in [each for found in others for each in found["store:1"].values()]


def test_a_row_counts_in_each_of_its_scopes_and_in_no_other():
    found = sums(("lead", "a", 1), scopes=("store:1", "staff:2"))
    assert found.keys() == {"store:1", "staff:2"}
    assert found["store:1"] == found["staff:2"]
    assert sums(("lead", "a", 1), scopes=()) == {}


def test_the_scopes_that_differ_come_first_with_their_tables_and_counts():
    here = {"a": {"lead": Sum(2, "x")}, "b": {"lead": Sum(1, "x"), "order": Sum(1, "y")}}
    there = {"a": {"lead": Sum(2, "x")}, "b": {"lead": Sum(1, "z"), "photo": Sum(3, "w")}}
    equal, unequal = compare(here, there, {"a", "b"})[::-1]
    assert (equal.scope, equal.here, equal.there, equal.unequal) == ("a", 2, 2, ())
    assert (unequal.scope, unequal.here, unequal.there) == ("b", 2, 4)
    assert unequal.unequal == ("lead", "order", "photo")
    assert [each.scope for each in compare({}, {}, {"b", "a"})] == ["a", "b"]
