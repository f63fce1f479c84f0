"""What the back office does about designers at the server: the review, the statements, new levels. Needs the network."""

from dataclasses import dataclass
from typing import Any

from mobile.state.application import App


@dataclass(frozen=True, slots=True)
class Settled:
    """How many statements were made, and what they pay together."""

    statements: int
    pay_fen: int


async def review_year(app: App, year: int) -> int:
    """Close a year; how many designers have a level for the next. Raises `ServerRefusal`, `Unreachable`, `LogInNeeded`."""
    answer = await app.server.post(f"/api/designers/reviews/{year}", {}, await app.session.access_token())
    app.loop.wake(at_once=True)
    return len(answer["levels"])


async def settle(app: App) -> Settled:
    """Settle what is due with every designer. Raises as `review_year` does."""
    answer = await app.server.post("/api/designers/statements", {}, await app.session.access_token())
    app.loop.wake(at_once=True)
    made = [each for each in answer["statements"].values() if each["id"]]
    return Settled(len(made), sum(each["pay_fen"] for each in made))


async def fetch_statement(app: App, statement_id: str, language: str) -> bytes:
    """A statement as a PDF file. Raises as `review_year` does."""
    path = f"/api/designers/statements/{statement_id}?language={language}"
    return await app.server.get_bytes(path, await app.session.access_token())


async def publish_levels(app: App, rules: dict[str, Any]) -> int:
    """Publish a new version of the levels, in force from now on; its number. Raises as `review_year` does."""
    body = {"rules": rules}
    answer = await app.server.post("/api/designer-levels", body, await app.session.access_token())
    app.loop.wake(at_once=True)
    return int(answer["version"])
