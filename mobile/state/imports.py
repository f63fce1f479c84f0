"""Importing files at the server: send them, watch the job, fetch what was refused. Needs the network."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from mobile.state.application import App
from mobile.state.errors import ServerRefusal

_PATH = "/api/imports/"
_LOOK_EVERY_S = 0.5
_ENDED = frozenset({"done", "refused", "failed", "interrupted"})


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that was chosen."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Job:
    """How far an import is; `report` says what it did, or for a dry run would do."""

    id: str
    state: str
    dry_run: bool
    progress: float
    report: dict[str, Any]
    has_errors: bool


async def run_import(
    app: App, files: Sequence[SourceFile], *, dry_run: bool, watch: Callable[[float], None]
) -> Job:
    """Import the files, or only see what that would do; `watch` is told the progress from 0 to 1.

    Raises `ServerRefusal`, also when the server gave the job up, `Unreachable` or `LogInNeeded`.
    """
    sent = [(file.name, file.content) for file in files]
    fields = {"dry_run": "true" if dry_run else "false"}
    opened = await app.server.post_files(_PATH, sent, fields, await app.session.access_token())
    while True:
        job = await _look(app, str(opened["id"]))
        watch(job.progress)
        if job.state in _ENDED:
            break
        await asyncio.sleep(_LOOK_EVERY_S)
    if job.state != "done":
        raise ServerRefusal(f"import_{job.state}", job.report)
    return job


async def fetch_errors(app: App, job_id: str) -> bytes:
    """The rows that were not loaded, each with its reason, as CSV. Raises as `run_import` does."""
    return await app.server.get_bytes(f"{_PATH}{job_id}/errors.csv", await app.session.access_token())


async def _look(app: App, job_id: str) -> Job:
    return Job(**await app.server.get(f"{_PATH}{job_id}", await app.session.access_token()))
