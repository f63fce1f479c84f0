"""Changes of one table in one go: which belong together, whether they fit, and what the hub makes of new rows."""

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table

from shared_models.sales.promise import first_due_ms
from shared_models.sales.tables import FollowUp, Lead
from shared_models.synced import Kind, Policy
from sync.columns import column_spec
from sync.hub.alike import Alike, grouped
from sync.schema import TableSpec, catalogue
from sync.wire import Change, Unit

AT_MS = 1_780_000_000_000
NEW = {"company_id": "acme", "store_id": "north", "owner_id": "amy", "name": "陈玉兰"}


def unit(*changes: Change) -> Unit:
    return Unit("u", "new", AT_MS, list(changes))


def put(row: str, table: str = "lead", seen: dict | None = None, **fields) -> Change:
    return Change(table, row, "put", fields, seen or {})


def new_leads(*changes: Change, at_ms: tuple[int, ...] = ()) -> Alike:
    return Alike(catalogue()["lead"], changes, at_ms or (AT_MS,) * len(changes), is_insert=True)


def test_changes_belong_together_that_give_the_same_columns_of_one_table_and_all_are_new_or_none():
    first, second = put("a", name="x"), put("b", name="y")
    other_columns, other_table = put("c", name="x", phone="1"), put("d", "customer", name="x")
    edit, deletion, empty = put("e", seen={"name": "x"}, name="z"), Change("lead", "f", "del"), put("g")
    units = [(unit(first, other_columns), 1), (unit(second, other_table, edit, deletion, empty), 2)]
    found = [
        (each.spec.name, list(each.changes), list(each.at_ms), each.is_insert) for each in grouped(units)
    ]
    assert found == [
        ("lead", [first, second], [1, 2], True),
        ("lead", [other_columns], [1], True),
        ("customer", [other_table], [2], True),
        ("lead", [edit], [2], False),
        ("lead", [deletion, empty], [2, 2], False),
    ]


def test_a_deletion_that_carries_values_makes_no_row():
    (group,) = grouped([(unit(Change("lead", "a", "del", {"name": "x"})), 1)])
    assert not group.is_insert


def test_changes_of_a_table_that_nobody_knows_are_in_no_group():
    assert grouped([(unit(put("a", "nothing", name="x")), 1)]) == []


@pytest.mark.parametrize(
    ("changes", "fit"),
    [
        ([put("a", **NEW), put("b", **NEW)], True),
        ([put("a", id="a", **NEW), put("b", id="b", **NEW)], True),
        ([put("a", id="a", **NEW), put("b", id="a", **NEW)], False),
        ([put("a", **NEW, budget_fen=1), put("b", **NEW, budget_fen=None)], True),
        ([put("a", **NEW, budget_fen=1), put("b", **NEW, budget_fen="much")], False),
        ([put("a", **NEW, of_a_newer_app={"any": "thing"})], True),
    ],
)
def test_changes_fit_when_each_row_is_called_by_its_name_and_every_known_value_suits_its_column(changes, fit):
    assert new_leads(*changes).fits is fit


def test_what_somebody_says_of_a_private_column_is_not_judged():
    table = Table(
        "thing",
        MetaData(),
        Column("id", String, primary_key=True),
        Column("secret", Integer, info={"private": True}),
    )
    spec = TableSpec(table, Policy(Kind.RECORD), {each.name: column_spec(each) for each in table.columns})
    assert Alike(spec, [put("a", "thing", secret="no number")], [AT_MS], is_insert=True).fits


def test_a_new_row_has_what_its_author_said_and_what_the_hub_sets_and_is_empty_otherwise():
    changes = [
        put("a", **NEW, next_due_at_ms=5, inquired_at_ms=5),
        put("b", **NEW, next_due_at_ms=5, inquired_at_ms=5),
    ]
    made = new_leads(*changes, at_ms=(AT_MS, AT_MS + 1)).completed("tablet", "amy")
    first, second = made.row(0), made.row(1)
    assert list(first) == list(catalogue()["lead"].columns)
    assert {name: first[name] for name in NEW} == NEW
    assert (first["id"], second["id"]) == ("a", "b")
    assert (first["inquired_at_ms"], second["inquired_at_ms"]) == (AT_MS, AT_MS + 1)
    assert (first["next_due_at_ms"], second["next_due_at_ms"]) == (
        first_due_ms(AT_MS),
        first_due_ms(AT_MS + 1),
    )
    assert (first["customer_id"], first["styles"], first["notes"], first["attributes"]) == (None, [], "", {})
    assert made.stamps == [{"": [AT_MS, 0, "tablet", "amy"]}, {"": [AT_MS + 1, 0, "tablet", "amy"]}]
    # Each row's free fields are its own.
    assert first["attributes"] is not second["attributes"]


def test_the_columns_in_which_the_hub_set_something_else_are_named_and_no_others():
    whole = Lead(id="a", inquired_at_ms=AT_MS, next_due_at_ms=first_due_ms(AT_MS), **NEW).model_dump()
    assert new_leads(put("a", **whole)).completed("tablet", "amy").filled == ()
    wrong = whole | {"inquired_at_ms": AT_MS + 1}
    assert new_leads(put("a", **wrong)).completed("tablet", "amy").filled == ("inquired_at_ms",)
    del wrong["notes"]
    said = new_leads(put("a", **wrong)).completed("tablet", "amy").filled
    assert sorted(said) == ["inquired_at_ms", "notes"]


def test_a_log_is_of_whoever_sent_it_whatever_it_says():
    log = FollowUp(id="f", company_id="acme", lead_id="l", staff_id="bob", occurred_at_ms=1).model_dump()
    group = Alike(catalogue()["followup"], [put("f", "followup", **log)], [AT_MS], is_insert=True)
    row = group.completed("tablet", "amy").row(0)
    assert (row["staff_id"], row["occurred_at_ms"]) == ("amy", AT_MS)
