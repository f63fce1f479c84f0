"""How a table declares that it is synced, and how each of its columns merges.

This is all that a table says about sync. The engine reads it back from the table's metadata, so adding a synced table
is one class and no line elsewhere.

    class Lead(Synced, table=True):
        __table_args__ = synced(Kind.RECORD, scopes=("staff:{owner_id}", "manager:{store_id}"))
        name: str
        notes: str = column("", merge=Merge.TEXT)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from inspect import signature
from typing import Any, NamedTuple, TypeVar

from pydantic_core import PydanticUndefined
from sqlalchemy import JSON, BigInteger, Index
from sqlmodel import Field, SQLModel

from shared_models.ids import new_id

_Factory = TypeVar("_Factory", bound=Callable[[], Any])


def _known(factory: _Factory) -> _Factory:
    """The same factory with its signature noted on it: pydantic asks for it at every row, and works it out anew each time."""
    factory.__signature__ = signature(factory)  # type: ignore[attr-defined]
    return factory


class Kind(StrEnum):
    """The four kinds of data; they decide who may write a row and how it merges."""

    FACT = "fact"
    """Something that happened: inserted once, never changed, united by identifier."""
    RECORD = "record"
    """Something people edit: merged column by column."""
    DERIVED = "derived"
    """Computed at the server from facts; the server's value replaces the device's copy."""
    REFERENCE = "reference"
    """Kept by the back office; the server's value replaces the device's copy."""


class Merge(StrEnum):
    """What happens to a column when two people changed it without having seen each other's value (R13)."""

    LAST = "last"
    """The later corrected time wins; the other value goes to the conflict inbox."""
    SET = "set"
    """A list of distinct strings: what either side added is in, what either side removed is out."""
    COUNTER = "counter"
    """An integer: both changes add up."""
    TEXT = "text"
    """Three-way merge by line; only lines that both changed conflict."""
    FIELDS = "fields"
    """A JSON object: each key merges like a column of its own, by the later corrected time."""
    STATE = "state"
    """A status: a change that the table's transitions do not allow is a conflict, not an overwrite."""
    SERVER = "server"
    """Only the server sets it; what a device says is ignored."""
    AUTHOR = "author"
    """Who acted: the server fills in whoever the device belongs to."""
    ACTION_TIME = "action_time"
    """The moment of the action: the server replaces the device's clock by the corrected time (R12)."""


@dataclass(frozen=True, slots=True)
class Parent:
    """The row that decides who sees this one.

    `column` holds the parent's identifier. `table` is the parent's table name, or None when `table_column` names the
    column of this row that says it.
    """

    column: str
    table: str | None = None
    table_column: str | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes that a row names by their SHA-256. They do not travel with the row, but in a lane of their own.

    `part` is what they are called there, `size` the column with their number, `arrived` the one with the moment since
    which the server has them. Those that come `first` are small, fetched unasked and never given up for lack of room.
    """

    part: str
    size: str
    arrived: str
    first: bool = False


class FirstValue(NamedTuple):
    """What a column of a new row holds: what `rule` makes of the row's value in the column `of`."""

    of: str
    rule: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Policy:
    """What a table declares about its sync.

    `scopes` are templates over the row's columns, such as `staff:{owner_id}`; one whose column is empty gives no scope,
    one over a set a scope for each member.
    `parent` makes the row follow another row's scopes. `readers` are templates of further scopes, of people who see the
    row and may not write it. `unseen_by` are kinds of scopes, such as `member`, that are not taken over from the parent.
    `device_writes` is False for what only the server writes, `device_inserts` for what only the server creates;
    `deletable` is True for what people may delete on a device.
    `transitions` maps each status to those that may follow it, for the column that merges by `Merge.STATE`.
    `rank` orders the first sync, most useful first.
    `first_values` says for columns that only the server sets what they hold in a new row, from another of its columns:
    by pure functions, so that no rule has to write every row once more.
    """

    kind: Kind
    scopes: tuple[str, ...] = ()
    parent: Parent | None = None
    readers: tuple[str, ...] = ()
    unseen_by: tuple[str, ...] = ()
    device_writes: bool = True
    device_inserts: bool = True
    deletable: bool = False
    transitions: Mapping[str, frozenset[str]] | None = None
    rank: int = 50
    first_values: Mapping[str, FirstValue] = field(default_factory=dict)


