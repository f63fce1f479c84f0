"""One customer: points and what they are worth, the way to the next tier, tastes, orders, and why each figure is so."""

from collections.abc import Callable

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import icon_button, primary_button, secondary_button
from mobile.design.cards import card, fact_line
from mobile.design.marks import Tone, chip, pending_mark
from mobile.design.scaffold import detail_pane
from mobile.design.states import empty_state, notice
from mobile.design.type import body, section_label
from mobile.screens.customers.adjust import MAY_ADJUST, use_adjust_sheet
from mobile.screens.customers.coupons import use_coupons
from mobile.screens.customers.enrolment import use_enrol_sheet
from mobile.screens.customers.gifts import use_gift_sheet
from mobile.screens.customers.ledger import ledger
from mobile.screens.customers.pending import Waiting, use_waiting
from mobile.screens.customers.points import LeaseCard, points_cards, use_figures
from mobile.screens.customers.why import use_why_sheet
from mobile.screens.orders.row import order_row
from mobile.screens.refused import use_refusal_notice
from mobile.state.application import App
from mobile.state.hooks import go, use_app, use_query
from mobile.state.queries.customer import TABLES, CustomerRecord, customer_record
from mobile.state.queries.member import MemberFigures
from mobile.text import formats, t
from shared_models.sales.tables import Customer


@ft.component
def CustomerPane(record_id: str, back: ft.Control | None) -> ft.Control:  # noqa: N802
    """The detail beside the list, or a page of its own when `back` is given."""
    app = use_app()
    now_ms = app.now_ms()
    revealed, reveal = ft.use_state(initial=False)
    waiting = use_waiting()
    record = use_query(
        lambda session: customer_record(session, record_id, now_ms=now_ms, waiting=waiting.payments),
        TABLES,
        record_id,
        waiting.payments,
    )
    refusal = use_refusal_notice("customer", record_id)
    found = use_figures(record_id)
    enrol, redeem, adjust = use_enrol_sheet(), use_gift_sheet(found), use_adjust_sheet(record_id)
    why = use_why_sheet()
    coupons = use_coupons(record.customer.id if record else record_id)
    if record is None:
        missing = empty_state(
            t("common.not_found"), t("common.not_found_hint"), icon=ft.Icons.PERSON_OFF_OUTLINED
        )
        return detail_pane("", "", [missing], back=back)
    content = [
        _who(record, revealed, lambda: reveal(not revealed)),
        *refusal,
        *_points(record, found, now_ms, narrow=back is not None),
        *coupons,
        *_tastes(record.customer),
        *_orders(record, waiting, now_ms),
        *ledger(record, now_ms, why),
    ]
    return detail_pane(
        record.customer.name or t("customers.nameless"),
        "",
        content,
        chips=_chips(record, waiting),
        tools=_tools(record.customer, adjust if _may_adjust(app, record) else None),
        actions=_actions(record, enrol, redeem),
        back=back,
        identifier="customer",
    )


def _who(record: CustomerRecord, revealed: bool, toggle: Callable[[], None]) -> ft.Control:
    customer = record.customer
    phone = formats.spaced_phone(customer.phone) if revealed else formats.masked_phone(customer.phone)
    number = t("customer.number", number=customer.member_no) if customer.member_no else ""
    words = " · ".join(part for part in (phone, number, record.store) if part)
    line: ft.Control = ft.Text(words, size=14, color=tokens.SOFT, max_lines=2, expand=True, expand_loose=True)
    if not customer.phone:
        return ft.Semantics(content=line, identifier="customer-who")
    icon = ft.Icons.VISIBILITY_OFF_OUTLINED if revealed else ft.Icons.VISIBILITY_OUTLINED
    name = t("lead.hide" if revealed else "lead.reveal")
    eye = icon_button(icon, name, lambda _: toggle(), identifier="reveal", colour=tokens.SOFT)
    return ft.Semantics(content=ft.Row([line, eye], spacing=0), identifier="customer-who")


def _tastes(customer: Customer) -> list[ft.Control]:
    tags = [*customer.styles, *customer.colours, *customer.materials]
    facts = []
    if tags:
        chips = ft.Row([chip(tag, Tone.CALM) for tag in tags], wrap=True, spacing=6, run_spacing=6)
        facts.append(fact_line(t("lead.tastes"), chips))
    facts += [
        fact_line(t(f"field.{name}"), body(value))
        for name in ("address", "birthday", "notes")
        if (value := getattr(customer, name))
    ]
    if not facts:
        return []
    box = card(ft.Column(facts, spacing=tokens.SPACE_3))
    return [ft.Semantics(content=box, identifier="customer-tastes")]


def _orders(record: CustomerRecord, waiting: Waiting, now_ms: int) -> list[ft.Control]:
    if not record.orders:
        return []
    rows = [
        order_row(order, now_ms=now_ms, pending=order.id in waiting.orders, about_customer=False)
        for order in record.orders
    ]
    return [section_label(t("lead.orders")), ft.Column(rows, spacing=0)]


def _chips(record: CustomerRecord, waiting: Waiting) -> list[ft.Control]:
    chips: list[ft.Control] = []
    if record.account is not None and record.account.tier:
        chips.append(chip(t("lead.member", tier=record.account.tier), Tone.GOLD))
    elif record.customer.enrolled_at_ms is not None:
        chips.append(chip(t("customer.new_member"), Tone.GOLD))
    if record.customer.id in waiting.about_customers:
        chips.append(pending_mark(t("common.pending")))
    return chips


def _points(
    record: CustomerRecord, found: MemberFigures | None, now_ms: int, *, narrow: bool
) -> list[ft.Control]:
    if record.customer.enrolled_at_ms is None or found is None:
        return [notice(t("customer.not_member"), Tone.ACCENT, identifier="not-member")]
    return [
        *points_cards(record, found, now_ms, narrow=narrow),
        section_label(t("lease.section")),
        LeaseCard(found.customer_id),
    ]


def _may_adjust(app: App, record: CustomerRecord) -> bool:
    person = app.session.person
    return record.customer.enrolled_at_ms is not None and person is not None and person.role in MAY_ADJUST


def _tools(customer: Customer, adjust: Callable[[], None] | None) -> list[ft.Control]:
    tools = []
    if adjust is not None:
        tools.append(
            icon_button(ft.Icons.TUNE, t("adjust.title"), lambda _: adjust(), identifier="adjust-points")
        )
    if not customer.phone:
        return tools
    return [
        *tools,
        icon_button(ft.Icons.CALL_OUTLINED, t("lead.call"), None, url=f"tel:{customer.phone}"),
        icon_button(ft.Icons.MESSAGE_OUTLINED, t("lead.message"), None, url=f"sms:{customer.phone}"),
    ]


def _actions(
    record: CustomerRecord, enrol: Callable[[str, str], None], redeem: Callable[[], None]
) -> list[ft.Control]:
    customer = record.customer
    actions = [primary_button(t("lead.sell"), lambda _: go(f"/sale/{customer.id}"), identifier="sell")]
    if customer.enrolled_at_ms is None:
        actions.append(
            secondary_button(
                t("enrol.title"), lambda _: enrol(customer.phone, customer.name), identifier="enrol"
            )
        )
    else:
        actions.append(secondary_button(t("redeem.title"), lambda _: redeem(), identifier="redeem"))
    if record.lead_id:
        page = f"/leads/{record.lead_id}"
        actions.append(secondary_button(t("customer.lead"), lambda _: go(page), identifier="customer-lead"))
    return actions
