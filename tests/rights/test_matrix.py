"""Every table × every role × own, same store, other store, other company × every way in (S5).

A synced table without a line in the oracle fails, so nobody can add one without saying who may see it.
"""

import pytest
from sqlmodel import Session

from shared_models.synced import Merge
from sync import wire
from sync.hub.errors import ForbiddenScope
from sync.hub.tables import SyncRowState
from sync.schema import SET_BY_HUB, TableSpec, catalogue, model_of
from tests.rights import oracle
from tests.rights.showrooms import Showrooms

TABLES = sorted(oracle.SEES)
OUT_OF_SCOPE = {"not_yours", "not_owner", "read_only_table", "append_only", "not_deletable", "missing_row"}


@pytest.fixture(scope="module")
def showrooms() -> Showrooms:
    return Showrooms()


def test_every_synced_table_has_a_line_in_the_oracle(showrooms):
    assert set(catalogue()) == set(oracle.SEES)
    writing = {name for name, spec in catalogue().items() if spec.policy.device_writes}
    assert writing == set(oracle.SEES) - oracle.READ_ONLY
    masked = {name: set(spec.masks) for name, spec in catalogue().items() if spec.masks}
    assert masked == {name: {column} for name, column in oracle.COSTS.items()} | oracle.NOTES


@pytest.mark.parametrize("person", oracle.PEOPLE)
def test_a_device_is_handed_exactly_what_its_user_may_see(showrooms, person):
    copy = showrooms.pull(person)
    for table, spec in catalogue().items():
        for place in showrooms.places():
            row_id = showrooms.row(spec, place)["id"]
            expected = oracle.sees(person, table, _seen_from(person, place))
            assert (row_id in copy[table]) == expected, (person, table, place)


@pytest.mark.parametrize("person", oracle.PEOPLE)
def test_what_articles_cost_is_handed_to_managers_alone(showrooms, person):
    copy = showrooms.pull(person)
    for table, column in oracle.COSTS.items():
        costs = {row[column] for row_id, row in copy[table].items() if row_id.startswith(f"{table}:")}
        assert costs <= ({400} if oracle.sees_costs(person) else {None}), (person, table)


@pytest.mark.parametrize("person", oracle.PEOPLE)
def test_what_colleagues_note_about_a_customer_never_reaches_the_customer(showrooms, person):
    copy = showrooms.pull(person)
    for table, columns in oracle.NOTES.items():
        for row_id, row in copy[table].items():
            if row_id == "mia" or row_id.startswith(f"{table}:"):
                told = {name for name in columns if row[name]}
                assert told == (columns if oracle.sees_notes(person) else set()), (person, table, row_id)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("person", oracle.PEOPLE)
def test_a_row_is_changed_only_by_who_may(showrooms, person, table):
    spec = catalogue()[table]
    column = _editable(spec)
    for place in showrooms.places():
        row = showrooms.row(spec, place)
        before = getattr(showrooms.get(model_of(table), row["id"]), column)
        value = _other(spec, column, before)
        change = wire.Change(table, row["id"], "put", {column: value}, {column: before})
        result = showrooms.send(person, f"e{person}{table}{place}", change)
        after = getattr(showrooms.get(model_of(table), row["id"]), column)
        allowed = oracle.edits(person, table, _seen_from(person, place))
        merge = spec.columns[column].merge
        is_theirs_to_set = merge not in SET_BY_HUB and (
            merge is not Merge.STATE or bool((spec.policy.transitions or {}).get(before))
        )
        assert (after != before) == (allowed and is_theirs_to_set), (person, table, place)
        if (
            table in oracle.LOGS
            and not is_theirs_to_set
            and oracle.sees(person, table, _seen_from(person, place))
        ):
            continue  # a log of which people state nothing: saying it again changes nothing
        assert (result.outcome == "applied") == allowed, (person, table, place, result)
        assert allowed or result.code in OUT_OF_SCOPE, (person, table, place, result)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("person", oracle.PEOPLE)
