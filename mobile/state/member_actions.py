"""What a member does from their own phone: asking for a code, and redeeming a gift. Both need the server at once."""

from mobile.state.application import App
from mobile.state.online import ask


async def ask_for_code(app: App, phone: str) -> None:
    """Have a code sent to the number. Raises `Unreachable` or `ServerRefusal` (`phone`, `too_many_attempts`, `sms_failed`)."""
    await app.server.post("/api/members/code", {"phone": phone.strip()})


async def redeem_gift(app: App, gift_id: str) -> int:
    """Give points for a gift; how many. The ledger follows with the next sync, which begins at once.

    Raises `Unreachable`, `LogInNeeded` or `ServerRefusal` (`points`, `debt`, `gift_stock`, `gift_tier`, `unknown`).
    """
    answer = await ask(app, "/api/redemptions", {"customer_id": app.replica.staff_id, "gift_id": gift_id})
    app.loop.wake(at_once=True)
    return int(answer["points"])
