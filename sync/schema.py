"""What the tables declare about their sync, read back from the metadata.

The engine asks this module instead of naming any table, so that a new synced table needs no line in `sync/`.
"""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import product
from string import Formatter
from typing import Any, TypeGuard

from sqlalchemy import Table
from sqlmodel import SQLModel
from sqlmodel.main import default_registry

from shared_models.synced import Content, Kind, Merge, Policy
from sync.columns import ColumnSpec, column_spec

_LONGEST_ID = 40
SET_BY_HUB = frozenset({Merge.SERVER, Merge.AUTHOR, Merge.ACTION_TIME})
"""Columns whose value a device proposes at most: the hub fills them in when the row is inserted."""


@dataclass(frozen=True)
class TableSpec:
    """One synced table: its SQLAlchemy table, its policy and its columns."""

    table: Table
    policy: Policy
    columns: Mapping[str, ColumnSpec]

    @cached_property
    def name(self) -> str:
        """The table's name, which is also its name on the wire."""
        return str(self.table.name)

    @cached_property
    def public(self) -> tuple[str, ...]:
        """The columns that leave the server, in the table's order."""
        return tuple(name for name, column in self.columns.items() if not column.private)

    def masked_from(self, scopes: AbstractSet[str]) -> frozenset[str]:
        """The columns whose values somebody with these scopes is not handed."""
        kinds = kinds_of(scopes)
        return frozenset(name for name, kind in self.masks.items() if kind not in kinds)

    @cached_property
    def masks(self) -> Mapping[str, str]:
        """The columns that only some may see, each with the kind of scope that shows it."""
        return {name: column.visible_to for name, column in self.columns.items() if column.visible_to}

    @cached_property
    def writable(self) -> frozenset[str]:
        """The columns that a device may speak of."""
        return frozenset(self.public)

    @cached_property
    def contents(self) -> Mapping[str, Content]:
        """The columns that name bytes of the row by their SHA-256."""
        return {name: column.content for name, column in self.columns.items() if column.content}

    @cached_property
    def references(self) -> tuple[tuple[str, str], ...]:
        """The columns that name a row of another table, each with that table."""
        return tuple((name, column.references) for name, column in self.columns.items() if column.references)

    @cached_property
    def set_by_hub(self) -> tuple[tuple[str, Merge], ...]:
        """The columns that the hub fills in when a row is inserted, each with how."""
        return tuple(
            (name, column.merge) for name, column in self.columns.items() if column.merge in SET_BY_HUB
        )

    @cached_property
    def _scope_columns(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        return tuple(
            (template, tuple(field for _, field, _, _ in Formatter().parse(template) if field))
            for template in self.policy.scopes
        )

    def own_scopes(self, row: Mapping[str, Any]) -> frozenset[str]:
        """The scopes that the row's own columns put it in; none for a row that follows a parent.

        A column that holds a set puts it in one for each member.
        """
        held = [row.get(field) for _, fields in self._scope_columns for field in fields]
        return self._filled_in(*_hashable(held))

    @cached_property
    def _filled_in(self) -> Callable[..., frozenset[str]]:
        """The scopes for these values of the columns that decide; the same few decide about thousands of rows."""

        @lru_cache(maxsize=1_000)
        def filled_in_with(*held: Any) -> frozenset[str]:
            values = iter(held)
            members = [
                (template, fields, [_each(next(values)) for _ in fields])
                for template, fields in self._scope_columns
            ]
            return frozenset(
                template.format_map(dict(zip(fields, chosen, strict=True)))
                for template, fields, each in members
                for chosen in product(*each)
            )

        return filled_in_with

    def scopes_by_column(self, columns: Mapping[str, Sequence[Any]]) -> list[frozenset[str]]:
        """All scopes of each of these rows, which follow no other: of those who may write it and of those who read it.

        They are given column by column, at least all that templates of scopes name, and the identifier.
        """
        held = [_hashable(columns[field]) for _, fields in self._scope_columns for field in fields]
        own = list(map(self._filled_in, *held)) if held else [self._filled_in()] * len(columns["id"])
        if not self.policy.readers:
            return own
        rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
        return [each | self.reader_scopes(row) for each, row in zip(own, rows, strict=True)]

    def reader_scopes(self, row: Mapping[str, Any]) -> frozenset[str]:
        """The scopes of people who see the row and may not write it; they never change."""
        return filled_in(self.policy.readers, row)

    def inherited(self, scopes: AbstractSet[str]) -> frozenset[str]:
        """Those of the parent's scopes that a row which follows it is in too."""
        unseen = self.policy.unseen_by
        return frozenset(
            scopes if not unseen else (each for each in scopes if each.partition(":")[0] not in unseen)
        )

    def parent_of(self, row: Mapping[str, Any]) -> tuple[str, str] | None:
        """The (table, identifier) of the row that decides who sees this one, or None."""
        parent = self.policy.parent
        if parent is None or not row.get(parent.column):
            return None
        table = parent.table if parent.table is not None else row.get(parent.table_column or "")
        return (str(table), str(row[parent.column])) if table else None


def _hashable(values: Sequence[Any]) -> list[Any]:
    return [tuple(value) if isinstance(value, list) else value for value in values]


def _each(value: Any) -> Sequence[Any]:
    """The members of a set, or the one value; none where it is empty."""
    if isinstance(value, tuple):
        return value
    return [value] if value else []


def kinds_of(scopes: AbstractSet[str]) -> frozenset[str]:
    """The kinds of scopes among these: `store` of `store:3`."""
    return frozenset(scope.partition(":")[0] for scope in scopes)


def mask_kinds() -> frozenset[str]:
    """The kinds of scopes that show columns, in whatever table."""
    return frozenset(kind for spec in catalogue().values() for kind in spec.masks.values())


def filled_in(templates: tuple[str, ...], row: Mapping[str, Any]) -> frozenset[str]:
    """The scopes that these templates give for `row`; one whose column is empty gives none."""
    return frozenset(
        template.format_map(row)
        for template in templates
        if all(row.get(field) for _, field, _, _ in Formatter().parse(template) if field)
    )


def is_identifier(value: object) -> TypeGuard[str]:
    """Whether a database may be asked for a row of this name; what devices send is not always one."""
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_ID and "\0" not in value


@cache
def _specs(names: tuple[str, ...]) -> Mapping[str, TableSpec]:
    found = {
        str(name): TableSpec(
            table=table,
            policy=table.info["sync"],
            columns={str(column.name): column_spec(column) for column in table.columns},
        )
        for name, table in SQLModel.metadata.tables.items()
        if name in names and "sync" in table.info
    }
    return dict(sorted(found.items(), key=lambda item: (item[1].policy.rank, item[0])))


def catalogue() -> Mapping[str, TableSpec]:
    """Every synced table by name, in the order of the first sync: most useful rows first."""
    return _specs(tuple(SQLModel.metadata.tables))


def followers(table: str) -> list[tuple[TableSpec, str]]:
    """The tables whose rows follow rows of `table`, each with the column that holds the parent's identifier."""
    return [
        (spec, spec.policy.parent.column)
        for spec in catalogue().values()
        if spec.policy.parent is not None and spec.policy.parent.table in {table, None}
    ]


def is_append_only(spec: TableSpec) -> bool:
    """Whether rows of the table are facts: inserted once and never changed."""
    return spec.policy.kind is Kind.FACT


def model_of(table: str) -> type[Any]:
    """The class of a synced table. Raises `KeyError`."""
    if table in catalogue():
        for mapper in default_registry.mappers:
            if getattr(mapper.local_table, "name", None) == table:
                return mapper.class_
    raise KeyError(table)
