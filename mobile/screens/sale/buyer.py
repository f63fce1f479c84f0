"""Who buys: the customer that is known, or a name and a phone number that finds or makes one."""

from collections.abc import Callable
from typing import Any

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import text_button
from mobile.design.cards import card
from mobile.design.fields import set_chips, text_field
from mobile.design.marks import Tone, avatar, chip
from mobile.design.rows import row
from mobile.design.type import row_title, secondary
from mobile.screens.sale.priced import Priced
from mobile.state.queries.customers import CustomerRow
from mobile.state.queries.sale import Party
from mobile.state.sale_draft import SaleDraft
from mobile.text import formats, t
from shared_models.sales.tables import Customer

Change = Callable[..., None]


def buyer_card(
    priced: Priced,
    matches: list[CustomerRow],
    change: Change,
    *,
    changeable: bool,
    wide: bool,
) -> ft.Control:
    """The buyer; `changeable` when the sale began with nobody, so that another one can be chosen."""
    draft, party = priced.draft, priced.party
    if party.customer is not None:
        content = _known(party.customer, party, change if changeable else None)
    else:
        content = _form(draft, matches, change, wide=wide)
    parts = [content]
    if not party.is_member:
        parts.append(_enrol(priced, change))
    return ft.Semantics(
        content=card(
            ft.Column(parts, spacing=tokens.SPACE_3, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        ),
        identifier="sale-buyer",
    )


def _known(customer: Customer, party: Party, change: Change | None) -> ft.Control:
    tier = party.tier().name
    chips = [chip(t("lead.member", tier=tier), Tone.GOLD)] if tier else []
    balance = t("customers.points", n=formats.count(party.account.balance)) if party.account else ""
    words = " · ".join(part for part in (formats.masked_phone(customer.phone), balance) if part)
    title = ft.Row(
        [ft.Container(row_title(customer.name), expand=True, expand_loose=True), *chips],
        spacing=8,
        tight=True,
    )
    line: list[ft.Control] = [
        avatar(customer.name),
        ft.Column([title, secondary(words)], spacing=2, expand=True),
    ]
    if change is not None:
        reset: dict[str, Any] = {"customer_id": None, "name": "", "phone": ""}
        line.append(
            text_button(t("sale.change"), lambda _: change(**reset), identifier="sale-change-customer")
        )
    return ft.Row(line, spacing=tokens.SPACE_3)


def _form(draft: SaleDraft, matches: list[CustomerRow], change: Change, *, wide: bool) -> ft.Control:
    phone = text_field(
        t("sale.phone"),
        draft.phone,
        lambda value: change(phone=value),
        identifier="sale-phone",
        keyboard=ft.KeyboardType.PHONE,
    )
    name = text_field(t("sale.name"), draft.name, lambda value: change(name=value), identifier="sale-name")
    fields: ft.Control
    if wide:
        fields = ft.Row(
            [ft.Container(phone, expand=True), ft.Container(name, expand=True)], spacing=tokens.SPACE_3
        )
    else:
        fields = ft.Column(
            [phone, name], spacing=tokens.SPACE_3, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
        )
    return ft.Column(
        [fields, *(_match(found, change) for found in matches)],
        spacing=tokens.SPACE_2,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _match(found: CustomerRow, change: Change) -> ft.Control:
    return row(
        found.name,
        formats.masked_phone(found.phone),
        identifier=f"sale-customer-{found.id}",
        chips=[chip(found.tier, Tone.GOLD)] if found.tier else [],
        trailing=t("sale.choose"),
        on_click=lambda _: change(customer_id=found.id, name=found.name, phone=found.phone),
    )


def _enrol(priced: Priced, change: Change) -> ft.Control:
    draft, party = priced.draft, priced.party
    chosen = ["enrol"] if draft.enrol else []
    chips = set_chips(
        [("enrol", t("sale.enrol"))], chosen, lambda _: change(enrol=not draft.enrol), identifier="sale"
    )
    key = (
        "sale.enrol_on"
        if party.will_earn(draft, priced.paid_now_fen)
        else ("sale.enrol_phone" if draft.enrol else "sale.enrol_off")
    )
    words, missing_fen = t(key), party.missing_to_enrol_fen(priced.paid_now_fen)
    if draft.enrol and missing_fen:
        words = t("sale.enrol_missing", amount=formats.money(missing_fen))
    return ft.Row([chips, ft.Container(secondary(words, lines=2), expand=True)], spacing=tokens.SPACE_3)
