"""What the server itself writes reaches the feed too: services and the back office through a session, imports in bulk."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, insert
from sqlalchemy.orm import Session

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
        tell(session, feed.announce(connection, _news(connection, changes, author, at_ms), at_ms))

    with capturing(session, announce):
        yield written
        session.flush()


def tell(session: Session, scopes: feed.Scopes) -> None:
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
        connection.execute(insert(spec.table), batch)
        stamps = {"": [*Stamp(at_ms, 0, SERVER).packed(), SERVER]}
        scopes = feed.scopes_for(connection, spec, batch, {})
        news = [
            feed.News(spec, row["id"], row_scopes, frozenset(), stamps)
            for row, row_scopes in zip(batch, scopes, strict=True)
        ]
        tell(session, feed.announce(connection, news, at_ms))


def _news(connection: Connection, changes: list[RowChange], author: str, at_ms: int) -> list[feed.News]:
    known: dict[tuple[str, str], feed.Scopes] = {}
    news: list[feed.News] = []
    for change in sorted(changes, key=lambda change: change.spec.policy.rank):
        spec = change.spec
        before, stamps = feed.states_of(connection, spec.name, [change.row_id]).get(
            change.row_id, (frozenset(), {})
        )
        scopes = feed.scopes_for(connection, spec, [change.row], known)[0]
        known[spec.name, change.row_id] = scopes
        deleted = change.kind == "delete"
        stamp = [*Stamp(at_ms, 0, SERVER).packed(), author]
        places = edited(spec, change.fields, change.seen) if change.kind == "update" else []
        fresh = {place.stamp_key: stamp for place in places} if change.kind != "insert" else {"": stamp}
        news.append(
            feed.News(
                spec, change.row_id, before if deleted else scopes, before, stamps | fresh, deleted=deleted
            )
        )
    return news
