"""Does this device equal the server: ask, compare scope by scope, and fetch one scope anew."""

import msgspec

from mobile.state.application import App
from mobile.state.exchange import sync_once
from sync.device import proving, state
from sync.proof import Comparison, Proof, compare

_PATH = "/api/sync"


async def check_copy(app: App) -> list[Comparison]:
    """Every scope of this person on both sides, those that differ first. Raises as `sync_once` does.

    Others may write between the two sums, so a difference counts only when it is there a second time.
    """
    found = await _check_once(app)
    return await _check_once(app) if any(each.unequal for each in found) else found


async def repair_scope(app: App, scope: str) -> None:
    """Fetch one scope anew; what is pending stays on top. Raises as `sync_once` does."""
    with app.engine.connect() as connection:
        before = state.read(connection, "cursor") or ""
    body = {"cursor": before, "scope": scope}
    answer = await app.server.post(f"{_PATH}/forget", body, await app.session.access_token())
    with app.engine.begin() as connection:
        # A sync that came between has moved the position; then nothing is forgotten, and one asks again.
        if (state.read(connection, "cursor") or "") == before:
            proving.forget(connection, scope, str(answer["cursor"]))
    await sync_once(app)


async def _check_once(app: App) -> list[Comparison]:
    await sync_once(app)
    question = msgspec.to_builtins(proving.question())
    answer = await app.server.post(f"{_PATH}/proof", question, await app.session.access_token())
    proof = msgspec.convert(answer, Proof)
    with app.engine.connect() as connection:
        here = proving.add_up(connection, proof.columns)
    return compare(here, proof.sums, proof.sums)
