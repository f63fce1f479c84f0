"""A damaged database on this device: noticed when the app starts, unsent work rescued, the rest fetched again.

What could be read is written to a file of its own, whole, before the damaged one gives way. Killed anywhere, the next start
either rescues again from the damaged file or finds the rescue complete and goes on with it.
"""

import logging
import os
import shutil
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from mobile.state.database import IS_BROWSER, DeviceStorage, open_engine
from mobile.state.local import LocalFacts
from mobile.text import error_sentence
from sync.device import migration, salvaging
from sync.device.salvaging import Salvaged
from sync.sqlite.errors import DatabaseError, OperationalError

_FACTS = ("person", "tokens", "preferences")
"""What is asked for by name where the whole list of facts cannot be read."""
_RESCUED = "rescued"
"""The fact by which a complete rescue is known until the person has been told."""
_BESIDE = ("", "-wal", "-shm", "-journal")
_FRESH = "-fresh"
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


def open_sound(storage: DeviceStorage) -> tuple[Engine, Rescue | None]:
    """The engine on a database that is whole, and what had to be rescued for it, if anything.

    Natively a damaged file is put aside beside the new one, never deleted; a browser has no room for it, and there the
    new one is written over it. Raises `DatabaseError` when nothing can be written.
    """
    path, hexkey = Path(storage.path), storage.hexkey
    fresh = path.with_name(path.name + _FRESH)
    if _is_complete(fresh, hexkey):
        _take_place(fresh, path)
    engine = open_engine(storage.path, hexkey)
    is_cut = storage.is_cut_to_nothing or _is_cut_to_nothing(path)
    if is_cut or not _is_whole(engine):
        found, facts = _take_out(engine)
        engine.dispose()
        _build(fresh, hexkey, found, facts)
        _take_place(fresh, path)
        _log.warning("a damaged database was replaced; %d units kept, %d lost", len(found.units), found.lost)
        engine = open_engine(storage.path, hexkey)
    return engine, _rescue_to_tell(engine)


def _rescue_to_tell(engine: Engine) -> Rescue | None:
    facts = LocalFacts(engine)
    told = facts.read(_RESCUED)
    if told is None:
        return None
    facts.write(_RESCUED, None)
    return Rescue(**told)


def _build(fresh: Path, hexkey: str, found: Salvaged, facts: dict[str, object]) -> None:
    """A whole database with what could be read; the fact that says it is complete is written last."""
    _remove(fresh)
    engine = open_engine(str(fresh), hexkey)
    try:
        migration.prepare(engine)
        kept_facts = LocalFacts(engine)
        for key, value in facts.items():
            kept_facts.write(key, value)
        with engine.begin() as connection:
            salvaging.put_in(connection, found)
        kept_facts.write(_RESCUED, asdict(Rescue(len(found.units), found.lost, found.is_certain)))
        with engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    finally:
        engine.dispose()


def _is_complete(fresh: Path, hexkey: str) -> bool:
    """Whether a rescue was finished and has not taken the place of the damaged file; one that was not is removed."""
    if not fresh.exists():
        return False
    engine = open_engine(str(fresh), hexkey)
    try:
        complete = _is_whole(engine) and LocalFacts(engine).read(_RESCUED) is not None
    except (DBAPIError, DatabaseError):
        complete = False
    finally:
        engine.dispose()
    if not complete:
        _remove(fresh)
    return complete


def _take_place(fresh: Path, path: Path) -> None:
    """Let the rescued database stand where the damaged one is."""
    if not IS_BROWSER:
        _put_aside(path)
        fresh.replace(path)
        return
    # Files of a browser have fixed names. Killed before the last line, the next start does all of this again.
    _remove(path)
    with fresh.open("rb") as source, path.open("wb") as target:
        shutil.copyfileobj(source, target)
        target.flush()
        os.fsync(target.fileno())
    _remove(fresh)


def _remove(file: Path) -> None:
    for ending in _BESIDE:
        file.with_name(file.name + ending).unlink(missing_ok=True)


def _is_cut_to_nothing(file: Path) -> bool:
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
