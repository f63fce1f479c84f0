"""A lead, as the server and as a device show it; alerts for managers."""

from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from mobile.state.queries.lead import lead_record
from server.domain.leads.looking import lead_card
from shared_models.office.tables import Alert
from shared_models.sales.follow_up import is_promise_met, response_minutes
from shared_models.sales.promise import first_due_ms
from shared_models.sales.tables import Lead
from tests.scenarios.clock import moment_at
from tests.scenarios.observation_format import AlertsSeen, LeadSeen
from tests.scenarios.observations.deciding import held_of
from tests.scenarios.observations.registry import at_server, on_device
from tests.scenarios.world import Device, World


@at_server(LeadSeen)
async def lead(world: World, seen: LeadSeen) -> dict[str, Any]:
    """The lead as the back office sees it."""
    lead_id = world.names.system("lead", seen.lead)

    def read(session: Session) -> Any:
        row = session.get(Lead, lead_id)
        return None if row is None else lead_card(session, row, now_ms=world.clock.now_ms)

    card = world.server_reads(read)
    if card is None:
        return {"present": False}
    return {
        "present": True,
        "owner": world.names.name_of("staff", card.owner_id),
        "due": moment_at(card.due_at_ms),
        "next_due": moment_at(card.next_due_at_ms),
        "sla_met": card.promise_met,
        "response_minutes": card.response_minutes,
        "overdue": card.overdue,
        "escalations": card.escalations,
        "contacts": [_contact(world, line) for line in card.contacts],
        "fields": card.attributes,
        "held": world.server_reads(lambda session: held_of(world, session, lead_id)),
    }


@on_device(LeadSeen)
async def lead_on_device(world: World, device: Device, seen: LeadSeen) -> dict[str, Any]:
    """The lead as this device's page of it shows it."""
    app = device.app
    lead_id = world.names.system("lead", seen.lead)
    record = app.read(lambda session: lead_record(session, lead_id, now_ms=app.now_ms()))
    if record is None:
        return {"present": False}
    row = record.lead
    reached_ms = row.first_reached_at_ms
    return {
        "present": True,
        "owner": None if row.awaits_owner else world.names.name_of("staff", row.owner_id),
        "due": moment_at(first_due_ms(row.inquired_at_ms)),
        "next_due": moment_at(row.next_due_at_ms),
        "sla_met": is_promise_met(row.inquired_at_ms, reached_ms, app.now_ms()),
        "response_minutes": None if reached_ms is None else response_minutes(row.inquired_at_ms, reached_ms),
        "overdue": row.escalated_at_ms is not None,
        "escalations": len(record.escalations),
        "contacts": [_contact(world, line) for line in reversed(record.follow_ups)],
        "fields": row.attributes,
        "held": app.read(lambda session: held_of(world, session, lead_id)),
    }


def _contact(world: World, line: Any) -> dict[str, Any]:
    return {
        "by": world.names.name_of("staff", line.staff_id),
        "at": moment_at(line.occurred_at_ms),
        "outcome": line.outcome,
    }


@at_server(AlertsSeen)
async def alerts(world: World, seen: AlertsSeen) -> dict[str, Any]:
    """How many entries of a kind managers have been given."""
    chosen = select(func.count()).select_from(Alert).where(col(Alert.kind) == seen.alerts)
    return {"count": world.server_reads(lambda session: session.execute(chosen).scalar_one())}
