"""Simulating and publishing a draft of the points scheme at the server. Needs the network."""

from dataclasses import dataclass
from typing import Any

from mobile.state.application import App
from mobile.state.online import ask
from mobile.state.scheme_draft import SchemeDraft
from shared_models.errors import RuleError
from shared_models.moments import day_bounds_ms


@dataclass(frozen=True, slots=True)
class Published:
    """A version that was published."""

    id: str
    version: int


async def simulate(app: App, draft: SchemeDraft) -> dict[str, Any]:
    """What the draft would have done in its period, as the server's `Simulation`.

    Raises `ServerRefusal`, `Unreachable`, `LogInNeeded`; `RuleError("scheme")` for a draft with a mistake.
    """
    draft.rules()
    body = {
        "rules": draft.document(),
        "first_day": draft.first_day.strip(),
        "last_day": draft.last_day.strip(),
    }
    return await ask(app, "/api/schemes/simulation", body)


async def publish(app: App, draft: SchemeDraft) -> Published:
    """Make the draft the next version, from now or from its day on. Raises as `simulate` does."""
    draft.rules()
    body: dict[str, Any] = {"rules": draft.document(), "practice": draft.practice()}
    day = draft.valid_from.strip()
    if day:
        try:
            body["valid_from_ms"] = day_bounds_ms(day)[0]
        except ValueError:
            raise RuleError("day", text=day) from None
    answer = await ask(app, "/api/schemes", body)
    app.loop.wake(at_once=True)
    return Published(str(answer["id"]), int(answer["version"]))
