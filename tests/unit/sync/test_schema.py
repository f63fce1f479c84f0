"""What tables declare about their sync, read back: scopes, masks, parents, and what is an identifier."""

import pytest
from sqlalchemy import JSON, Column, MetaData, String, Table

import shared_models.sales.tables  # noqa: F401 - the tables of the catalogue
import sync.conflict
import sync.handed_over
import sync.held  # noqa: F401 - (the same)
from shared_models.sales.tables import Lead
from shared_models.synced import Kind, Merge, Parent, Policy
from sync.columns import column_spec
from sync.schema import (
    TableSpec,
    catalogue,
    filled_in,
    followers,
    is_append_only,
    is_identifier,
    kinds_of,
    mask_kinds,
    model_of,
)


def spec_of(policy: Policy) -> TableSpec:
    columns = (
        Column("id", String, primary_key=True),
        Column("owner", String),
        Column("stores", JSON, info={"merge": Merge.SET}),
        Column("cost", String, info={"visible_to": "margins"}),
        Column("secret", String, info={"private": True}),
        Column("at", String, info={"merge": Merge.SERVER}),
        Column("lead_id", String, info={"references": "lead"}),
    )
    table = Table("thing", MetaData(), *columns)
    return TableSpec(table, policy, {each.name: column_spec(each) for each in table.columns})


def test_a_row_is_in_the_scopes_that_its_columns_name_and_in_one_for_each_member_of_a_set():
    spec = spec_of(Policy(Kind.RECORD, scopes=("staff:{owner}", "store:{stores}", "all:1")))
    assert spec.own_scopes({"owner": "a", "stores": ["x", "y"]}) == {"staff:a", "store:x", "store:y", "all:1"}
    assert spec.own_scopes({"owner": "", "stores": []}) == {"all:1"}
    assert spec.own_scopes({}) == {"all:1"}


def test_a_scope_of_two_columns_needs_both():
    spec = spec_of(Policy(Kind.RECORD, scopes=("pair:{owner}:{stores}",)))
    assert spec.own_scopes({"owner": "a", "stores": ["x", "y"]}) == {"pair:a:x", "pair:a:y"}
    assert spec.own_scopes({"owner": "a", "stores": None}) == frozenset()
    assert filled_in(("pair:{owner}:{at}", "b:{at}"), {"owner": "", "at": "1"}) == {"b:1"}


def test_readers_are_added_and_kinds_that_do_not_see_it_are_not_inherited():
    spec = spec_of(Policy(Kind.RECORD, readers=("staff:{owner}",), unseen_by=("member",)))
    assert spec.reader_scopes({"owner": "a"}) == {"staff:a"}
    assert spec.inherited({"member:1", "store:1"}) == {"store:1"}
    assert spec_of(Policy(Kind.RECORD)).inherited({"member:1"}) == {"member:1"}


def test_a_parent_is_of_the_declared_table_or_of_the_one_that_the_row_names():
    fixed = spec_of(Policy(Kind.RECORD, parent=Parent("lead_id", table="lead")))
    assert fixed.parent_of({"lead_id": "l"}) == ("lead", "l")
    assert fixed.parent_of({"lead_id": None}) is None
    named = spec_of(Policy(Kind.RECORD, parent=Parent("lead_id", table_column="at")))
    assert named.parent_of({"lead_id": "l", "at": "order"}) == ("order", "l")
    assert named.parent_of({"lead_id": "l", "at": ""}) is None
    assert spec_of(Policy(Kind.RECORD)).parent_of({"lead_id": "l"}) is None


def test_columns_are_told_apart_by_who_sees_and_who_sets_them():
    spec = spec_of(Policy(Kind.RECORD))
    assert "secret" not in spec.public
    assert spec.public == ("id", "owner", "stores", "cost", "at", "lead_id")
    assert spec.writable == frozenset(spec.public)
    assert spec.masked_from({"staff:1"}) == {"cost"}
    assert spec.masked_from({"margins:1", "staff:1"}) == frozenset()
    assert spec.references == (("lead_id", "lead"),)
    assert spec.set_by_hub == (("at", Merge.SERVER),)
    assert spec.contents == {}
    assert kinds_of({"store:3", "store:4", "a:b:c"}) == {"store", "a"}
    assert mask_kinds() >= {"company"}


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        ("a", True),
        ("a" * 40, True),
        ("a" * 41, False),
        ("", False),
        ("a\0", False),
        (1, False),
        (None, False),
    ],
)
def test_an_identifier_is_a_text_that_a_database_may_be_asked_for(value, is_one):
    assert is_identifier(value) is is_one


def test_the_most_useful_tables_come_first():
    ranks = [spec.policy.rank for spec in catalogue().values()]
    assert ranks == sorted(ranks)
    assert all(name == spec.name for name, spec in catalogue().items())
    about_people = ["lead", "followup", "conflict", "held_edit", "handed_over", "customer"]
    assert [name for name in catalogue() if name in about_people] == about_people


def test_rows_of_any_table_may_be_followed_by_those_that_name_it():
    found = {(spec.name, column) for spec, column in followers("lead")}
    assert {("followup", "lead_id"), ("conflict", "about_id"), ("held_edit", "about_id")} <= found
    assert ("followup", "lead_id") not in {(spec.name, column) for spec, column in followers("customer")}


def test_the_class_of_a_table_is_found_and_one_that_is_not_synced_is_not():
    assert model_of("lead") is Lead
    for name in ("sync_device", "nothing"):
        with pytest.raises(KeyError, match=name):
            model_of(name)


def test_facts_are_only_added():
    assert is_append_only(catalogue()["followup"])
    assert not is_append_only(catalogue()["lead"])
