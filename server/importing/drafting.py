"""Turns the rows of files into drafts: what the source says about each row of our tables, not yet compared with them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from server.importing.converters import CONVERTERS
from server.importing.mapping import Mapping, RowsSpec
from server.importing.reading import NumberedRow, SourceFile, rows_of
from server.importing.refusals import CellError, Refusal
from shared_models.ids import derived_id

if TYPE_CHECKING:
    from server.importing.openings import Incoming

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """The line of a file that says something."""

    file: str
    row: int


@dataclass(slots=True)
class Draft:
    """What the sources say about one row. `said` keeps apart what each mapping says, to notice later what changed.

    `create_only` holds mapping and field. A draft that only `amends` makes no new row.
    """

    table: str
    id: str
    origin: Origin
    fields: Fields = field(default_factory=dict)
    said: dict[str, Fields] = field(default_factory=dict)
    create_only: set[tuple[str, str]] = field(default_factory=set)
    must_exist: dict[str, str] = field(default_factory=dict)
    amends: bool = True
    moments: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Drafts:
    """Everything the files of one run say, and what of them was refused."""

    company_id: str
    tables: dict[str, dict[str, Draft]] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    rows_read: int = 0
    members: list["Incoming"] = field(default_factory=list)
    """Those who are taken over with what they hold."""

    def of(self, table: str) -> dict[str, Draft]:
        """The drafts of one table by row identifier, in the order in which they were first named."""
        return self.tables.setdefault(table, {})

    def refuse(
        self, origin: Origin, code: str, column: str = "", value: str = "", **details: str | int
    ) -> None:
        """Note that a row was not loaded, and why."""
        self.refusals.append(Refusal(origin.file, origin.row, code, column, value, details))


@dataclass(frozen=True, slots=True)
class _Statement:
    """What one line says about one table."""

    spec_index: int
    spec: RowsSpec
    row_id: str
    fields: Fields
    moment: int


def draft_file(drafts: Drafts, source: SourceFile, progress: Callable[[int], None]) -> None:
    """Add what one file says to the drafts. `progress` is told the rows read so far."""
    mapping, seen, good, spoiled = source.mapping, _Seen(source), [], dict[str, int]()
    for row in rows_of(source):
        drafts.rows_read += 1
        if drafts.rows_read % 500 == 0:
            progress(drafts.rows_read)
        if isinstance(row, Refusal):
            drafts.refusals.append(row)
            spoiled |= {key: row.row for key in _keys_in(source, row) if key not in spoiled}
            continue
        refusal = seen.refusal(row) or _not_selected(source, row)
        if refusal is None:
            try:
                good.append((row, _statements(mapping, drafts.company_id, row)))
            except _RowError as error:
                refusal = Refusal(source.name, row.row, error.code, error.column, error.value, error.details)
        if refusal is not None:
            drafts.refusals.append(refusal)
            if refusal.is_mistake and mapping.whole:
                spoiled.setdefault(_key_text(row, mapping.whole), row.row)
    for row, statements in _unspoiled(drafts, source, good, spoiled):
        for statement in statements:
            _merge(drafts, mapping, statement, Origin(source.name, row.row))


def _unspoiled(
    drafts: Drafts,
    source: SourceFile,
    good: Iterable[tuple[NumberedRow, list[_Statement]]],
    spoiled: dict[str, int],
) -> Iterator[tuple[NumberedRow, list[_Statement]]]:
    """The good rows, without those that belong together with a refused one."""
    for row, statements in good:
        culprit = spoiled.get(_key_text(row, source.mapping.whole)) if spoiled else None
        if culprit is None:
            yield row, statements
        else:
            drafts.refuse(Origin(source.name, row.row), "held_by_row", row=culprit)


def _keys_in(source: SourceFile, refusal: Refusal) -> list[str]:
    """What a row of the wrong shape belongs to, if its cells reach that far: an order is not loaded without one of its lines."""
    places = [source.header.index(column) for column in source.mapping.whole]
    if not places or max(places) >= len(refusal.cells):
        return []
    return ["\x1f".join(refusal.cells[place].strip() for place in places)]


class _Seen:
    """Notices rows whose key came before in the same file."""

    def __init__(self, source: SourceFile) -> None:
        self._source = source
        self._first: dict[str, tuple[int, tuple[str, ...]]] = {}

    def refusal(self, row: NumberedRow) -> Refusal | None:
        key_columns = self._source.mapping.row_key
        key = _key_text(row, key_columns)
        cells = tuple(row.cells.values())
        first, before = self._first.setdefault(key, (row.row, cells))
        if first == row.row:
            return None
        reason = "duplicate" if before == cells else "repeated_differently"
        return Refusal(
            self._source.name, row.row, reason, key_columns[-1], row.cells[key_columns[-1]], {"first": first}
        )


def _not_selected(source: SourceFile, row: NumberedRow) -> Refusal | None:
    for column, allowed in (source.mapping.only or {}).items():
        if row.cells[column].strip() not in allowed:
            return Refusal(source.name, row.row, "not_selected", column, row.cells[column])
    return None


class _RowError(Exception):
    """A cell of the row cannot be converted."""

    def __init__(self, error: CellError, column: str, value: str) -> None:
        super().__init__(error.code)
        self.code, self.details, self.column, self.value = error.code, error.details, column, value


def _statements(mapping: Mapping, company_id: str, row: NumberedRow) -> list[_Statement]:
    said = []
    for index, spec in enumerate(mapping.rows):
        if spec.optional and _is_missing(mapping, row, spec.key):
            continue
        for column in spec.key:
            if row.cells[column].strip().casefold() in mapping.missing:
                raise _RowError(CellError("value_missing"), column, row.cells[column])
        words: Fields = dict(row.cells)
        for name, said_of in spec.words.items():
            words[name] = _value(mapping, company_id, row, said_of, words)
        fields: Fields = {}
        for name, said_of in spec.fields.items():
            fields[name] = words[name] = _value(mapping, company_id, row, said_of, words)
        moment = _value(mapping, company_id, row, spec.by, words) if spec.by else 0
        said.append(
            _Statement(index, spec, _row_id(mapping, company_id, spec.table, row, spec.key), fields, moment)
        )
    return said


def _value(mapping: Mapping, company_id: str, row: NumberedRow, said: Any, words: Fields) -> Any:
    """The value of one field as the mapping says it: a constant, a reference, a template or converted cells."""
    if "value" in said:
        return said["value"]
    if "ref" in said:
        if said.get("optional") and _is_missing(mapping, row, said["key"]):
            return None
        return _row_id(mapping, company_id, said["ref"], row, said["key"])
    if "parts" in said:
        return said["join"].join(part for part in (_filled(part, words) for part in said["parts"]) if part)
    if "template" in said:
        made = said["template"].format_map(words)
        return CONVERTERS[said.get("as", "text")]((made,), said)
    return _converted(mapping, row, said)


def _is_missing(mapping: Mapping, row: NumberedRow, columns: Iterable[str]) -> bool:
    """Whether one of the cells counts as empty."""
    return any(row.cells[column].strip().casefold() in mapping.missing for column in columns)


def _filled(part: str, words: Fields) -> str:
    """The part with its blanks filled, or nothing when one of them has no value."""
    blanks = _blanks(part)
    return "" if any(not words[name] for name in blanks) else part.format_map(words)


@lru_cache(maxsize=1000)
def _blanks(part: str) -> tuple[str, ...]:
    return tuple(piece.split("}")[0].split(":")[0] for piece in part.split("{")[1:])


def _converted(mapping: Mapping, row: NumberedRow, said: Any) -> Any:
    columns = said.get("columns") or (said["column"],)
    cells = tuple(row.cells[column] for column in columns)
    for column, cell in zip(columns, cells, strict=True):
        if cell.strip().casefold() in mapping.missing:
            if said.get("optional"):
                return said.get("default", "")
            raise _RowError(CellError("value_missing"), column, cell)
    options = {**said, "words": mapping.labels[said["labels"]]} if "labels" in said else said
    try:
        return CONVERTERS[said.get("as", "text")](cells, options)
    except CellError as error:
        raise _RowError(error, columns[error.cell], cells[error.cell]) from None


def _merge(drafts: Drafts, mapping: Mapping, statement: _Statement, origin: Origin) -> None:
    """Let the statement of one line into the draft of its row, if its word counts over earlier lines."""
    spec = statement.spec
    table = drafts.of(spec.table)
    draft = table.get(statement.row_id)
    if draft is None:
        draft = table[statement.row_id] = Draft(spec.table, statement.row_id, origin)
    draft.amends = draft.amends and spec.amend
    before = draft.moments.get(statement.spec_index)
    counts = before is None or (spec.keep == "newest" and statement.moment >= before)
    counts = counts or (spec.keep == "oldest" and before is not None and statement.moment < before)
    if not counts:
        return
    draft.moments[statement.spec_index] = statement.moment
    draft.create_only |= {(mapping.name, name) for name in spec.create_only}
    draft.fields.update(statement.fields)
    draft.said.setdefault(mapping.name, {}).update(statement.fields)
    for name, said in spec.fields.items():
        if said.get("must_exist"):
            draft.must_exist[name] = said["ref"]


def _row_id(mapping: Mapping, company_id: str, table: str, row: NumberedRow, key: Iterable[str]) -> str:
    return stable_id(company_id, mapping.source, table, *(row.cells[column].strip() for column in key))


@lru_cache(maxsize=100_000)
def stable_id(company_id: str, source: str, table: str, *key: str) -> str:
    """The identifier that a row of a source always has in this company."""
    return derived_id(company_id, source, table, *key)


def _key_text(row: NumberedRow, columns: Iterable[str]) -> str:
    return "\x1f".join(row.cells[column].strip() for column in columns)
