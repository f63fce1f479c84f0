"""The mappings that ship with the product."""

import pytest

from server.importing.designers import SETTLED_FIELDS
from server.importing.mapping import detect, mapping_named, parse_mapping, shipped_mappings
from server.importing.refusals import FileRefusedError
from server.importing.rows import MODELS

SETTLED = {"designer": SETTLED_FIELDS}


def test_people_come_before_orders_and_leads_before_deals() -> None:
    names = [mapping.name for mapping in shipped_mappings()]
    assert names == [
        "superstore_people", "superstore_orders", "superstore_returns", "olist_leads", "olist_closed_deals", "designers",
        "opening_members",
    ]  # fmt: skip


@pytest.mark.parametrize("mapping", shipped_mappings(), ids=lambda mapping: mapping.name)
def test_a_mapping_names_only_columns_that_exist(mapping) -> None:
    assert set(mapping.row_key) | set(mapping.whole) <= set(mapping.columns)
    for rows in mapping.rows:
        assert set(rows.key) <= set(mapping.columns)
        assert set(rows.fields) <= set(MODELS[rows.table].model_fields) | SETTLED.get(rows.table, frozenset())
        assert rows.create_only <= set(rows.fields) | {"store_id"}
        for said in [*rows.fields.values(), *rows.words.values(), *([rows.by] if rows.by else [])]:
            named = {said["column"]} if "column" in said else set(said.get("columns", ()))
            assert named <= set(mapping.columns)
            assert "labels" not in said or said["labels"] in mapping.labels


@pytest.mark.parametrize("mapping", shipped_mappings(), ids=lambda mapping: mapping.name)
def test_a_file_is_recognised_by_its_columns_in_any_order(mapping) -> None:
    assert detect("x.csv", ("extra", *reversed(mapping.columns))) is mapping


def test_an_unknown_mapping_is_refused_with_the_known_ones() -> None:
    with pytest.raises(FileRefusedError, match="superstore_orders"):
        mapping_named("orders")


def test_a_mapping_for_a_table_that_cannot_be_imported_is_an_error() -> None:
    toml = (
        'title = {zh = "a", en = "b"}\nsource = "s"\nrank = 1\ncolumns = ["a"]\nrow_key = ["a"]\n'
        '[[rows]]\ntable = "auth_credential"\nkey = ["a"]\n[rows.fields]\n'
    )
    with pytest.raises(ValueError, match="auth_credential"):
        parse_mapping("x", toml)
