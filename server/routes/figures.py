"""Figures for those in charge: surveys, people's scores, what customers and campaigns brought."""

from decimal import Decimal
from typing import Annotated, Any

from litestar import Request, Router, get, post
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import Meta, Struct
from sqlmodel import Session

from server.acting import acting, require_back_office, require_manager
from server.auth.errors import NotYours
from server.domain.figures.campaigns import RecordedCampaign, recorded_campaigns
from server.domain.figures.surveys import answer_survey
from server.domain.figures.targets import agree_target, publish_kpi_rules
from server.domain.figures.value import value_of_customers
from server.domain.figures.work import Period, score_person
from server.services import Wired
from server.visibility import visible
from shared_models.errors import RuleError
from shared_models.moments import parse_moment
from shared_models.office.campaigns import CampaignCounts, evaluate_campaign
from shared_models.people.access import BACK_OFFICE
from shared_models.people.tables import Role, Staff
from shared_models.sales.tables import Order
from sync.hub import Caller

_Request = Request[Caller, Any, State]


class SurveyBody(Struct, forbid_unknown_fields=True):
    """An answer about an order: a score from 0 to 5, such as `"4.5"`."""

    score: Annotated[str, Meta(max_length=10)]
    comment: Annotated[str, Meta(max_length=4_000)] = ""


class KpiBody(Struct, kw_only=True):
    """What a person did in a period, and the score; null where there is no data."""

    followups: int
    won: int
    leads: int
    sales_fen: int
    satisfaction: str | None
    score: str | None


class TargetBody(Struct, forbid_unknown_fields=True, kw_only=True):
    """What a person is to reach, from a moment on; from now on if none is given."""

    followups: Annotated[int, Meta(ge=0)] | None = None
    sales_fen: Annotated[int, Meta(ge=0)] | None = None
    valid_from_ms: int | None = None


class KpiRulesBody(Struct, forbid_unknown_fields=True):
    """How work is scored, from a moment on; from now on if none is given."""

    rules: dict[str, Any]
    valid_from_ms: int | None = None


class CustomerValueBody(Struct):
    """What a customer brought; the share is null where all of them together brought nothing."""

    customer_id: str
    profit_fen: int
    share_percent: str | None


class CampaignBody(Struct):
    """A campaign's figures; null where there is nothing to divide by."""

    delivered_percent: str | None
    opened_percent: str | None
    clicked_percent: str | None
    converted_percent: str | None
    net_sales_fen: int
    return_on_cost: str | None


@post("/orders/{order_id:str}/survey", status_code=204, sync_to_thread=True)
def survey(order_id: FromPath[str], data: JSONBody[SurveyBody], services: Wired, request: _Request) -> None:
    """Note what a customer says about an order; once."""
    with acting(services, request.user) as session:
        order = visible(session, request.user, Order, order_id)
        answer_survey(session, order, data.score, comment=data.comment, now_ms=services.now_ms())


@get("/staff/{staff_id:str}/kpi", sync_to_thread=True)
def kpi(
    staff_id: FromPath[str],
    services: Wired,
    request: _Request,
    begin: Annotated[str, QueryParameter(name="from")],
    end: Annotated[str, QueryParameter(name="to")],
) -> KpiBody:
    """A person's score from one moment until before another, for themselves and those above them."""
    period = Period(parse_moment(begin), parse_moment(end))
    with services.database.reading() as session:
        staff = _seen(session, request.user, staff_id)
        scored = score_person(session, staff, period)
    work = scored.work
    return KpiBody(
        followups=work.followups,
        won=work.won,
        leads=work.leads,
        sales_fen=work.sales_fen,
        satisfaction=_text(work.satisfaction),
        score=_text(scored.score),
    )


@post("/staff/{staff_id:str}/targets", status_code=204, sync_to_thread=True)
def target(staff_id: FromPath[str], data: JSONBody[TargetBody], services: Wired, request: _Request) -> None:
    """Agree on what a person is to reach."""
    valid_from_ms = services.now_ms() if data.valid_from_ms is None else data.valid_from_ms
    with acting(services, request.user) as session:
        require_manager(session, request.user, "target")
        staff = _seen(session, request.user, staff_id)
        agree_target(
            session, staff, followups=data.followups, sales_fen=data.sales_fen, valid_from_ms=valid_from_ms
        )


@post("/kpi-schemes", status_code=204, sync_to_thread=True)
def kpi_rules(data: JSONBody[KpiRulesBody], services: Wired, request: _Request) -> None:
    """Publish how work is scored."""
    valid_from_ms = services.now_ms() if data.valid_from_ms is None else data.valid_from_ms
    with acting(services, request.user) as session:
        staff = require_back_office(session, request.user, "kpi_scheme")
        publish_kpi_rules(session, staff.company_id, data.rules, valid_from_ms=valid_from_ms)


@get("/customers/value", sync_to_thread=True)
def customer_value(services: Wired, request: _Request, year: FromQuery[int]) -> list[CustomerValueBody]:
    """What each customer brought in a year, best first."""
    with services.database.reading() as session:
        staff = require_back_office(session, request.user, "customer_value")
        found = value_of_customers(session, staff.company_id, year)
    return [CustomerValueBody(each.customer_id, each.profit_fen, _text(each.share_percent)) for each in found]


@post("/campaigns/evaluation", status_code=200, sync_to_thread=True)
def campaign(data: JSONBody[CampaignCounts], services: Wired, request: _Request) -> CampaignBody:
    """What a campaign brought, from what was counted."""
    with services.database.reading() as session:
        require_back_office(session, request.user, "campaign")
    figures = evaluate_campaign(data)
    return CampaignBody(
        _text(figures.delivered_percent),
        _text(figures.opened_percent),
        _text(figures.clicked_percent),
        _text(figures.converted_percent),
        figures.net_sales_fen,
        _text(figures.return_on_cost),
    )


@get("/campaigns", sync_to_thread=True)
def campaigns(services: Wired, request: _Request) -> list[RecordedCampaign]:
    """What is recorded of each campaign whose code an order carries."""
    with services.database.reading() as session:
        staff = require_back_office(session, request.user, "campaign")
        return recorded_campaigns(session, staff.company_id)


def _seen(session: Session, caller: Caller, staff_id: str) -> Staff:
    """A person whose figures the caller may see: themselves, those of their store as its manager, all in the office."""
    own = session.get_one(Staff, caller.staff_id)
    staff = session.get(Staff, staff_id)
    if staff is None or staff.company_id != own.company_id:
        raise RuleError("unknown", id=staff_id)
    leads_them = own.role == Role.STORE_MANAGER and own.store_id == staff.store_id
    if staff.id != own.id and not leads_them and own.role not in BACK_OFFICE:
        raise NotYours("staff", staff_id)
    return staff


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


figure_routes = Router(
    "/api",
    route_handlers=[survey, kpi, target, kpi_rules, customer_value, campaign, campaigns],
    tags=["figures"],
)
