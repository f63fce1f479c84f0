"""The scenario's own identifiers and the system's, both ways."""

import json
from collections.abc import Iterable


class Names:
    """For each kind of thing, which system identifier a scenario's one stands for; several may mean the same thing."""

    def __init__(self) -> None:
        self._system: dict[tuple[str, str], str] = {}

    def bind(self, kind: str, name: str, system_id: str) -> None:
        """From now on `name` means this row."""
        self._system[kind, name] = system_id

    def system(self, kind: str, name: str) -> str:
        """The row that `name` means; for a name that was never bound the name itself, which no row has."""
        return self._system.get((kind, name), name)

    def is_bound(self, kind: str, name: str) -> bool:
        """Whether anything of this kind has the name."""
        return (kind, name) in self._system

    def named(self, kind: str) -> dict[str, str]:
        """The system's identifier by name, in the order in which the names were bound."""
        return {name: bound for (of, name), bound in self._system.items() if of == kind}

    def name_of(self, kind: str, system_id: str | None, among: Iterable[str] = ()) -> str | None:
        """What the scenario calls a row: one of `among` that means it, else the first name it was given."""
        if system_id is None:
            return None
        for name in (*among, *self.named(kind)):
            if self._system.get((kind, name)) == system_id:
                return name
        return f"<{system_id}>"


def line_key(order: str, line: str) -> str:
    """The name of an order's line: lines are named within their order."""
    return json.dumps([order, line], ensure_ascii=False)
