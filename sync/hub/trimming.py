"""Keeping the feed short: what is gone need not be remembered once every device has heard of it.

Laws: a device that is behind what was trimmed is told to fetch its copy again, after its units have been taken; an entry
that says when a row left a scope stays as long as a device may still bring an action from before that moment (R13).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, and_, delete, select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from sync import bulk
from sync.hub import positions
from sync.hub.tables import SyncCounter, SyncDevice, SyncFeed

DAY_MS = 86_400_000
AWAY_MS = 30 * DAY_MS
"""A device not seen for so long is not waited for: it fetches its copy again when it returns."""
LOST_MS = 365 * DAY_MS
"""A device not seen for so long brings nothing any more."""
_GONE = ("exit", "del")

_FEED = SyncFeed.__table__  # type: ignore[attr-defined]
_DEVICE = SyncDevice.__table__  # type: ignore[attr-defined]
_COUNTER = SyncCounter.__table__  # type: ignore[attr-defined]
_XID, _N = "trimmed_xid", "trimmed_n"


def trim(session: Session, now_ms: int) -> int:
    """Forget entries of rows that left or were deleted, older than the slowest device in use; how many."""
    connection = session.connection()
    before, exits_before = _bounds(connection, now_ms)
    old = and_(_FEED.c.kind.in_(_GONE), _FEED.c.at_ms < before)
    count = 0
    for scope in connection.execute(select(_FEED.c.scope).where(old).distinct()).scalars().all():
        for kind, bound in (("del", before), ("exit", min(before, exits_before.get(scope, before)))):
            chosen = and_(_FEED.c.scope == scope, _FEED.c.kind == kind, _FEED.c.at_ms < bound)
            _raise_horizon(connection, chosen)
            count += connection.execute(delete(_FEED).where(chosen)).rowcount
    return count


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the feed stands: what has been read up to `resting` is whole, what lies below `horizon` has been trimmed."""

    resting: positions.Position
    horizon: positions.Position


def standing(connection: Connection) -> Standing:
    """Where the feed stands now, asked in one statement."""
    many_writers = positions.is_many_writers(connection)
    (found,) = bulk.fetch_lasting(connection, asked_standing(many_writers=many_writers))
    return standing_of(found, many_writers=many_writers)


@cache
def asked_standing(*, many_writers: bool) -> Select[Any]:
    """The question where the feed stands, for whoever asks it together with something else; `standing_of` reads the row."""
    trimmed = (
        select(_COUNTER.c.n).where(_COUNTER.c.name == name).scalar_subquery().label(name)
        for name in (_XID, _N)
    )
    return select(positions.resting(many_writers=many_writers).label("resting"), *trimmed)


def standing_of(found: Sequence[Any], *, many_writers: bool) -> Standing:
    """What a row of the answer says."""
    resting, xid, n = found
    return Standing((resting, 0) if many_writers else (0, resting), (xid or 0, n or 0))


def _bounds(connection: Connection, now_ms: int) -> tuple[int, dict[str, int]]:
    """Before which moment every device in use has heard of everything; by scope, since when one may bring actions."""
    chosen = select(_DEVICE.c.registered_at_ms, _DEVICE.c.last_seen_at_ms, _DEVICE.c.granted)
    slowest = now_ms - DAY_MS
    by_scope: dict[str, int] = {}
    for device in connection.execute(chosen.where(_DEVICE.c.revoked_at_ms.is_(None))):
        seen_at_ms = device.last_seen_at_ms or device.registered_at_ms
        if seen_at_ms >= now_ms - AWAY_MS:
            slowest = min(slowest, seen_at_ms)
        if seen_at_ms >= now_ms - LOST_MS:
            for scope in device.granted:
                by_scope[scope] = min(by_scope.get(scope, seen_at_ms), seen_at_ms)
    return slowest, by_scope


def _raise_horizon(connection: Connection, chosen: Any) -> None:
    newest = select(_FEED.c.xid, _FEED.c.n).where(chosen).order_by(_FEED.c.xid.desc(), _FEED.c.n.desc())
    found = connection.execute(newest.limit(1)).one_or_none()
    if found is None or (found.xid, found.n) <= standing(connection).horizon:
        return
    insert = pg_insert if positions.is_many_writers(connection) else sqlite_insert
    statement = insert(_COUNTER)
    statement = statement.on_conflict_do_update(index_elements=["name"], set_={"n": statement.excluded.n})
    connection.execute(statement, [{"name": _XID, "n": found.xid}, {"name": _N, "n": found.n}])
