"""What was typed into a sheet and not saved yet: kept on this device at every change, so that a kill loses nothing."""

import logging
from dataclasses import fields
from typing import Any

from sqlalchemy.exc import DBAPIError

from mobile.state.local import LocalFacts
from sync.sqlite.errors import DiskFullError

_log = logging.getLogger(__name__)


class SheetDrafts:
    """The drafts of one kind of sheet, one for each record it is about. They never sync."""

    def __init__(self, facts: LocalFacts, sheet: str) -> None:
        """Keep them beside the other facts of the device."""
        self._facts = facts
        self._sheet = sheet

    def load(self, subject: str, blank: Any) -> dict[str, Any]:
        """The fields that were changed for `subject`, as a `blank` draft holds them; empty when nothing was left."""
        kept = self._facts.read(self._key(subject)) or {}
        known = {field.name for field in fields(blank)}
        return {name: _plain(value) for name, value in kept.items() if name in known}

    def keep(self, subject: str, blank: Any, draft: Any) -> None:
        """Remember in which fields `draft` differs from the `blank` the sheet opened with."""
        changed = {
            field.name: getattr(draft, field.name)
            for field in fields(draft)
            if getattr(draft, field.name) != getattr(blank, field.name)
        }
        self._write(subject, changed or None)

    def forget(self, subject: str) -> None:
        """Drop the draft: it was saved, or given up. Without room for that it is offered once more."""
        self._write(subject, None)

    def _write(self, subject: str, draft: dict[str, Any] | None) -> None:
        try:
            self._facts.write(self._key(subject), draft)
        except DBAPIError as error:
            if not isinstance(error.orig, DiskFullError):
                raise
            # What is typed stays in the sheet. Whoever saves it is told that there is no room.
            _log.warning("no room to keep a draft of %s", self._sheet)

    def _key(self, subject: str) -> str:
        return f"{self._sheet}:{subject}"


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
