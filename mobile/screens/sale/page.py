"""A new sale: the catalogue and the sale side by side on a tablet, one after the other on a phone."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import icon_button, primary_button, secondary_button
from mobile.design.scaffold import detail_pane
from mobile.design.states import snackbar
from mobile.design.type import section_label
from mobile.screens.customers.check_in import use_check_in
from mobile.screens.login.first_sync import FirstSyncPage
from mobile.screens.sale.buyer import buyer_card
from mobile.screens.sale.catalogue import Catalogue
from mobile.screens.sale.done import SaleDone
from mobile.screens.sale.draft import party_now, use_draft, use_party
from mobile.screens.sale.lines import lines_card
from mobile.screens.sale.priced import Priced, price
from mobile.screens.sale.reductions import ReductionsCard
from mobile.screens.sale.sheets import use_discount_sheet, use_service_sheet
from mobile.screens.sale.summary import payment_card, summary_card
from mobile.state.hooks import go, use_app, use_observable
from mobile.state.queries.sale import Party
from mobile.state.sale_actions import Sale, place_order
from mobile.state.sale_draft import EMPTY, SaleDraft
from mobile.text import formats, t


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the sale the person is: choosing articles on a phone, or done with the order placed."""

    picking: bool = False
    placed: str | None = None


@ft.component
def SalePage(back: ft.Control, subject: str | None = None) -> ft.Control:  # noqa: N802
    """A sale to the lead or customer of this identifier, or to whoever comes."""
    del back  # it would lead to the orders; a sale goes back to where it began
    app = use_app()
    use_observable(app.sync)
    if not app.sync.first_done:
        return FirstSyncPage()
    began_with = subject or EMPTY
    return SaleFlow(began_with, key=f"sale-{began_with}")  # type: ignore[call-arg] # Flet takes the key


@ft.component
def SaleFlow(subject: str) -> ft.Control:  # noqa: N802
    """The draft, priced at every change and kept on the device, until it is an order."""
    app = use_app()
    page = ft.context.page
    use_observable(app.window)
    in_hand = use_draft(app, subject)
    draft, edit = in_hand.drawn, in_hand.edit
    place, move = ft.use_state(Place())
    party, matches = use_party(app, subject, draft)
    use_check_in(party.customer.id if party.customer else None)
    priced = price(draft, party, now_ms=app.now_ms())
    discount = use_discount_sheet(lambda line, typed: edit(lambda it: it.changing(line, discount=typed)))
    service = use_service_sheet(lambda name, fen: edit(lambda it: it.adding_service(name, fen)))

    def start_over() -> None:
        edit(lambda _: SaleDraft())
        in_hand.forget()
        move(lambda _: Place())
        go("/sale")

    def confirm() -> None:
        # What was typed last may not be drawn yet, and a lease may have run out since.
        newest = in_hand.newest()
        ready = price(newest, party_now(app, subject, newest), now_ms=app.now_ms())
        problem = ready.problem()
        if problem:
            snackbar(page, problem)
            return
        order_id = place_order(app, _sale(ready))
        in_hand.forget()
        move(lambda _: Place(placed=order_id))

    def change(**values: Any) -> None:
        edit(lambda it: replace(it, **values))

    if place.placed is not None:
        return SaleDone(place.placed, start_over)
    wide = app.window.wide
    done = None if wide else lambda: move(lambda _: Place())
    catalogue = Catalogue(draft, lambda product: edit(lambda it: it.adding(product)), done)
    if place.picking and not wide:
        return catalogue
    body = [
        section_label(t("sale.buyer")),
        buyer_card(
            priced,
            matches,
            change,
            changeable=subject == EMPTY,
            wide=wide,
        ),
        section_label(t("sale.lines")),
        lines_card(
            priced,
            lambda line, more: edit(lambda it: it.stepping(line, more)),
            discount,
            pick=None if wide else lambda: move(lambda _: Place(picking=True)),
            add_service=service,
        ),
        section_label(t("sale.reductions")),
        ReductionsCard(priced, change, wide),
        section_label(t("sale.payment")),
        payment_card(priced, change, wide=wide),
        summary_card(priced),
    ]
    actions = _actions(priced, confirm, start_over)
    pane = detail_pane(t("sale.title"), "", body, actions=actions, back=_back(party), identifier="sale")
    return _beside(catalogue, pane) if wide else pane


def _beside(catalogue: ft.Control, pane: ft.Control) -> ft.Control:
    return ft.Row(
        [ft.Container(catalogue, width=tokens.LIST_WIDTH), ft.Container(pane, expand=True)],
        spacing=0,
        expand=True,
        vertical_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _sale(priced: Priced) -> Sale:
    party = priced.party
    if priced.quote is None:
        message = "a draft without a price was confirmed"
        raise RuntimeError(message)
    return Sale(
        draft=replace(priced.draft, customer_id=party.customer.id if party.customer else None),
        quote=priced.quote,
        pay_now_fen=priced.pay_now_fen,
        scheme_id=party.scheme_id,
        store_id=party.store_id,
        lead_id=party.lead.id if party.lead else None,
    )


def _back(party: Party) -> ft.Control:
    """To the lead or customer it is for, else to the orders."""
    origin = "/orders"
    if party.lead is not None:
        origin = f"/leads/{party.lead.id}"
    elif party.customer is not None:
        origin = f"/customers/{party.customer.id}"
    return icon_button(
        ft.Icons.ARROW_BACK, t("common.back"), lambda _: go(origin), identifier="back", colour=tokens.INK
    )


def _actions(priced: Priced, confirm: Callable[[], None], start_over: Callable[[], None]) -> list[ft.Control]:
    ready = priced.problem() is None
    amount, points = formats.money(priced.pay_now_fen), formats.count(priced.points.now)
    key = "sale.confirm_earning" if priced.points.now else "sale.confirm"
    words = t(key, amount=amount, points=points) if ready else t("sale.confirm_bare")
    actions = [primary_button(words, lambda _: confirm(), identifier="sale-confirm", wide=True)]
    if priced.draft.lines:
        actions.append(secondary_button(t("sale.discard"), lambda _: start_over(), identifier="sale-discard"))
    return actions
