"""A damaged database on this device: noticed when the app starts, unsent work rescued, the rest fetched again."""

import logging
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from mobile.state.database import open_engine
from mobile.state.driver import DatabaseError, OperationalError
from mobile.state.local import LocalFacts
from mobile.text import error_sentence
from sync.device import migration, salvaging
from sync.device.salvaging import Salvaged

_FACTS = ("person", "tokens", "preferences")
"""What is asked for by name where the whole list of facts cannot be read."""
_BESIDE = ("", "-wal", "-shm")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rescue:
    """What became of the unsent work of a damaged database."""

    kept: int
    lost: int
    is_certain: bool

    def sentence(self) -> str:
        """What happened, what was kept, what to do."""
        if self.lost or not self.is_certain:
            return error_sentence("database_rescued_in_part", {"kept": self.kept, "lost": self.lost or "?"})
        return error_sentence("database_rescued", {"kept": self.kept})


def open_sound(path: str, hexkey: str) -> tuple[Engine, Rescue | None]:
    """The engine on a database that is whole, and what had to be rescued for it, if anything.

    A damaged file is put aside beside the new one, never deleted. Raises `DatabaseError` when nothing can be written.
    """
    engine = open_engine(path, hexkey)
    if not _is_cut_to_nothing(path) and _is_whole(engine):
        return engine, None
    found, facts = _take_out(engine)
    engine.dispose()
    _put_aside(Path(path))
    fresh = open_engine(path, hexkey)
    migration.prepare(fresh)
    kept_facts = LocalFacts(fresh)
    for key, value in facts.items():
        kept_facts.write(key, value)
    with fresh.begin() as connection:
        salvaging.put_in(connection, found)
    _log.warning("a damaged database was replaced; %d units kept, %d lost", len(found.units), found.lost)
    return fresh, Rescue(len(found.units), found.lost, found.is_certain)


def _is_cut_to_nothing(path: str) -> bool:
    file = Path(path)
    return file.is_file() and file.stat().st_size == 0


def _is_whole(engine: Engine) -> bool:
    """Whether every page can be read and is what was written; each carries a seal that a changed bit breaks."""
    try:
        with engine.connect() as connection:
            return bool(connection.execute(text("PRAGMA quick_check(1)")).scalar_one() == "ok")
    except DBAPIError as error:
        if isinstance(error.orig, OperationalError):
            raise  # busy or not readable at all just now: that is no damage
        return False
    except DatabaseError:
        return False


def _take_out(engine: Engine) -> tuple[Salvaged, dict[str, object]]:
    try:
        with engine.connect() as connection:
            found = salvaging.take_out(connection)
    except (DBAPIError, DatabaseError):
        return Salvaged(is_certain=False), {}
    return found, _facts_of(engine)


def _facts_of(engine: Engine) -> dict[str, object]:
    keys: Sequence[str] = _FACTS
    with suppress(DBAPIError), engine.connect() as connection:
        keys = connection.execute(text("SELECT key FROM device_fact")).scalars().all()
    facts: dict[str, object] = {}
    for key in keys:
        with suppress(DBAPIError):
            facts[key] = LocalFacts(engine).read(key)
    return {key: value for key, value in facts.items() if value is not None}


def _put_aside(file: Path) -> None:
    stamp = time.time_ns() // 1_000_000
    for ending in _BESIDE:
        part = file.with_name(file.name + ending)
        if part.exists():
            part.rename(file.with_name(f"{file.name}.damaged-{stamp}{ending}"))
