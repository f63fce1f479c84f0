"""The device's side of a sync, from top to bottom.

A sync is a few rounds of one exchange. Each sends the oldest pending units and says where the copy stands; the answer
says what became of each unit and, once all of them were sent, brings a page of rows. The next round is asked for while an
answer is worked in, so hub and device work at once. Every answer is worked in within one transaction, so a sync may be cut
off anywhere: what was not worked in is simply asked for or sent again, and the hub knows units it has already answered.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from sqlalchemy import Connection

from shared_models import versions
from sync import wire
from sync.ahead import Asker, Begin, Exchange, Following, begin_task
from sync.device import answers, outbox, refusals, renewal, rows, state, unknown, usage, wiping
from sync.device.replica import Replica
from sync.schema import catalogue
from sync.uncollected import uncollected

UNITS_A_ROUND = 1_000
CHANGES_A_ROUND = 2_000
ROWS_AT_FIRST = 1_000
ROWS_AT_MOST = 10_000
WORKING_IN_S = 0.08
"""What working in one page may take: in the browser a tap has to wait for it, and should be answered within 0.1 s."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sync has come: rows received so far, and about how many a first sync still lacks."""

    received: int
    remaining: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a whole sync did."""

    sent: int
    refused: int
    received: int
    rounds: int
    skew_flagged: bool


async def synchronise(
    replica: Replica,
    exchange: Exchange,
    progress: Callable[[Progress], None] | None = None,
    before_wiping: Callable[[], Awaitable[None]] | None = None,
    *,
    begin: Begin = begin_task,
) -> Outcome:
    """Send everything pending, then fetch everything that changed.

    `before_wiping` is awaited before a wipe that was ordered deletes what does not travel with the units.
    Raises what `exchange` raises; whatever was worked in until then stays, and the next call goes on from there.
    """
    sent = refused = received = rounds = 0
    limit = ROWS_AT_FIRST
    asker = Asker(exchange, begin)
    try:
        while True:
            request = asker.asked(lambda: _cursor(replica))
            if request is None:
                request = ask(replica, limit)
                if not request.pull:
                    await asker.ask(request)
            following = None if request.pull else units_after(replica, request)
            response = await asker.answer(request)
            now_ms = replica.device_now_ms()
            ahead = page_before_the_end(limit, response.remaining)
            await asker.ask_ahead(request, response, following, limit=ahead, now_ms=now_ms)
            began = perf_counter()
            tables = work_in(replica, request, response)
            limit = next_limit(request.limit, perf_counter() - began)
            replica.tell(tables)

            rounds += 1
            sent += len(response.results)
            refused += sum(result.outcome != "applied" for result in response.results)
            received += sum(len(page.rows) for page in response.rows)
            if progress:
                progress(Progress(received, response.remaining))
            if response.order == "wipe":
                if before_wiping:
                    await before_wiping()
                wiping.obey(replica, request)
            elif request.pull and not response.more:
                return Outcome(sent, refused, received, rounds, response.skew_flagged)
    finally:
        asker.let_go()


def _cursor(replica: Replica) -> str:
    with replica.engine.connect() as connection:
        return state.read(connection, "cursor") or ""


def next_limit(limit: int, took_s: float) -> int:
    """How many rows to ask for next, so that working them in takes about `WORKING_IN_S`; at most twice as many."""
    fitting = int(limit * WORKING_IN_S / max(took_s, 1e-6))
    return max(ROWS_AT_FIRST // 10, min(fitting, 2 * limit, ROWS_AT_MOST))


def page_before_the_end(limit: int, remaining: int) -> int:
    """`limit`, or less where few rows of a first sync are left: the device is alone with the last page, so it is a small one."""
    return min(limit, max(ROWS_AT_FIRST, remaining // 2)) if remaining else limit


@uncollected()
def ask(replica: Replica, limit: int = ROWS_AT_FIRST) -> wire.Request:
    """The next request: the oldest units that can be sent, and rows only when those are all of them."""
    with replica.engine.connect() as connection:
        kept, counts = state.read_all(connection), outbox.counts(connection)
        units: list[outbox.Unit] = []
        most = _units_a_round(connection, counts[outbox.PENDING])
        if counts[outbox.PENDING] and kept.get("sends_all"):
            units = outbox.units(connection, outbox.PENDING, limit=most + 1)
        elif counts[outbox.PENDING]:
            units = answers.sendable(connection, most + 1)
        return wire.Request(
            device_now_ms=replica.device_now_ms(),
            units=[unit.as_sent() for unit in units[:most]],
            cursor=kept.get("cursor") or "",
            pull=len(units) <= most,
            pending=counts[outbox.PENDING],
            limit=limit,
            protocol=wire.PROTOCOL,
            schema=versions.RELEASE.schema,
            app_version=replica.app_version,
            storage_bytes=usage.storage_bytes(connection),
            refused=counts[outbox.REFUSED],
            obeyed=kept.get("obeyed") or "",
        )


@uncollected()
def units_after(replica: Replica, request: wire.Request) -> Following | None:
    """The units behind those of a request that is on its way; None where it must be answered before that can be said."""
    with replica.engine.connect() as connection:
        counts, last = outbox.counts(connection), request.units[-1].id
        # One that was refused and is to be sent again has its old place, before those that wait for it.
        is_oldest = outbox.count_pending(connection, up_to=last) == len(request.units)
        if not is_oldest or counts[outbox.REFUSED] or counts[outbox.HELD]:
            return None
        pending = counts[outbox.PENDING]
        most = _units_a_round(connection, pending, behind=pending - len(request.units))
        units = outbox.units(connection, outbox.PENDING, limit=most + 1, after=last)
    if not units:
        return None
    return Following(wire.Packed([unit.as_sent() for unit in units[:most]]), len(units) <= most)


def _units_a_round(connection: Connection, pending: int, *, behind: int | None = None) -> int:
    """How many units to send at once, so that the hub works on some while the device is busy with others.

    Few at first (`behind` is None), so that the hub is soon at work; few where not many are left `behind` those on their
    way, since the device is alone with the last answer.
    """
    if pending <= CHANGES_A_ROUND // 10:
        return UNITS_A_ROUND
    most = min(UNITS_A_ROUND, CHANGES_A_ROUND * pending // max(1, outbox.count_changes(connection)))
    few = most // 4
    return max(1, few if behind is None else min(most, max(few, behind // 2)))


@uncollected()
def work_in(replica: Replica, request: wire.Request, response: wire.Response) -> frozenset[str]:
    """Work an answer into the copy, in one transaction; the names of the tables that changed."""
    skew_ms = request.device_now_ms - response.server_now_ms
    with replica.engine.begin() as connection:
        kept = state.read_all(connection)
        settled = answers.work_in(connection, request.units, response.results)
        for page in response.filled:
            rows.fill(connection, catalogue()[page.table], _named(page, response.schema))
        pulled = _work_in_rows(connection, request, response) if request.pull else frozenset()
        settled |= _notice_upgrade(connection, response.schema, kept.get("server_schema") or 0)
        # Always, and in this transaction: it also says which of the units just settled need not come back.
        news: dict[str, Any] = {"cursor": response.cursor, "skew_ms": skew_ms}
        if request.pull:
            news["remaining"] = response.remaining
            if not response.more:
                news["last_sync_at_ms"] = response.server_now_ms
        state.write_changed(connection, kept, **news)
    replica.skew_ms = skew_ms
    return settled | pulled


def _notice_upgrade(connection: Connection, schema: int, known: int) -> frozenset[str]:
    """When the server knows more tables than before, units it could not place then are sent again."""
    if schema <= known:
        return frozenset()
    state.write(connection, server_schema=schema)
    unplaced = [unit for unit in outbox.units(connection, outbox.REFUSED) if unit.code == "unknown_table"]
    return frozenset().union(*(refusals.resend(connection, unit.id) for unit in unplaced))


def _work_in_rows(connection: Connection, request: wire.Request, response: wire.Response) -> frozenset[str]:
    specs = catalogue()
    if not request.cursor:
        renewal.begin(connection)
    for gone in response.gone:
        if gone.table in specs:
            rows.take_away(connection, specs[gone.table], gone.ids)
        else:
            unknown.forget(connection, gone.table, gone.ids)
    for page in response.rows:
        named = _named(page, response.schema)
        if page.table in specs:
            rows.take_rows(connection, specs[page.table], named)
        else:
            unknown.keep(connection, None, named)
    vanished = renewal.work_in(connection, response)
    return vanished.union([gone.table for gone in response.gone], [page.table for page in response.rows])


def _named(page: wire.Rows, schema: int) -> wire.Rows:
    """The page of a hub of that schema, its columns under their present names."""
    columns = versions.RELEASE.columns_known(page.table, page.columns, of=schema)
    return wire.Rows(page.table, columns, page.rows)
