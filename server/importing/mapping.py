"""What the columns of a kind of file mean, as the TOML files in `mappings/` say it."""

import tomllib
from collections.abc import Iterable
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from server.importing.refusals import FileRefusedError

TABLES = frozenset(
    {
        "store", "staff", "product", "customer", "lead", "followup", "sales_order", "orderline", "salereturn",
        "designerfirm", "designer",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RowsSpec:
    """What one line of the file says about one table.

    `key` are the columns that identify the row in the source. When several lines say it, `keep` decides whose word
    counts: `first`, or the `newest` or `oldest` by the column `by`. `amend` adds to a row that must exist. `create_only`
    fields are set when the row is made and then left to the people who work with it. `words` are values for templates.
    An `optional` one says nothing where its key is empty.
    """

    table: str
    key: tuple[str, ...]
    fields: ReadOnly[str, ReadOnly[str, Any]]
    words: ReadOnly[str, ReadOnly[str, Any]]
    keep: str = "first"
    by: ReadOnly[str, Any] | None = None
    amend: bool = False
    optional: bool = False
    create_only: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Salespeople:
    """The salespeople that a source without any gets in each of its stores."""

    per_store: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Mapping:
    """How one kind of file becomes rows. `rank` orders the files of a run; `source` is the namespace of its keys.

    `or_columns` are `columns` in another language. Where it `opens_books` the rows become entries of members' ledgers instead.
    """

    name: str
    title_zh: str
    title_en: str
    source: str
    rank: int
    columns: tuple[str, ...]
    row_key: tuple[str, ...]
    rows: tuple[RowsSpec, ...]
    labels: ReadOnly[str, ReadOnly[str, str]]
    missing: frozenset[str]
    whole: tuple[str, ...] = ()
    only: ReadOnly[str, tuple[str, ...]] | None = None
    salespeople: Salespeople | None = None
    fallback_store: str | None = None
    payment_method: str | None = None
    due_within_days: int | None = None
    or_columns: tuple[str, ...] = ()
    opens_books: bool = False

    def misses(self, header: Iterable[str]) -> list[str]:
        """The columns that a header lacks; none where it has those of either language."""
        have = set(header)
        if self.or_columns and have.issuperset(self.or_columns):
            return []
        return [column for column in self.columns if column not in have]


@cache
def shipped_mappings() -> tuple[Mapping, ...]:
    """Every mapping that comes with the product, by rank."""
    found = [
        parse_mapping(entry.name.removesuffix(".toml"), entry.read_text(encoding="utf-8"))
        for entry in files("server.importing").joinpath("mappings").iterdir()
        if entry.name.endswith(".toml")
    ]
    return tuple(sorted(found, key=lambda mapping: mapping.rank))


def mapping_named(name: str) -> Mapping:
    """The shipped mapping of this name; raises `FileRefusedError` when there is none."""
    for mapping in shipped_mappings():
        if mapping.name == name:
            return mapping
    known = ", ".join(mapping.name for mapping in shipped_mappings())
    raise FileRefusedError(
        "mapping_unknown",
        f"没有名为“{name}”的映射；什么都没有导入。可用的映射：{known}。",
        f"There is no mapping called {name!r}; nothing was imported. Use one of: {known}.",
    )


def detect(file: str, header: tuple[str, ...]) -> Mapping:
    """The mapping whose columns the header has, the one with most columns if several fit.

    Raises `FileRefusedError` naming the nearest mapping and the columns it misses.
    """
    have = set(header)
    fitting = [mapping for mapping in shipped_mappings() if not mapping.misses(header)]
    if fitting:
        return max(fitting, key=lambda mapping: len(mapping.columns))
    nearest = max(
        shipped_mappings(), key=lambda mapping: len(have & set(mapping.columns)) / len(mapping.columns)
    )
    missing = ", ".join(nearest.misses(header))
    raise FileRefusedError(
        "header_unknown",
        f"认不出“{file}”的表头；什么都没有导入。最接近的是{nearest.title_zh}（{nearest.name}），但缺少列：{missing}。",
        f"The header of {file!r} is not known; nothing was imported. Nearest is {nearest.title_en} ({nearest.name}), "
        f"which misses the columns: {missing}.",
    )


def require_columns(file: str, header: tuple[str, ...], mapping: Mapping) -> None:
    """Raise `FileRefusedError` unless the header has every column of the mapping."""
    missing = ", ".join(mapping.misses(header))
    if missing:
        raise FileRefusedError(
            "columns_missing",
            f"“{file}”缺少映射 {mapping.name} 需要的列：{missing}；什么都没有导入。",
            f"{file!r} misses columns of the mapping {mapping.name}: {missing}; nothing was imported.",
        )


def parse_mapping(name: str, toml: str) -> Mapping:
    """Read a mapping file; raises `ValueError` for a table that cannot be imported."""
    said = tomllib.loads(toml)
    people = said.get("salespeople")
    return Mapping(
        name=name,
        title_zh=said["title"]["zh"],
        title_en=said["title"]["en"],
        source=said["source"],
        rank=said["rank"],
        columns=tuple(said["columns"]),
        row_key=tuple(said["row_key"]),
        rows=tuple(_rows(rows) for rows in said["rows"]),
        labels=said.get("labels", {}),
        missing=frozenset(value.casefold() for value in said.get("missing", [""])),
        whole=tuple(said.get("whole", ())),
        only={column: tuple(values) for column, values in said.get("only", {}).items()} or None,
        salespeople=Salespeople(**people) if people else None,
        fallback_store=said.get("fallback_store", {}).get("name"),
        payment_method=said.get("payments", {}).get("method"),
        due_within_days=said.get("due", {}).get("within_days"),
        or_columns=tuple(said.get("or_columns", ())),
        opens_books=said.get("opens_books", False),
    )


def _rows(said: dict[str, Any]) -> RowsSpec:
    if said["table"] not in TABLES:
        raise ValueError(f"rows of the table {said['table']!r} cannot be imported")
    return RowsSpec(
        table=said["table"],
        key=tuple(said["key"]),
        fields=said["fields"],
        words=said.get("words", {}),
        keep=said.get("keep", "first"),
        by=said.get("by"),
        amend=said.get("amend", False),
        optional=said.get("optional", False),
        create_only=frozenset(said.get("create_only", ())),
    )
