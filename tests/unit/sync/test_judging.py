"""May this caller make this change? Each question about one change of a unit, by itself (R13)."""

import pytest

import shared_models.people.tables
import shared_models.sales.tables  # noqa: F401 - the tables of the catalogue
import sync.held  # noqa: F401 - (the same)
from shared_models.errors import RuleError
from shared_models.sales.tables import LeadStage
from sync.hub import judging
from sync.hub.judging import HeldForApproval
from sync.hub.recorder import SERVER
from sync.hub.workspace import Held
from sync.places import Place
from sync.schema import catalogue
from sync.wire import Change

MINE, OURS, THEIRS = frozenset({"staff:amy"}), frozenset({"store:north"}), frozenset({"staff:bob"})
LEAD = {
    "id": "l",
    "company_id": "acme",
    "store_id": "north",
    "owner_id": "amy",
    "name": "陈玉兰",
    "attributes": {},
}


def put(table: str = "lead", seen: dict | None = None, **fields) -> Change:
    return Change(table, "l", "put", fields, seen or {})


def refusal(question, *given, **named) -> tuple[str, dict]:
    with pytest.raises(RuleError) as refused:
        question(*given, **named)
    return refused.value.code, dict(refused.value.details)


@pytest.mark.parametrize(
    ("change", "code", "details"),
    [
        (put("nothing"), "unknown_table", {"table": "nothing"}),
        (put("store", name="x"), "read_only_table", {"table": "store"}),
        (Change("store", "l", "del"), "read_only_table", {"table": "store"}),
        (Change("customer", "l", "del"), "not_deletable", {"table": "customer"}),
        (put(name=5), "bad_value", {"table": "lead", "field": "name"}),
        (put(seen={"name": 5}, name="x"), "bad_value", {"table": "lead", "field": "name"}),
        (put(id="m"), "bad_value", {"table": "lead", "field": "id"}),
    ],
)
def test_a_change_that_no_device_may_make_is_refused_by_name(change, code, details):
    assert refusal(judging.spec_for, change) == (code, details)


@pytest.mark.parametrize(
    "change",
    [
        put(name="x"),
        put(id="l", name="x"),
        put(seen={"name": None}, name="x"),
        put(of_a_newer_app=object()),
        Change("lead", "l", "del"),
        Change("lead", "l", "del", {"id": "m"}),
    ],
)
def test_a_change_in_order_is_of_its_table(change):
    assert judging.spec_for(change) is catalogue()["lead"]


def test_values_that_are_known_to_fit_are_not_judged_again_but_the_rest_is():
    assert judging.spec_for(put(name=5), fits=True).name == "lead"
    assert refusal(judging.spec_for, put(id="m"), fits=True)[0] == "bad_value"
    assert refusal(judging.spec_for, put("store"), fits=True)[0] == "read_only_table"


def test_columns_that_this_version_does_not_know_are_left_out_and_no_others():
    lead = catalogue()["lead"]
    assert judging.writable(lead, {"name": "x", "later": 1}) == {"name": "x"}
    assert judging.writable(lead, {"name": "x", "id": "l"}) == {"name": "x", "id": "l"}


@pytest.mark.parametrize("stamps", [{"name": [1, 0, "B", "bob"]}, {"": [1, 0, "B", "bob"]}])
def test_a_row_with_a_value_that_its_author_never_saw_is_not_deleted(stamps):
    lead = catalogue()["lead"]
    held = Held(LEAD, MINE, stamps)
    assert refusal(judging.check_seen_whole, lead, held, {"name": "as it was"}) == (
        "changed_row",
        {"table": "lead", "field": "name"},
    )
    judging.check_seen_whole(lead, held, {"name": LEAD["name"]})
    judging.check_seen_whole(lead, held, {})
    judging.check_seen_whole(lead, held, {"later": "unknown"})


