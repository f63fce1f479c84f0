"""What a member does from their own phone: asking for a code, and redeeming a gift. Both need the server at once."""

from mobile.state.application import App
from mobile.state.online import ask


async def ask_for_code(app: App, phone: str) -> None:
    """Have a code sent to the number. Raises `Unreachable` or `ServerRefusal` (`phone`, `too_many_attempts`, `sms_failed`)."""
    await app.server.post("/api/members/code", {"phone": phone.strip()})


async def redeem_gift(app: App, gift_id: str, seen_points: int) -> int:
    """Give points for a gift that was said to cost so many; how many. The ledger follows with the next sync, at once.

    Raises `Unreachable`, `LogInNeeded` or `ServerRefusal` (`points`, `debt`, `gift_stock`, `gift_tier`, `gift_changed`,
    `unknown`).
    """
    body = {"customer_id": app.replica.staff_id, "gift_id": gift_id, "seen_points": seen_points}
    answer = await ask(app, "/api/redemptions", body)
    app.loop.wake(at_once=True)
    return int(answer["points"])
