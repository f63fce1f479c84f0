"""Other engines on this machine in the same run, and how ours compares with them.

`../shared/peers/run.sh`, where it exists beside the repository, measures raw SQLite, PouchDB and RxDB on the same kind of
rows; `BENCH_PEERS` names another folder.
"""

import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.figures import Figure

_FOLDER = Path(os.environ.get("BENCH_PEERS") or Path(__file__).resolve().parents[2] / "shared" / "peers")
_WAIT_S = int(os.environ.get("BENCH_PEERS_S", "150"))

_TAKEN = (
    ("pouchdb", "up (A->server)", "docs_s", "pouchdb_up", "rows/s"),
    ("pouchdb", "down (server->fresh B)", "docs_s", "pouchdb_down", "rows/s"),
    ("pouchdb", "no-op sync round", "ms", "pouchdb_no_op", "ms"),
    ("pouchdb", "live 1 edit A->server->B", "p50_ms", "pouchdb_edit_p50", "ms"),
    ("pouchdb", "live 1 edit A->server->B", "p95_ms", "pouchdb_edit_p95", "ms"),
    ("rxdb", "down (fresh B)", "docs_s", "rxdb_memory_down", "rows/s"),
    (
        "sqlite3 raw",
        "json.loads + 2 indexes + change-log row",
        "rows_s_median",
        "raw_sqlite_insert",
        "rows/s",
    ),
)
"""Peer, phase or case, key, our name for it, unit."""

_RATIOS = (
    ("first_sync_10000", "pouchdb_down", 10.0, False),
    ("first_sync_10000", "rxdb_memory_down", 0.9, False),
    ("upload", "pouchdb_up", {"sqlite": 7.0, "postgresql": 2.2}, False),
    ("edit_seen_p50", "pouchdb_edit_p50", 1.0, True),
    ("edit_seen_p95", "pouchdb_edit_p95", 1.0, True),
    ("no_op_round", "pouchdb_no_op", 0.4, True),
    ("wire_down", "pouchdb_wire_down", 0.7, True),
    ("upload", "raw_sqlite_insert", None, False),
)
"""Our figure, the peer's, the bar of ours divided by theirs, whether at most."""


def measured(rows: int) -> Iterator[Figure]:
    """What the peers reach; a line that says so where they are not there, or not done in time."""
    if not (_FOLDER / "run.sh").exists():
        yield Figure("peers", 0, "", failed="no folder of peers beside the repository: no ratios to them")
        return
    with tempfile.TemporaryDirectory() as work, Path(work, "said").open("w+") as said:
        # A group of its own, so that what the script has started ends with it.
        run = subprocess.Popen(
            ["bash", str(_FOLDER / "run.sh"), work, str(rows)],
            stdout=said,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            failed = f"the script ended with {code}" if (code := run.wait(_WAIT_S)) else ""
        except subprocess.TimeoutExpired:
            os.killpg(run.pid, signal.SIGKILL)
            run.wait()
            failed = f"not done after {_WAIT_S} s"
        said.seek(0)
        for line in said:
            if line.startswith("{"):
                yield from _figures(json.loads(line))
        if failed:
            yield Figure("peers", 0, "", failed=failed)


def ratios(kind: str, ours: Mapping[str, Figure], theirs: Mapping[str, Figure]) -> Iterator[Figure]:
    """Our figures divided by the peers', where both were measured."""
    for name, peer, bar, at_most in _RATIOS:
        mine, other = ours.get(f"{kind}_{name}"), theirs.get(peer)
        if mine is not None and other is not None and other.value:
            wanted = bar[kind] if isinstance(bar, dict) else bar
            yield Figure(
                f"{kind}_{name}_to_{peer}", mine.value / other.value, "ratio", wanted, at_most=at_most
            )


def _figures(said: Mapping[str, Any]) -> Iterator[Figure]:
    about = said.get("phase") or said.get("case")
    for peer, phase, key, name, unit in _TAKEN:
        if str(said["peer"]).startswith(peer) and about == phase and said.get("sync", "FULL") == "FULL":
            yield Figure(name, float(said[key]), unit)
    if about == "down (server->fresh B)":
        yield Figure("pouchdb_wire_down", said["wire_down"] / said["written"], "bytes/row")