def test_what_the_server_derived_meanwhile_keeps_no_row_from_being_deleted():
    lead = catalogue()["lead"]
    row = LEAD | {"next_due_at_ms": 7, "phone": "138"}
    seen = {"next_due_at_ms": 5, "phone": ""}
    by_server = Held(row, MINE, {"": [1, 0, "A", "amy"], "phone": [2, 0, SERVER, SERVER]})
    judging.check_seen_whole(lead, by_server, seen)
    by_bob = Held(row, MINE, {"": [1, 0, "A", "amy"], "next_due_at_ms": [2, 0, "B", "bob"]})
    judging.check_seen_whole(lead, by_bob, {"next_due_at_ms": 5})
    # Of the office, which is a person, though the server stamps it.
    by_office = Held(row, MINE, {"phone": [2, 0, SERVER, "office"]})
    assert refusal(judging.check_seen_whole, lead, by_office, seen)[0] == "changed_row"


def test_a_row_of_another_company_is_nobodys_here():
    judging.check_company(LEAD, "acme")
    assert refusal(judging.check_company, LEAD, "rival") == ("not_yours", {})


def test_who_shares_a_scope_with_a_row_may_write_it_and_who_only_reads_it_is_told_whose_it_is():
    judging.check_scope(MINE | OURS, MINE, OURS, {}, 0)
    assert refusal(judging.check_scope, THEIRS, OURS, OURS, {}, 0) == ("not_owner", {})
    assert refusal(judging.check_scope, THEIRS, OURS, MINE, {}, 0) == ("not_yours", {})


def test_who_lost_a_row_may_write_it_as_of_the_very_moment_when_they_lost_it_and_not_after():
    left = {"staff:amy": 5, "store:north": 9}
    judging.check_scope(THEIRS, THEIRS, MINE, left, 9)
    with pytest.raises(HeldForApproval):
        judging.check_scope(THEIRS, THEIRS, MINE, left, 10)
    judging.check_scope(MINE, MINE, MINE, left, 10)


def test_a_column_that_a_manager_decides_about_is_changed_by_nobody_else():
    lead = catalogue()["lead"]
    give_away = put(seen={"owner_id": "amy"}, owner_id="bob")
    assert refusal(judging.check_columns, lead, LEAD, give_away, MINE) == (
        "not_your_field",
        {"table": "lead", "field": "owner_id"},
    )
    judging.check_columns(lead, LEAD, give_away, MINE | {"manager:north"})
    assert refusal(judging.check_columns, lead, LEAD, give_away, {"manager:south"})[0] == "not_your_field"
    judging.check_columns(lead, LEAD, put(seen={"owner_id": "amy"}, owner_id="amy", name="x"), MINE)
    judging.check_columns(lead, LEAD, put(later=1), MINE)


def test_of_a_late_edit_somebody_decides_about_what_changed_and_does_not_follow_from_something_else():
    lead = catalogue()["lead"]
    edit = put(
        seen={"name": "x", "name_key": "x", "phone": "1", "attributes": {"a": 1}, "next_due_at_ms": 1},
        name="y",
        name_key="y",
        phone="1",
        attributes={"a": 1, "b": 2},
        next_due_at_ms=2,
        stage=LeadStage.CONTACTED,
        later=1,
    )
    alone = judging.places_to_hold(lead, edit, set())
    assert sorted(alone) == [Place("attributes", "b"), Place("name"), Place("stage")]
    with_log = judging.places_to_hold(lead, edit, {"followup"})
    assert sorted(with_log) == [Place("attributes", "b"), Place("name")]
    only_key = judging.places_to_hold(lead, put(seen={"name_key": "x"}, name_key="y"), set())
    assert only_key == [Place("name_key")]


def test_a_late_deletion_waits_for_nobody():
    lead = catalogue()["lead"]
    assert refusal(judging.places_to_hold, lead, Change("lead", "l", "del"), set()) == (
        "lost_row",
        {"table": "lead"},
    )
