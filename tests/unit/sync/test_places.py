"""Where in a row a value stands: a column, or a key of a column whose keys merge on their own (R13)."""

from types import SimpleNamespace

import pytest

import shared_models.sales.tables  # noqa: F401 - the tables of the catalogue
from sync.places import Place, edited
from sync.schema import catalogue

COLUMN, KEY = Place("region"), Place("attributes", "colour")
ROW = {"region": "南山", "attributes": {"colour": "white", "size": "L"}}


@pytest.mark.parametrize("place", [COLUMN, KEY])
def test_a_place_is_found_again_by_what_people_call_it(place):
    assert Place.named(place.name, place.within) == place


def test_a_key_is_called_by_its_own_name_and_stamped_under_its_columns():
    assert (COLUMN.name, COLUMN.within, COLUMN.stamp_key) == ("region", "", "region")
    assert (KEY.name, KEY.within, KEY.stamp_key) == ("colour", "attributes", "attributes.colour")


def test_what_stands_at_a_place_is_read_and_a_missing_one_reads_as_nothing():
    assert (COLUMN.read(ROW), KEY.read(ROW)) == ("南山", "white")
    for row in ({}, {"attributes": None}, {"attributes": {}}):
        assert (COLUMN.read(row), KEY.read(row)) == (None, None)
    assert KEY.read_from(SimpleNamespace(**ROW)) == "white"


def test_a_value_is_put_beside_the_other_keys_and_nothing_takes_a_key_away():
    assert COLUMN.column_value(ROW, None) is None
    assert KEY.column_value(ROW, "red") == {"colour": "red", "size": "L"}
    assert KEY.column_value(ROW, None) == {"size": "L"}
    assert KEY.column_value({"attributes": None}, "red") == {"colour": "red"}
    record = SimpleNamespace(**ROW)
    KEY.write_to(record, "red")
    assert record.attributes == {"colour": "red", "size": "L"}
    assert ROW["attributes"]["colour"] == "white"


def test_an_edit_is_of_the_places_that_hold_another_value_than_its_author_saw():
    spec = catalogue()["lead"]
    fields = {"region": "宝安", "name": "陈玉", "attributes": {"colour": "red", "size": "L", "legs": "4"}}
    seen = {"region": "", "name": "陈玉", "attributes": {"colour": "white", "size": "L", "wood": "oak"}}
    places = [Place("region"), *(Place("attributes", key) for key in ("colour", "legs", "wood"))]
    assert edited(spec, fields, seen) == places
    assert edited(spec, {"attributes": {"colour": "red"}}, {}) == [Place("attributes", "colour")]
    assert edited(spec, {"attributes": None}, {"attributes": {"colour": "red"}}) == [
        Place("attributes", "colour")
    ]
