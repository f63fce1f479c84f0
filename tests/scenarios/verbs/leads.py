"""Leads: inquiries, contacts, edits, handing over, the regular check of due times."""

from typing import Any

from mobile.state import lead_actions
from mobile.state.lead_actions import Report
from shared_models.sales import inquiry as inquiries
from shared_models.sales.tables import Channel, Customer, Lead
from tests.scenarios.actions import Contact, Edit, Inquiry, Reassign, RunDeadlines
from tests.scenarios.clock import moment_at
from tests.scenarios.values import UNSET
from tests.scenarios.verbs.registry import on_device, online
from tests.scenarios.world import MANAGER_CODE, Device, World


def _given(value: Any, otherwise: Any = None) -> Any:
    return otherwise if value is UNSET else value


@online(Inquiry)
async def inquire(world: World, action: Inquiry) -> dict[str, Any]:
    """Somebody asks; the server says at once whose it is and when it is due."""
    body = {
        "channel": action.channel,
        "region": action.region,
        "category": action.category,
        "name": _given(action.name, ""),
        "phone": _given(action.phone, ""),
    }
    card = await world.desk.post(world.code_of(action.by), "/api/leads", body)
    world.names.bind("lead", action.id, card["id"])
    owner = world.names.name_of("staff", card["owner_id"])
    return {"owner": owner, "due": moment_at(card["due_at_ms"])}


@on_device(Inquiry)
async def inquire_offline(world: World, device: Device, action: Inquiry) -> dict[str, Any]:
    """Somebody asks where there is no network; the server gives the lead an owner when it arrives."""
    inquiry = inquiries.Inquiry(
        action.channel, action.region, action.category, _given(action.name, ""), _given(action.phone, "")
    )
    world.names.bind("lead", action.id, lead_actions.take_inquiry(device.app, inquiry))
    return {}


@online(Contact)
async def contact(world: World, action: Contact) -> dict[str, Any]:
    """Somebody at the server logs a contact."""
    body = {
        "outcome": action.outcome,
        "intent": _given(action.intent),
        "note": _given(action.note, ""),
        "next_in_hours": _given(action.next_in_hours),
    }
    path = f"/api/leads/{world.names.system('lead', action.lead)}/contacts"
    card = await world.desk.post(world.code_of(action.by), path, body)
    return {"next_due": moment_at(card["next_due_at_ms"])}


@on_device(Contact)
async def contact_offline(world: World, device: Device, action: Contact) -> dict[str, Any]:
    """The device's owner logs a contact."""
    report = Report(
        Channel.CALL,
        action.outcome,
        _given(action.intent),
        _given(action.note, ""),
        next_in_hours=_given(action.next_in_hours),
    )
    lead_id = world.names.system("lead", action.lead)
    lead_actions.log_follow_up(device.app, lead_id, report)
    lead = device.app.read(lambda session: session.get_one(Lead, lead_id))
    return {"next_due": moment_at(lead.next_due_at_ms)}


@online(Edit)
async def edit(world: World, action: Edit) -> dict[str, Any]:
    """Somebody at the server sets free fields of a member or lead."""
    kind = _kind_of(world, action.of)
    path = {"lead": "leads", "member": "customers"}[kind]
    body = {"attributes": dict(action.set)}
    await world.desk.patch(
        world.code_of(action.by), f"/api/{path}/{world.names.system(kind, action.of)}", body
    )
    return {}


@on_device(Edit)
async def edit_offline(world: World, device: Device, action: Edit) -> dict[str, Any]:
    """The device's owner sets free fields."""
    kind = _kind_of(world, action.of)
    row_id = world.names.system(kind, action.of)
    if kind == "lead":
        row = device.app.read(lambda session: session.get(Lead, row_id))
        known = row.attributes if row else {}
        lead_actions.edit_lead(device.app, row_id, attributes=known | action.set)
    else:
        from mobile.state import customer_actions

        member = device.app.read(lambda session: session.get(Customer, row_id))
        known = member.attributes if member else {}
        customer_actions.edit_customer(device.app, row_id, attributes=known | action.set)
    return {}


def _kind_of(world: World, name: str) -> str:
    return "lead" if world.names.is_bound("lead", name) else "member"


@online(Reassign)
async def reassign(world: World, action: Reassign) -> dict[str, Any]:
    """A lead changes hands."""
    path = f"/api/leads/{world.names.system('lead', action.lead)}/reassignment"
    body = {"staff_id": world.names.system("staff", action.to)}
    await world.desk.post(world.code_of(action.by), path, body)
    return {}


@online(RunDeadlines)
async def run_deadlines(world: World, _action: RunDeadlines) -> dict[str, Any]:
    """The server checks which leads are overdue."""
    done = await world.desk.post(MANAGER_CODE, "/api/jobs/deadlines")
    return {"escalated": [world.names.name_of("lead", lead_id) for lead_id in done["escalated"]]}
