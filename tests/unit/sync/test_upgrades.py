"""Units and pages of other versions of the tables, at a hub that knows this one (S8)."""

import pytest

import shared_models.sales.tables  # noqa: F401 - the tables of the catalogue
from shared_models import versions
from shared_models.versions import Release, Renamed
from sync.hub import upgrades
from sync.wire import Change, Rows, Unit


def unit(schema: int, *changes: Change) -> Unit:
    return Unit("u", "edit", 7, list(changes), schema)


@pytest.fixture
def renamed(monkeypatch):
    """A hub of the third version, in which the name of a lead was called `title` until the second."""
    monkeypatch.setattr(versions, "RELEASE", Release(3, renamed=(Renamed(3, "lead", "title", "name"),)))


@pytest.mark.usefixtures("renamed")
def test_an_older_unit_is_read_under_the_present_names_and_is_otherwise_what_it_was():
    old = unit(
        2,
        Change("lead", "l", "put", {"title": "y", "phone": "1"}, {"title": "x"}),
        Change("lead", "m", "del"),
    )
    assert upgrades.upcast(old) == unit(
        2, Change("lead", "l", "put", {"name": "y", "phone": "1"}, {"name": "x"}), Change("lead", "m", "del")
    )


@pytest.mark.usefixtures("renamed")
@pytest.mark.parametrize("schema", [3, 4])
def test_a_unit_of_this_version_or_a_newer_one_is_taken_as_it_is(schema):
    sent = unit(schema, Change("lead", "l", "put", {"title": "y"}))
    assert upgrades.upcast(sent) is sent


@pytest.mark.usefixtures("renamed")
@pytest.mark.parametrize(("schema", "column"), [(2, "title"), (3, "name"), (4, "name")])
def test_a_page_is_handed_out_under_the_names_that_the_app_knows(schema, column):
    page = Rows("lead", ["id", "name"], [["l", "x"]])
    assert upgrades.rows_for([page], schema) == [Rows("lead", ["id", column], [["l", "x"]])]


def test_where_nothing_was_ever_renamed_an_older_unit_is_taken_as_it_is():
    sent = unit(1, Change("lead", "l", "put", {"name": "y"}))
    assert upgrades.upcast(sent) is sent


def test_what_of_a_newer_unit_has_no_place_yet_is_named_in_its_answer():
    newer = versions.RELEASE.schema + 1
    said = upgrades.applied(
        unit(
            newer,
            Change("lead", "l", "put", {"warmth": 1, "name": "x", "arrival": 2}),
            Change("customer", "c", "put", {"warmth": 1}),
            Change("lead", "m", "put", {"warmth": 2}),
        )
    )
    assert (said.id, said.outcome, said.code) == ("u", "applied", "unknown_columns")
    assert said.details == {"columns": ["customer.warmth", "lead.arrival", "lead.warmth"]}


@pytest.mark.parametrize(
    ("newer_by", "fields"), [(0, {"name": "x", "warmth": 1}), (-1, {"warmth": 1}), (1, {"name": "x"})]
)
def test_of_a_unit_that_this_version_understands_nothing_has_to_wait(newer_by, fields):
    said = upgrades.applied(unit(versions.RELEASE.schema + newer_by, Change("lead", "l", "put", fields)))
    assert (said.id, said.outcome, said.code, said.details) == ("u", "applied", "", {})
