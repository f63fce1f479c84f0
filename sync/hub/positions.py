"""Where the feed stands, on a database with one writer and on one with many.

A position is (xid, n). The laws: positions taken in one transaction rise, and what has been handed out below the horizon
never gets a new neighbour below it. On SQLite the single writer makes a plain sequence enough. On PostgreSQL transactions
commit out of order, so xid is the writing transaction and the horizon is the oldest one still running.
"""

from collections.abc import Sequence
from itertools import count
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    and_,
    bindparam,
    func,
    literal_column,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.sqlite import insert

from sync.hub.tables import SyncCounter

Position = tuple[int, int]

Span = tuple[int, int, int]
"""Neighbouring positions of one transaction: (xid, first n, last n)."""

START: Position = (0, 0)

_COUNTER = SyncCounter.__table__  # type: ignore[attr-defined]
_FEED = "feed"
_WITHIN_TRANSACTION = count(1)
_OWN_XID: ColumnElement[int] = literal_column("CAST(CAST(pg_current_xact_id() AS text) AS bigint)")
_OLDEST_RUNNING: ColumnElement[int] = literal_column(
    "CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)"
)


def is_many_writers(connection: Connection) -> bool:
    """Whether several transactions may write at once."""
    return connection.dialect.name == "postgresql"


def take(connection: Connection, size: int) -> Position:
    """Reserve `size` positions for the present transaction; the first of them, the others follow by n."""
    if is_many_writers(connection):
        # Shared by all transactions of the process: the numbers need only rise within each, where xid is the same.
        first = next(_WITHIN_TRANSACTION)
        for _ in range(size - 1):
            next(_WITHIN_TRANSACTION)
        return connection.execute(select(_OWN_XID)).scalar_one(), first
    bump = (
        update(_COUNTER).where(_COUNTER.c.name == _FEED).values(n=_COUNTER.c.n + size).returning(_COUNTER.c.n)
    )
    last = connection.execute(bump).scalar_one_or_none()
    if last is None:
        connection.execute(insert(_COUNTER).values(name=_FEED, n=size))
        last = size
    return 0, last - size + 1


def is_within(spans: Sequence[Span], xid: int, n: int) -> bool:
    """Whether a position is in one of the spans."""
    return any(span[0] == xid and span[1] <= n <= span[2] for span in spans)


def resting(*, many_writers: bool) -> ColumnElement[Any]:
    """Where to go on from for somebody who has read everything up to now; nothing can still be written below it.

    The xid with many writers, the n with one; the other part is 0.
    """
    if many_writers:
        return _OLDEST_RUNNING
    last = select(_COUNTER.c.n).where(_COUNTER.c.name == _FEED)
    return func.coalesce(last.scalar_subquery(), 0)


def since(xid: ColumnElement[int], n: ColumnElement[int], *, many_writers: bool) -> ColumnElement[bool]:
    """The condition for entries that are safe to hand out and come after a position, which `after` gives."""
    after_xid, after_n = bindparam("after_xid", type_=BigInteger), bindparam("after_n", type_=BigInteger)
    if many_writers:
        return and_(
            tuple_(xid, n) > tuple_(after_xid, after_n), xid < select(_OLDEST_RUNNING).scalar_subquery()
        )
    # Naming xid lets the index (scope, xid, n) lead to what is new; without it every entry of the scope would be read.
    return and_(xid == after_xid, n > after_n)


def within(xid: ColumnElement[int], n: ColumnElement[int]) -> ColumnElement[bool]:
    """The condition for positions within the span that `span` gives."""
    own_xid, first, last = (bindparam(f"own_{name}", type_=BigInteger) for name in ("xid", "first", "last"))
    return and_(xid == own_xid, n.between(first, last))


def span(of: Span) -> dict[str, int]:
    """What a statement with the condition `within` is given."""
    return {"own_xid": of[0], "own_first": of[1], "own_last": of[2]}


def after(at: Position) -> dict[str, int]:
    """What a statement with the condition `since` is given to read on from `at`."""
    return {"after_xid": at[0], "after_n": at[1]}