def synced(  # noqa: PLR0913 - one keyword for each thing that a table has to say
    kind: Kind,
    *,
    scopes: tuple[str, ...] = (),
    parent: Parent | None = None,
    readers: tuple[str, ...] = (),
    unseen_by: tuple[str, ...] = (),
    device_writes: bool | None = None,
    device_inserts: bool = True,
    deletable: bool = False,
    transitions: Mapping[str, frozenset[str]] | None = None,
    rank: int = 50,
    first_values: Mapping[str, FirstValue] | None = None,
    indexes: tuple[Index, ...] = (),
) -> tuple[Any, ...]:
    """Table arguments that declare a synced table; see `Policy` for the meaning of each.

    A fact or record may be written by devices unless `device_writes=False`; derived and reference rows never.
    """
    writes = kind in {Kind.FACT, Kind.RECORD} if device_writes is None else device_writes
    policy = Policy(
        kind,
        scopes,
        parent,
        readers,
        unseen_by,
        writes,
        writes and device_inserts,
        deletable,
        transitions,
        rank,
        first_values or {},
    )
    return (*indexes, {"info": {"sync": policy}})


class Synced(SQLModel):
    """What every synced row has: an identifier that any device can make, and its company.

    The company is on every row so that a distributed PostgreSQL can shard by it.
    """

    id: str = Field(default_factory=_known(new_id), primary_key=True, max_length=40)
    company_id: str = Field(max_length=40)


def column(  # noqa: PLR0913 - one keyword for each thing that a column has to say
    default: Any = PydanticUndefined,
    *,
    merge: Merge = Merge.LAST,
    references: str | None = None,
    private: bool = False,
    visible_to: str | None = None,
    follows: str | None = None,
    writable_by: tuple[str, ...] = (),
    index: bool = False,
    max_length: int | None = None,
) -> Any:
    """Declare a column: how it merges, which table its value identifies a row of, whether it leaves the server.

    `follows` names what the value is reckoned from: another column, or the table of the facts that say the same. An
    edit beside that one is a consequence of it, and is never held for approval on its own.

    `references` is checked by the server on receipt instead of by the database, since rows reach a device in any order.
    `private` columns are never sent to a device.
    `visible_to` is a kind of scope, such as `company`: whoever has none of it is handed the row with the empty value here,
    and edits nothing of the table. A conflict tells the value, so it must not reach them either (`unseen_by`).
    `writable_by` are templates of scopes: of those who may write the row, only who has one of these may change the column.
    """
    info = {
        "merge": merge,
        "references": references,
        "private": private,
        "visible_to": visible_to,
        "follows": follows,
        "writable_by": writable_by,
    }
    return Field(default, index=index, max_length=max_length, sa_column_kwargs={"info": info})


def content_sha256(content: Content) -> Any:
    """The SHA-256 of bytes that belong to the row, as 64 lower-case hexadecimal digits; see `Content`."""
    info = {"merge": Merge.LAST, "content": content}
    return Field(index=True, max_length=64, sa_column_kwargs={"info": info})


def moment_ms(
    default: Any = PydanticUndefined,
    *,
    merge: Merge = Merge.LAST,
    follows: str | None = None,
    index: bool = False,
) -> Any:
    """A moment as integer milliseconds since the Unix epoch, UTC; `follows` as for `column`."""
    info = {"merge": merge, "follows": follows}
    return Field(default, index=index, sa_type=BigInteger, sa_column_kwargs={"info": info})


def money_fen(
    default: Any = PydanticUndefined, *, merge: Merge = Merge.LAST, visible_to: str | None = None
) -> Any:
    """Money as integer fen (hundredths of a yuan).

    `visible_to` is a kind of scope, such as `margins`: whoever has none of it is handed the row without this value. It has
    to be one that may be None, of a table that people do not edit, or a conflict could tell it.
    """
    info = {"merge": merge, "visible_to": visible_to}
    return Field(default, sa_type=BigInteger, sa_column_kwargs={"info": info})


def points_count(default: Any = 0, *, merge: Merge = Merge.LAST) -> Any:
    """Points or growth value as an integer."""
    return Field(default, sa_type=BigInteger, sa_column_kwargs={"info": {"merge": merge}})


# Functions of our own, not the types: for a type the signature that pydantic asks for means parsing text, which took half of
# the time in which a lead is made.


@_known
def _no_texts() -> list[str]:
    return []


@_known
def _no_fields() -> dict[str, Any]:
    return {}


def string_set(*, merge: Merge = Merge.SET, writable_by: tuple[str, ...] = ()) -> Any:
    """A set of strings, kept as a sorted list; `writable_by` as for `column`."""
    info = {"merge": merge, "writable_by": writable_by}
    return Field(default_factory=_no_texts, sa_type=JSON, sa_column_kwargs={"info": info})


def free_fields(*, visible_to: str | None = None) -> Any:
    """Fields that people name themselves: a JSON object of text, numbers or yes and no, whose keys merge separately.

    `visible_to` as for `column`.
    """
    info = {"merge": Merge.FIELDS, "visible_to": visible_to}
    return Field(default_factory=_no_fields, sa_type=JSON, sa_column_kwargs={"info": info})


def document() -> Any:
    """A small JSON object, replaced as a whole."""
    return Field(default_factory=_no_fields, sa_type=JSON, sa_column_kwargs={"info": {"merge": Merge.LAST}})
