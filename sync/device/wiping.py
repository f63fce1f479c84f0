"""Deleting everything that a device holds, because a manager said so; everything pending was sent before."""

from typing import TYPE_CHECKING

from sqlalchemy import delete

from sync import wire
from sync.device import outbox, state
from sync.device.tables import METADATA, STATE
from sync.schema import catalogue

if TYPE_CHECKING:
    from sync.device.replica import Replica


def obey(replica: "Replica", request: wire.Request) -> None:
    """Wipe, unless units wait that this request did not carry: then the next one carries all, the hub keeps them.

    Those are units that build on a refused one, which a device sends only when it is about to delete them.
    """
    sent = {unit.id for unit in request.units}
    with replica.engine.begin() as connection:
        waiting = {unit.id for unit in outbox.units(connection, outbox.PENDING)}
        state.write(connection, sends_all=True)
    if waiting <= sent:
        wipe(replica)


def wipe(replica: "Replica") -> None:
    """Delete the copy, the outbox and all that was kept, in one transaction; whose device it was stays known.

    The next request tells the hub, which then locks the device out.
    """
    with replica.engine.begin() as connection:
        tables = [spec.table for spec in catalogue().values()]
        for table in (*tables, *METADATA.sorted_tables):
            if table is not STATE:
                connection.execute(delete(table))
        state.write(connection, cursor="", remaining=0, last_sync_at_ms=None, obeyed="wipe")
    replica.tell(frozenset(table.name for table in tables))
