"""What can go wrong in the database, by the names that DB-API 2 prescribes."""

from types import TracebackType

import apsw


class Warning(Exception):  # noqa: A001 - the name that DB-API 2 prescribes
    """An important warning (DB-API 2); never raised here."""


class Error(Exception):
    """Whatever went wrong in the database."""


class InterfaceError(Error):
    """The driver was used in a way it does not offer."""


class DatabaseError(Error):
    """The database refused, or its file is damaged or was opened with another key."""


class DataError(DatabaseError):
    """A value is too big or out of range."""


class OperationalError(DatabaseError):
    """The database could not work: busy, locked, not writable, or an SQL statement it does not understand."""


class DiskFullError(OperationalError):
    """The device's storage is full; the transaction was not written, what was committed before is safe."""


class DamagedError(DatabaseError):
    """A page of the file is not what was written, or the key is not the file's; nothing wrong was read."""


class IntegrityError(DatabaseError):
    """A constraint refused the change."""


class InternalError(DatabaseError):
    """SQLite met an inconsistency of its own."""


class ProgrammingError(DatabaseError):
    """Wrong parameters, or a cursor or connection that is closed."""


class NotSupportedError(DatabaseError):
    """The database does not offer this."""


# First match wins; whatever is not here is a plain DatabaseError.
_ERRORS: tuple[tuple[type[apsw.Error], type[Error]], ...] = (
    (apsw.ConstraintError, IntegrityError),
    (apsw.MismatchError, IntegrityError),
    (apsw.FullError, DiskFullError),
    (apsw.TooBigError, DataError),
    (apsw.RangeError, ProgrammingError),
    (apsw.BindingsError, ProgrammingError),
    (apsw.MisuseError, ProgrammingError),
    (apsw.CursorClosedError, ProgrammingError),
    (apsw.ConnectionClosedError, ProgrammingError),
    (apsw.ThreadingViolationError, ProgrammingError),
    (apsw.InternalError, InternalError),
    (apsw.NotADBError, DamagedError),
    (apsw.CorruptError, DamagedError),
    (apsw.FormatError, DatabaseError),
    (apsw.Error, OperationalError),
)


class _Translation:
    """Raises what apsw raises in its block by its name here; a class, since a generator costs more than many a statement."""

    __slots__ = ()

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if isinstance(error, apsw.Error):
            kind = next(ours for theirs, ours in _ERRORS if isinstance(error, theirs))
            # Which errors have a code of SQLite's is not part of the type.
            raise kind(f"{error} (SQLite {getattr(error, 'extendedresult', 'unknown')})") from error
        if isinstance(error, TypeError | ValueError | OverflowError):
            raise ProgrammingError(str(error)) from error


translated_errors = _Translation()
