"""The tables of this release, a line for each column; `python -m tests.unit.shared_models.tables_of_release` prints them."""

from collections.abc import Iterator

from server.schema import metadata
from sync.schema import catalogue


def lines() -> Iterator[str]:
    """Every synced column with its types and how it merges, in alphabetical order."""
    metadata()  # imports every table there is
    for table, spec in sorted(catalogue().items()):
        for name in sorted(spec.columns):
            column = spec.columns[name]
            types = "|".join(sorted(each.__name__ for each in column.types))
            yield f"{table}.{name} {types}{'?' if column.nullable else ''} {column.merge}"


if __name__ == "__main__":
    print("\n".join(lines()))
