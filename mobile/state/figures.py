"""Figures that the server computes for those in charge. Needs the network; all raise as `online.ask` does."""

from dataclasses import dataclass
from typing import Any

from mobile.state.application import App
from mobile.state.online import ask
from shared_models.moments import days_after, local_date


@dataclass(frozen=True, slots=True)
class Days:
    """A period of local days, both included."""

    first: str
    last: str

    @property
    def query(self) -> str:
        """As the server's routes take it."""
        return f"first_day={self.first}&last_day={self.last}"


def days_of(which: str, now_ms: int) -> Days:
    """`month` is this month so far, `last_month` the one before, `year` this year so far."""
    today = local_date(now_ms)
    month = f"{today[:8]}01"
    if which == "last_month":
        end = days_after(month, -1)
        return Days(f"{end[:8]}01", end)
    return Days(f"{today[:4]}-01-01" if which == "year" else month, today)


async def fetch_team(app: App, days: Days) -> list[dict[str, Any]]:
    """Everybody whom the person is in charge of, the best first."""
    return await app.server.get_list(f"/api/figures/team?{days.query}", await app.session.access_token())


async def fetch_answers(app: App, days: Days) -> list[dict[str, Any]]:
    """What customers said, the latest first."""
    return await app.server.get_list(f"/api/figures/surveys?{days.query}", await app.session.access_token())


async def fetch_programme(app: App, days: Days) -> dict[str, Any]:
    """Points and coupons of the period, and what is outstanding now."""
    return await app.server.get(f"/api/figures/programme?{days.query}", await app.session.access_token())


async def fetch_customer_value(app: App, year: int) -> list[dict[str, Any]]:
    """What each customer brought in a year, the best first."""
    return await app.server.get_list(f"/api/customers/value?year={year}", await app.session.access_token())


async def fetch_campaigns(app: App) -> list[dict[str, Any]]:
    """What is recorded of each campaign whose code an order carries."""
    return await app.server.get_list("/api/campaigns", await app.session.access_token())


async def evaluate_campaign(app: App, counts: dict[str, int]) -> dict[str, Any]:
    """A campaign's figures from what was counted (R17)."""
    return await ask(app, "/api/campaigns/evaluation", counts)


async def agree_target(app: App, staff_id: str, *, followups: int | None, sales_fen: int | None) -> None:
    """Agree on what a person is to reach, from now on."""
    body = {"followups": followups, "sales_fen": sales_fen}
    await ask(app, f"/api/staff/{staff_id}/targets", body)


async def note_answer(app: App, order_id: str, score: str, comment: str) -> None:
    """Note what a customer says about an order; once."""
    await ask(app, f"/api/orders/{order_id}/survey", {"score": score, "comment": comment})
    app.loop.wake(at_once=True)
