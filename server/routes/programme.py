"""Figures for those in charge, over days: the team, the points programme, what customers said."""

from dataclasses import asdict
from typing import Any

from litestar import Request, Router, get
from litestar.datastructures import State
from litestar.params import FromQuery
from msgspec import Struct

from server.acting import require_back_office, require_manager
from server.domain.figures.programme import Coupons, Outstanding, programme_of
from server.domain.figures.team import Answer, answers_in, team_of
from server.domain.figures.work import Period
from server.services import Wired
from shared_models.errors import RuleError
from shared_models.moments import day_bounds_ms
from sync.hub import Caller

_Request = Request[Caller, Any, State]


class ColleagueBody(Struct, kw_only=True):
    """A salesperson in a period: what they did, what they were to reach, their score and rank; null without data."""

    staff_id: str
    name: str
    store: str
    rank: int | None
    score: str | None
    followups: int
    won: int
    leads: int
    sales_fen: int
    satisfaction: str | None
    target_followups: int | None
    target_sales_fen: int | None


class FlowBody(Struct):
    """Points of a period; rates in per cent of what was issued and not taken back."""

    issued: int
    used: int
    expired: int
    taken_back: int
    use_percent: str | None
    expiry_percent: str | None


class PromotionBody(Struct):
    """What was sold in a promotion and in as long a time before it."""

    name: str
    kind: str
    orders: int
    during_fen: int
    before_fen: int
    lift_percent: str | None


class ProgrammeBody(Struct):
    """The points programme in a period."""

    flow: FlowBody
    coupons: Coupons
    outstanding: Outstanding
    promotions: list[PromotionBody]


@get("/figures/team", sync_to_thread=True)
def team(
    services: Wired, request: _Request, first_day: FromQuery[str], last_day: FromQuery[str]
) -> list[ColleagueBody]:
    """Everybody whom the caller is in charge of, the best first."""
    period = _period(first_day, last_day)
    with services.database.reading() as session:
        head = require_manager(session, request.user, "kpi")
        found = team_of(session, head, period)
    return [
        ColleagueBody(
            staff_id=each.staff_id,
            name=each.name,
            store=each.store,
            rank=each.rank,
            score=_text(each.scored.score),
            followups=each.scored.work.followups,
            won=each.scored.work.won,
            leads=each.scored.work.leads,
            sales_fen=each.scored.work.sales_fen,
            satisfaction=_text(each.scored.work.satisfaction),
            target_followups=each.scored.target.followups,
            target_sales_fen=each.scored.target.sales_fen,
        )
        for each in found
    ]


@get("/figures/surveys", sync_to_thread=True)
def surveys(
    services: Wired, request: _Request, first_day: FromQuery[str], last_day: FromQuery[str]
) -> list[Answer]:
    """What customers said in a period."""
    period = _period(first_day, last_day)
    with services.database.reading() as session:
        head = require_manager(session, request.user, "survey")
        return answers_in(session, head, period)


@get("/figures/programme", sync_to_thread=True)
def programme(
    services: Wired, request: _Request, first_day: FromQuery[str], last_day: FromQuery[str]
) -> ProgrammeBody:
    """Points and coupons in a period, and what is outstanding now."""
    period = _period(first_day, last_day)
    with services.database.reading() as session:
        staff = require_back_office(session, request.user, "programme")
        found = programme_of(session, staff.company_id, period, now_ms=services.now_ms())
    flow = found.flow
    return ProgrammeBody(
        FlowBody(
            **asdict(flow),
            use_percent=_text(flow.use_percent),
            expiry_percent=_text(flow.expiry_percent),
        ),
        found.coupons,
        found.outstanding,
        [
            PromotionBody(
                each.name,
                each.kind,
                each.orders,
                each.promotion.during_fen,
                each.promotion.before_fen,
                _text(each.promotion.lift_percent),
            )
            for each in found.promotions
        ],
    )


def _period(first_day: str, last_day: str) -> Period:
    """From the first moment of a local day through the last of another. Refuses days in disorder (`RuleError("days")`)."""
    try:
        period = Period(day_bounds_ms(first_day)[0], day_bounds_ms(last_day)[1])
    except ValueError:
        raise RuleError("days", first=first_day, last=last_day) from None
    if period.from_ms >= period.to_ms:
        raise RuleError("days", first=first_day, last=last_day)
    return period


def _text(value: object) -> str | None:
    return None if value is None else str(value)


programme_routes = Router("/api", route_handlers=[team, surveys, programme], tags=["figures"])
