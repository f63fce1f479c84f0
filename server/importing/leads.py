"""Completes imported leads: who holds them, when they come due, when somebody first reached them."""

from itertools import cycle

from sqlmodel import Session

from server.importing.drafting import Draft, Drafts
from server.importing.mapping import Mapping
from server.importing.rows import Row, rows_by_id
from server.importing.staffing import Workforce
from shared_models.moments import DAY_MS
from shared_models.sales.tables import LeadStage, Outcome


def assign_leads(
    session: Session, drafts: Drafts, workforce: Workforce, mappings: list[Mapping], now_ms: int
) -> None:
    """Give new leads an owner, round robin over the company's salespeople, and let each lead follow its owner's store."""
    leads = drafts.of("lead")
    if not leads:
        return
    known = rows_by_id(session, "lead", leads)
    turns = cycle(workforce.in_order())
    due_days = max((mapping.due_within_days or 0 for mapping in mappings), default=0)
    for lead_id, draft in leads.items():
        if lead_id not in known:
            if "owner_id" not in draft.fields:
                draft.fields["owner_id"] = next(turns)
            _set_due(draft, due_days, now_ms)
        if "owner_id" in draft.fields:
            _say(draft, "owner_id", "store_id", workforce.store_of(draft.fields["owner_id"]))
    _note_first_contact(drafts, known)


def _set_due(draft: Draft, within_days: int, now_ms: int) -> None:
    """A new lead comes due 24 hours after the inquiry (R14), unless it is too old to be news."""
    inquired_at_ms = draft.fields["inquired_at_ms"]
    if draft.fields["stage"] == LeadStage.NEW and now_ms - inquired_at_ms <= within_days * DAY_MS:
        draft.fields["next_due_at_ms"] = inquired_at_ms + DAY_MS


def _note_first_contact(drafts: Drafts, known: dict[str, Row]) -> None:
    """The first follow-up that reached the customer is when the lead was first reached (R14)."""
    for follow_up in drafts.of("followup").values():
        lead_id, at_ms = follow_up.fields["lead_id"], follow_up.fields["occurred_at_ms"]
        draft = drafts.of("lead").get(lead_id)
        if draft is None or follow_up.fields["outcome"] != Outcome.REACHED:
            continue
        before = known[lead_id]["first_reached_at_ms"] if lead_id in known else None
        if before is None or at_ms <= before:
            _say(draft, "owner_id", "first_reached_at_ms", at_ms)


def _say(draft: Draft, because_of: str, name: str, value: object) -> None:
    """Add what follows from a field to the draft, as said by whichever mapping said that field."""
    draft.fields[name] = value
    for said in draft.said.values():
        if because_of in said:
            said[name] = value
