"""Which tables changed: what makes a screen read again."""

from collections.abc import Callable, Iterable

Listener = Callable[[frozenset[str]], None]


class TableVersions:
    """A counter for each table, raised at every change of the local copy."""

    def __init__(self) -> None:
        """All tables start at 0."""
        self._versions: dict[str, int] = {}
        self._listeners: list[Listener] = []

    def of(self, tables: Iterable[str]) -> int:
        """A number that changes whenever one of the tables does."""
        return sum(self._versions.get(table, 0) for table in tables)

    def changed(self, tables: frozenset[str]) -> None:
        """Count a change and tell the listeners."""
        for table in tables:
            self._versions[table] = self._versions.get(table, 0) + 1
        for listener in tuple(self._listeners):
            listener(tables)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Have `listener` told the names; the returned function ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)
