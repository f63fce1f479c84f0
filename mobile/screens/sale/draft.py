"""The draft of a sale as state of its page, and the buyer it is for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import flet as ft

from mobile.state.application import App
from mobile.state.hooks import latest, use_query, use_tables
from mobile.state.queries import leases
from mobile.state.queries.customers import CustomerRow, customers_by_phone
from mobile.state.queries.sale import TABLES, Party, new_draft, party_of
from mobile.state.sale_draft import EMPTY, SaleDraft, SaleDrafts
from shared_models.sales.tables import Order

Step = Callable[[SaleDraft], SaleDraft]
Edit = Callable[[Step], None]
_DIGITS_TO_SEARCH = 4
_WATCHED = (*TABLES, *leases.TABLES)


@dataclass(frozen=True, slots=True)
class DraftInHand:
    """The draft as last drawn, and what can be done with it.

    `edit` is a step from the draft as it is by then, so that two quick taps count as two, and keeps it on the device;
    `newest` is the draft as it is by now; `forget` drops what the device keeps.
    """

    drawn: SaleDraft
    edit: Edit
    newest: Callable[[], SaleDraft]
    forget: Callable[[], None]


def use_draft(app: App, subject: str) -> DraftInHand:
    """The draft of a sale that began with this subject."""
    drafts = SaleDrafts(app.facts)
    begin: Any = lambda: _begin(app, drafts, subject)  # noqa: E731 - Flet's state makes its first value once
    draft, hold = ft.use_state(begin)

    def edit(step: Step) -> None:
        def take(before: SaleDraft) -> SaleDraft:
            after = step(before)
            drafts.keep(subject, after)
            return after

        hold(take)

    return DraftInHand(
        cast("SaleDraft", draft),
        edit,
        lambda: cast("SaleDraft", latest(hold)),
        lambda: drafts.forget(subject),
    )


def party_now(app: App, subject: str, draft: SaleDraft) -> Party:
    """The buyer of a draft, as this device knows them at this moment."""
    person = app.session.person
    store_id = person.store_id if person else None
    # Read before the query, which has the database's one connection to itself.
    pending, lease_now_ms = app.replica.pending_units(), app.lease_clock.now_ms()
    return app.read(
        lambda session: party_of(
            session,
            subject,
            draft,
            now_ms=app.now_ms(),
            own_store_id=store_id,
            pending=pending,
            lease_now_ms=lease_now_ms,
        )
    )


def use_party(app: App, subject: str, draft: SaleDraft) -> tuple[Party, list[CustomerRow]]:
    """The buyer, and while there is none, the customers whose number has the digits typed so far."""
    version = use_tables(_WATCHED)
    depends = [version, id(app.replica), subject, draft.customer_id, draft.phone]
    party = ft.use_memo(lambda: party_now(app, subject, draft), depends)
    digits = "".join(character for character in draft.phone if character.isdigit())
    searching = party.customer is None and subject == EMPTY and len(digits) >= _DIGITS_TO_SEARCH
    matches = use_query(
        lambda session: customers_by_phone(session, digits) if searching else [], TABLES, digits, searching
    )
    return party, matches


def _begin(app: App, drafts: SaleDrafts, subject: str) -> SaleDraft:
    """The draft that was left here, unless it has become an order meanwhile; else a new one."""
    kept = drafts.load(subject)
    if kept is not None and app.read(lambda session: session.get(Order, kept.order_id)) is None:
        return kept
    return app.read(lambda session: new_draft(session, subject))
