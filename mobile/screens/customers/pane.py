"""All customers: search, filters, and a list of any length."""

from collections.abc import Callable, Sequence

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import icon_button, primary_button
from mobile.design.fields import choice_chips, search_field
from mobile.design.marks import Tone, chip, pending_mark
from mobile.design.rows import LongList, row
from mobile.design.scaffold import list_pane
from mobile.design.states import empty_state
from mobile.design.type import secondary
from mobile.screens.customers.enrolment import use_enrol_sheet
from mobile.screens.customers.pending import use_waiting
from mobile.screens.refused import refusal_mark, use_refused
from mobile.screens.status import StatusPill
from mobile.state.hooks import go, use_app, use_query, use_tables
from mobile.state.queries.customers import TABLES, CustomerFilter, CustomerRow, customer_ids, customer_rows
from mobile.text import formats, t


@ft.component
def CustomersPane(selected: str | None) -> ft.Control:  # noqa: N802
    """Find one by name, initials or the end of the phone number."""
    app = use_app()
    text, set_text = ft.use_state("")
    which, set_which = ft.use_state(CustomerFilter.ALL)
    version = use_tables(TABLES)
    pending = use_waiting().about_customers
    refused = use_refused()
    enrol = use_enrol_sheet()
    ids = use_query(
        lambda session: customer_ids(session, text=text, which=which, pending=pending),
        TABLES,
        text,
        which,
        pending,
    )

    def build(customer: CustomerRow) -> ft.Control:
        marks = refusal_mark(refused, "customer", customer.id)
        return customer_row(
            customer, pending=customer.id in pending, selected=customer.id == selected, refused=marks
        )

    def fetch(offset: int, limit: int) -> list[CustomerRow]:
        return app.read(lambda session: customer_rows(session, ids[offset : offset + limit]))

    found = t("customers.found" if text else "customers.count", n=formats.count(len(ids)))
    shown = (version, pending, selected, refused)
    rows = LongList(len(ids), fetch, build, shown, identifier="customer-list", asked=(text, which))
    return list_pane(
        t("customers.title"),
        found,
        status=StatusPill(),
        head=[_find(text, set_text, lambda: enrol("", "")), _filters(which, set_which)],
        body=rows if ids else _nothing(text, which),
        action=primary_button(t("sale.new"), lambda _: go("/sale"), icon=ft.Icons.ADD, identifier="new-sale"),
        identifier="customers",
    )


def customer_row(
    customer: CustomerRow, *, pending: bool, selected: bool, refused: Sequence[ft.Control] = ()
) -> ft.Control:
    """A row that opens the customer's page; `refused` is a mark at its end."""
    marks: list[ft.Control] = [chip(customer.tier, Tone.GOLD)] if customer.tier else []
    end: list[ft.Control] = []
    if customer.member:
        end.append(secondary(t("customers.points", n=formats.count(customer.balance))))
    if pending:
        end.append(pending_mark(t("common.pending")))
    trailing = ft.Column(
        end,
        spacing=2,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.END,
        alignment=ft.MainAxisAlignment.CENTER,
    )
    subtitle = formats.masked_phone(customer.phone) if customer.phone else t("customers.no_phone")
    return row(
        customer.name or t("customers.nameless"),
        subtitle,
        identifier=f"customer-{customer.id}",
        chips=marks,
        trailing=ft.Row([trailing, *refused], spacing=0, tight=True) if end or refused else None,
        selected=selected,
        on_click=lambda _: go(f"/customers/{customer.id}"),
    )


def _find(text: str, set_text: Callable[[str], None], enrol: Callable[[], None]) -> ft.Control:
    field = search_field(text, t("common.search"), set_text)
    button = icon_button(
        ft.Icons.PERSON_ADD_ALT_OUTLINED, t("enrol.title"), lambda _: enrol(), identifier="enrol-new"
    )
    return ft.Row([ft.Container(field, expand=True), button], spacing=tokens.SPACE_1)


def _filters(which: CustomerFilter, choose: Callable[[CustomerFilter], None]) -> ft.Control:
    options = [(value, t(f"customers.{value}")) for value in CustomerFilter]
    return choice_chips(options, which, choose, identifier="filter")


def _nothing(text: str, which: CustomerFilter) -> ft.Control:
    if text:
        return empty_state(t("leads.no_match", text=text), t("leads.no_match_hint"), icon=ft.Icons.SEARCH_OFF)
    if which == CustomerFilter.PENDING:
        return empty_state(
            t("customers.none_pending"), t("customers.none_pending_hint"), icon=ft.Icons.CLOUD_DONE_OUTLINED
        )
    return empty_state(t("customers.none"), t("customers.none_hint"), icon=ft.Icons.CARD_MEMBERSHIP_OUTLINED)
