"""Leads of the imported files that no other test has touched."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.e2e.running_server import RunningServer

_SEEN_AT_ONCE = 6
"""How many rows of a search are on the screen for certain."""


@dataclass(frozen=True, slots=True)
class Lead:
    """A lead as it was imported; `alike` are those of the same owner whom the same initials find, itself included."""

    id: str
    name: str
    initials: str
    notes: str
    alike: frozenset[str]


FreshLead = Callable[[str], Lead]


class Leads:
    """Hands out each lead once: new ones, whose initials few other leads of their owner share."""

    def __init__(self, server: RunningServer) -> None:
        """Take them from this server's database."""
        self._server = server
        self._given: set[str] = set()

    def fresh(self, owner_code: str) -> Lead:
        """A lead of this person as the server has it."""
        found = self._server.rows(
            "SELECT lead.* FROM lead JOIN staff ON staff.id = lead.owner_id WHERE staff.code = :code ORDER BY lead.id",
            code=owner_code,
        )
        for row in found:
            initials = row["name_key"].split()[-1]
            alike = frozenset(other["id"] for other in found if initials in other["name_key"])
            if row["stage"] == "new" and row["id"] not in self._given and len(alike) <= _SEEN_AT_ONCE:
                self._given.add(row["id"])
                return Lead(row["id"], row["name"], initials, row["notes"], alike)
        message = f"no lead of {owner_code} is left"
        raise AssertionError(message)
