"""What the back office does about designers at the server: taking them in, reviews, statements, claims. Needs the network."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mobile.state.application import App
from mobile.state.online import ask


@dataclass(frozen=True, slots=True)
class Settled:
    """How many statements were made, and what they pay together."""

    statements: int
    pay_fen: int


async def take_in(app: App, file: Mapping[str, Any]) -> str:
    """Take a designer in, as the server's body for it; their identifier. Raises as `review_year` does."""
    answer = await ask(app, "/api/designers", dict(file))
    app.loop.wake(at_once=True)
    return str(answer["id"])


async def correct_level(app: App, designer_id: str, *, year: int, level: str, reason: str) -> None:
    """Give another level for a year than the review gave. Raises as `review_year` does."""
    body = {"year": year, "level": level, "reason": reason}
    await ask(app, f"/api/designers/{designer_id}/corrections", body)
    app.loop.wake(at_once=True)


async def decide_claim(app: App, referral_id: str, reason: str) -> None:
    """Give a client to the designer of this claim. Raises as `review_year` does."""
    await ask(app, f"/api/referrals/{referral_id}/decision", {"reason": reason})
    app.loop.wake(at_once=True)


async def note_payout(app: App, statement_id: str, reference: str) -> None:
    """Note that a statement was paid. Raises as `review_year` does."""
    await ask(app, f"/api/designers/statements/{statement_id}/payout", {"reference": reference})
    app.loop.wake(at_once=True)


async def recommend(app: App, product_id: str, *, words: str, position: int, active: bool) -> None:
    """Recommend an article, or change what is said about it. Raises as `review_year` does."""
    body = {"product_id": product_id, "words": words, "position": position, "active": active}
    await ask(app, "/api/recommendations", body)
    app.loop.wake(at_once=True)


async def review_year(app: App, year: int) -> int:
    """Close a year; how many designers have a level for the next. Raises `ServerRefusal`, `Unreachable`, `LogInNeeded`."""
    answer = await ask(app, f"/api/designers/reviews/{year}", {})
    app.loop.wake(at_once=True)
    return len(answer["levels"])


async def settle(app: App) -> Settled:
    """Settle what is due with every designer. Raises as `review_year` does."""
    answer = await ask(app, "/api/designers/statements", {})
    app.loop.wake(at_once=True)
    made = [each for each in answer["statements"].values() if each["id"]]
    return Settled(len(made), sum(each["pay_fen"] for each in made))


async def fetch_statement(app: App, statement_id: str, language: str) -> bytes:
    """A statement as a PDF file. Raises as `review_year` does."""
    path = f"/api/designers/statements/{statement_id}?language={language}"
    return await app.server.get_bytes(path, await app.session.access_token())


async def publish_levels(app: App, rules: dict[str, Any], valid_from_ms: int | None = None) -> int:
    """Publish a new version of the levels, in force from now or from a moment on; its number. Raises as `review_year` does."""
    answer = await ask(app, "/api/designer-levels", {"rules": rules, "valid_from_ms": valid_from_ms})
    app.loop.wake(at_once=True)
    return int(answer["version"])
