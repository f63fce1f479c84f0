"""Designers at the back office: taking them in, their levels, the yearly review, and what they are paid."""

from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery, JSONBody
from sqlmodel import Session, col, select

from server.acting import acting, require_back_office
from server.auth.errors import NotYours
from server.domain.designers import levels, reviews, roster, settlement, standing
from server.domain.designers.statement_pdf import statement_pdf
from server.routes.designer_bodies import (
    CorrectionBody,
    DesignerBody,
    LevelsBody,
    LogInBody,
    NewDesignerBody,
    ReviewedBody,
    SettledBody,
    StatementBody,
    VersionBody,
)
from server.services import Wired
from shared_models.designers.tables import CommissionStatement, Designer, DesignerLevels
from shared_models.designers.years import fiscal_year
from sync.hub import Caller

_Request = Request[Caller, Any, State]
_ABOUT = "designer"


@get("/designers", sync_to_thread=True)
def show_designers(services: Wired, request: _Request) -> list[DesignerBody]:
    """All designers of the company by name, with this year as far as it has come."""
    now_ms = services.now_ms()
    with services.database.reading() as session:
        require_back_office(session, request.user, _ABOUT)
        found = select(Designer).where(Designer.company_id == request.user.company_id)
        designers = session.exec(found.order_by(col(Designer.name), Designer.id)).all()
        return [_body(session, each, fiscal_year(now_ms), now_ms) for each in designers]


@post("/designers", sync_to_thread=True)
def take_in(data: JSONBody[NewDesignerBody], services: Wired, request: _Request) -> DesignerBody:
    """Take a designer in, at the level they hold or by what they have referred so far."""
    now_ms = services.now_ms()
    new = roster.NewDesigner(
        name=data.name,
        phone=data.phone,
        firm_id=data.firm_id,
        store_id=data.store_id,
        contact=data.contact,
        styles=tuple(data.styles),
        level=data.level,
        history_fen=data.history_fen,
        joined_year=data.joined_year,
    )
    with acting(services, request.user) as session:
        staff = require_back_office(session, request.user, _ABOUT)
        designer = roster.take_in(session, staff.company_id, new, staff_id=staff.id, now_ms=now_ms)
        if data.log_in is not None:
            roster.open_log_in(
                session, designer, code=data.log_in.code, password=data.log_in.password, now_ms=now_ms
            )
        return _body(session, designer, fiscal_year(now_ms), now_ms)


@get("/designers/{designer_id:str}", sync_to_thread=True)
def show_designer(
    designer_id: FromPath[str], services: Wired, request: _Request, year: FromQuery[int | None] = None
) -> DesignerBody:
    """How a designer stands, in a year or in this one; for the back office and for themselves."""
    now_ms = services.now_ms()
    with services.database.reading() as session:
        _require_office_or_self(session, request.user, designer_id)
        designer = roster.known_designer(session, request.user.company_id, designer_id)
        return _body(session, designer, fiscal_year(now_ms) if year is None else year, now_ms)


@post("/designers/{designer_id:str}/log-in", status_code=204, sync_to_thread=True)
def open_log_in(
    designer_id: FromPath[str], data: JSONBody[LogInBody], services: Wired, request: _Request
) -> None:
    """Let a designer log in with a code and a password."""
    with acting(services, request.user) as session:
        staff = require_back_office(session, request.user, _ABOUT)
        designer = roster.known_designer(session, staff.company_id, designer_id)
        roster.open_log_in(
            session, designer, code=data.code, password=data.password, now_ms=services.now_ms()
        )


@post("/designers/{designer_id:str}/corrections", status_code=204, sync_to_thread=True)
def correct_level(
    designer_id: FromPath[str], data: JSONBody[CorrectionBody], services: Wired, request: _Request
) -> None:
    """Give another level than the review gave, with a reason; the closed year stays as it is."""
    with acting(services, request.user) as session:
        staff = require_back_office(session, request.user, _ABOUT)
        levels.correct_level(
            session,
            roster.known_designer(session, staff.company_id, designer_id),
            year=data.year,
            level=data.level,
            reason=data.reason,
            staff_id=staff.id,
            now_ms=services.now_ms(),
        )