def test_a_row_is_added_only_where_its_author_may_see_it(showrooms, person, table):
    spec = catalogue()[table]
    for place in showrooms.places():
        row = showrooms.row(spec, place, f"+{person}")
        for column in spec.columns.values():  # what it would refer to is another test's
            if column.references and column.name not in _whose(spec) and column.nullable:
                row[column.name] = None
        result = showrooms.send(person, f"a{person}{table}{place}", wire.Change(table, row["id"], "put", row))
        is_there = showrooms.get(model_of(table), row["id"]) is not None
        if oracle.adds(person, table, _seen_from(person, _signed(spec, person, place))):
            assert is_there or result.code == "missing_reference", (person, table, place, result)
        else:
            assert not is_there, (person, table, place)
            assert result.code in OUT_OF_SCOPE | {"missing_reference"}, (person, table, place, result)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("person", oracle.PEOPLE)
def test_a_row_is_deleted_only_by_who_may(person, table):
    showrooms = _shared()
    spec = catalogue()[table]
    for place in showrooms.places():
        allowed = oracle.deletes(person, table, _seen_from(person, place))
        if allowed:
            continue  # what may be deleted is left for the others to try
        row_id = showrooms.row(spec, place)["id"]
        result = showrooms.send(person, f"d{person}{table}{place}", wire.Change(table, row_id, "del"))
        assert result.code in OUT_OF_SCOPE, (person, table, place, result)
        assert showrooms.get(model_of(table), row_id) is not None


@pytest.mark.parametrize("person", oracle.PEOPLE)
def test_no_cursor_opens_a_scope_that_was_never_granted(showrooms, person):
    scopes = {scope for state in showrooms.all(SyncRowState) for scope in state.scopes}
    with Session(showrooms.engine) as session:
        own = showrooms.as_(person, session).scopes
    for scope in scopes - own:
        forged = f'{{"at":[0,0],"scopes":["{scope}"]}}'
        with pytest.raises(ForbiddenScope):
            showrooms.ask(person, cursor=forged)
        with pytest.raises(ForbiddenScope):
            showrooms.ask(person, scopes=[scope])


_worlds: list[Showrooms] = []


def _shared() -> Showrooms:
    if not _worlds:
        _worlds.append(Showrooms())
    return _worlds[0]


def _seen_from(person: str, place: str) -> str:
    """The place as that person stands to it: what is somebody else's own is a colleague's."""
    return "O" if place == f"O{person}" else "S" if place.startswith("O") else place


def _signed(spec: TableSpec, person: str, place: str) -> str:
    """Where a new row lands: its author is whoever sends it, whatever it says."""
    if spec.name == "designer" and place == "Odora":
        return "S"  # no new one is the designer's own: it would have to have their identifier
    is_signed = spec.name == "handed_over"
    return f"O{person}" if is_signed and place != "F" else place


def _whose(spec: TableSpec) -> set[str]:
    parent = {spec.policy.parent.column} if spec.policy.parent else set()
    return {"store_id", "owner_id", "designer_id", *parent}


def _editable(spec: TableSpec) -> str:
    """A column of its own to try: nobody's scope depends on it, and whoever may write the row may write it."""
    deciding = {"id", "company_id", "store_id", "device_id", "about_table", "about_id"} | _whose(spec)
    wanted = (Merge.LAST, Merge.TEXT, Merge.STATE)
    found = [
        name
        for name, column in spec.columns.items()
        if name not in deciding
        and column.merge in wanted
        and not column.references
        and not column.writable_by
        and str in column.types
    ]
    rest = [name for name in spec.columns if name not in deciding and not spec.columns[name].references]
    return "decided_by" if "decided_by" in found else (found or rest)[0]


def _other(spec: TableSpec, column: str, value: object) -> object:
    if spec.columns[column].merge is Merge.STATE:
        return min((spec.policy.transitions or {}).get(str(value)) or {"x"})
    return f"{value or ''}'" if isinstance(value, str) or value is None else 7
