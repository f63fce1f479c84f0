"""What the server itself writes reaches the feed too: services and the back office through a session, imports in bulk."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from sync import bulk
from sync.capture import RowChange, capturing
from sync.clock import Stamp
from sync.hub import feed
from sync.places import edited

SERVER = "server"
"""The node that stamps what the server writes."""

_TOLD = "sync_scopes_told"
_BATCH = 5_000


@contextmanager
def recording(session: Session, *, author: str, at_ms: int) -> Iterator[set[tuple[str, str]]]:
    """Have everything that the session flushes in this block reach the feed, written by `author` at `at_ms`.

    Gives the set of (table, identifier) that were written, which grows with each flush.
    """
    written: set[tuple[str, str]] = set()

    def announce(changes: list[RowChange]) -> None:
        written.update((change.spec.name, change.row_id) for change in changes)
        connection = session.connection()
        tell(session, feed.announce(connection, _news(connection, changes, author, at_ms), at_ms).scopes)

    with capturing(session, announce):
        yield written
        session.flush()


def tell(session: Session, scopes: Iterable[str]) -> None:
    """Note that these scopes have news once the session commits."""
    session.info.setdefault(_TOLD, set()).update(scopes)


def take_told(session: Session) -> feed.Scopes:
    """The scopes with news since the last call; a server calls it after a commit to wake the devices concerned."""
    return frozenset(session.info.pop(_TOLD, ()))


def publish(session: Session, table: str, rows: Sequence[dict[str, Any]], at_ms: int) -> None:
    """Insert many new rows of one table and announce them; every row must give every column a value.

    For imports. Parents have to be published before the rows that follow them.
    """
    spec = feed.spec_of(table)
    connection = session.connection()
    for at in range(0, len(rows), _BATCH):
        batch = rows[at : at + _BATCH]
        names = tuple(spec.columns)
        bulk.insert(connection, spec.table, names, [tuple([row[name] for name in names]) for row in batch])
        stamps = {"": [*Stamp(at_ms, 0, SERVER).packed(), SERVER]}
        scopes = feed.scopes_for(connection, spec, batch, {})
        news = [
            feed.News(spec, row["id"], row_scopes, frozenset(), stamps)
            for row, row_scopes in zip(batch, scopes, strict=True)
        ]
        tell(session, feed.announce(connection, news, at_ms).scopes)


def _news(connection: Connection, changes: list[RowChange], author: str, at_ms: int) -> list[feed.News]:
    by_table: dict[str, list[RowChange]] = {}
    for change in sorted(changes, key=lambda change: change.spec.policy.rank):
        by_table.setdefault(change.spec.name, []).append(change)
    stamp = [*Stamp(at_ms, 0, SERVER).packed(), author]
    known: dict[tuple[str, str], feed.Scopes] = {}
    news: list[feed.News] = []
    for table, of_table in by_table.items():
        spec = of_table[0].spec
        states = feed.states_of(connection, table, [change.row_id for change in of_table])
        scopes_by_change = feed.scopes_for(connection, spec, [change.row for change in of_table], known)
        for change, scopes in zip(of_table, scopes_by_change, strict=True):
            known[table, change.row_id] = scopes
            before, stamps = states.get(change.row_id) or (frozenset(), {})
            deleted = change.kind == "delete"
            places = edited(spec, change.fields, change.seen) if change.kind == "update" else []
            fresh = {place.stamp_key: stamp for place in places} if change.kind != "insert" else {"": stamp}
            seen_by = before if deleted else scopes
            news.append(feed.News(spec, change.row_id, seen_by, before, stamps | fresh, deleted=deleted))
    return news