@post("/designers/reviews/{year:int}", status_code=200, sync_to_thread=True)
def review(year: FromPath[int], services: Wired, request: _Request) -> ReviewedBody:
    """Close a year and give everybody their level for the next; again, it says the same and changes nothing."""
    with acting(services, request.user) as session:
        staff = require_back_office(session, request.user, _ABOUT)
        found = reviews.review_year(
            session, staff.company_id, year, now_ms=services.now_ms(), staff_id=staff.id
        )
    return ReviewedBody(found)


@post("/designers/statements", status_code=200, sync_to_thread=True)
def settle(services: Wired, request: _Request) -> SettledBody:
    """Settle what is due with every designer now."""
    with acting(services, request.user) as session:
        staff = require_back_office(session, request.user, _ABOUT)
        done = settlement.settle_commissions(
            session, staff.company_id, now_ms=services.now_ms(), staff_id=staff.id
        )
    return SettledBody({designer_id: _statement_body(settled) for designer_id, settled in done.items()})


@get("/designers/statements/{statement_id:str}", sync_to_thread=True)
def show_statement(
    statement_id: FromPath[str], services: Wired, request: _Request, language: FromQuery[str] = "zh"
) -> Response[bytes]:
    """A statement as a PDF, in Chinese or English; for the back office and the designer it is about."""
    with services.database.reading() as session:
        statement = session.get(CommissionStatement, statement_id)
        if statement is None or statement.company_id != request.user.company_id:
            raise NotFoundException
        _require_office_or_self(session, request.user, statement.designer_id)
        content = statement_pdf(session, statement, language)
    name = f"statement-{statement.number:04}.pdf"
    return Response(
        content,
        media_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


@get("/designer-levels", sync_to_thread=True)
def show_levels(services: Wired, request: _Request) -> list[VersionBody]:
    """Every version of the levels, the newest first."""
    with services.database.reading() as session:
        require_back_office(session, request.user, _ABOUT)
        found = select(DesignerLevels).where(DesignerLevels.company_id == request.user.company_id)
        rows = session.exec(found.order_by(col(DesignerLevels.version).desc())).all()
        return [VersionBody(row.id, row.version, row.valid_from_ms, row.rules) for row in rows]


@post("/designer-levels", sync_to_thread=True)
def publish_levels(data: JSONBody[LevelsBody], services: Wired, request: _Request) -> VersionBody:
    """Publish a new version of the levels."""
    valid_from_ms = services.now_ms() if data.valid_from_ms is None else data.valid_from_ms
    with acting(services, request.user) as session:
        staff = require_back_office(session, request.user, _ABOUT)
        row = levels.publish_levels(session, staff.company_id, data.rules, valid_from_ms=valid_from_ms)
        return VersionBody(row.id, row.version, row.valid_from_ms, row.rules)


def _require_office_or_self(session: Session, caller: Caller, designer_id: str) -> None:
    if f"designer:{designer_id}" in caller.scopes:
        return
    try:
        require_back_office(session, caller, _ABOUT)
    except NotYours:
        raise NotYours(_ABOUT, designer_id) from None


def _body(session: Session, designer: Designer, year: int, now_ms: int) -> DesignerBody:
    owed = standing.owed_to(session, designer.id, now_ms)
    of_year = standing.year_of(session, designer, year, now_ms)
    return DesignerBody(
        id=designer.id,
        name=designer.name,
        year=year,
        level=of_year.level,
        rate_percent=str(of_year.rate_percent),
        performance_fen=of_year.figures.performance_fen,
        commission_fen=of_year.figures.commission_fen,
        to_next_level_fen=of_year.to_next_level_fen,
        pending_fen=owed.pending_fen,
        payable_fen=owed.payable_fen,
        paid_fen=owed.paid_fen,
        carry_fen=owed.carry_fen,
    )


def _statement_body(settled: settlement.Settled) -> StatementBody:
    made = settled.settlement
    return StatementBody(
        id=settled.statement.id if settled.statement else "",
        total_fen=made.total_fen,
        pay_fen=made.pay_fen,
        carry_fen=made.carry_fen,
    )


designer_routes = Router(
    "/api",
    route_handlers=[
        show_designers,
        take_in,
        show_designer,
        open_log_in,
        correct_level,
        review,
        settle,
        show_statement,
        show_levels,
        publish_levels,
    ],
    tags=["designers"],
)
