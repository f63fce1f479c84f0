"""One order: what was bought, what is paid, what is still due, and the points it brought."""

from collections.abc import Callable

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import primary_button, secondary_button
from mobile.design.cards import Figure, card, figures_card, timeline_item
from mobile.design.marks import Tone, chip, pending_mark
from mobile.design.scaffold import detail_pane
from mobile.design.states import empty_state, notice
from mobile.design.type import row_title, secondary, section_label
from mobile.screens.customers.pending import Waiting, use_waiting
from mobile.screens.customers.reason import reason
from mobile.screens.orders.payment import use_payment_sheet
from mobile.screens.orders.returning import ReturnFlow
from mobile.screens.orders.row import STATUS_TONES
from mobile.screens.orders.survey import SurveyLine, SurveyTool
from mobile.screens.refused import use_refusal_notice
from mobile.state.hooks import go, use_app, use_query
from mobile.state.queries.order import TABLES, OrderRecord, order_record
from mobile.text import formats, t, word
from shared_models.sales.tables import OrderLine, OrderStatus, Payment


@ft.component
def OrderPane(record_id: str, back: ft.Control | None) -> ft.Control:  # noqa: N802
    """The detail beside the list, or a page of its own when `back` is given."""
    app = use_app()
    now_ms = app.now_ms()
    waiting = use_waiting()
    record = use_query(
        lambda session: order_record(session, record_id, waiting=waiting.payments),
        TABLES,
        record_id,
        waiting.payments,
    )
    refusal = use_refusal_notice("sales_order", record_id)
    is_own = record is not None and app.replica.staff_id == record.order.customer_id
    returning, return_of = ft.use_state("")
    pay = use_payment_sheet(record_id, record.due_fen if record else 0)
    if record is None:
        content = empty_state(
            t("common.not_found"), t("common.not_found_hint"), icon=ft.Icons.RECEIPT_LONG_OUTLINED
        )
        return detail_pane("", "", [content], back=back)
    if returning == record_id:
        return ReturnFlow(record_id, lambda: return_of(""), back is not None)
    return detail_pane(
        record.order.number or t("order.unnumbered"),
        _context(record, now_ms),
        [
            *refusal,
            _figures(record, narrow=back is not None),
            *_forecast(record),
            section_label(t("order.lines")),
            _lines(record),
            section_label(t("order.payments")),
            _payments(record, waiting, now_ms),
            *_points(record, now_ms),
            SurveyLine(record_id),
        ],
        chips=_chips(record, waiting),
        tools=[] if is_own else [SurveyTool(record_id)],
        actions=[] if is_own else _actions(record, pay, lambda: return_of(record_id)),
        back=back,
        identifier="order",
    )


def _context(record: OrderRecord, now_ms: int) -> str:
    customer = record.customer.name if record.customer else ""
    parts = [customer, formats.moment(record.order.sold_at_ms, now_ms), record.seller, record.order.note]
    return " · ".join(part for part in parts if part)


def _figures(record: OrderRecord, *, narrow: bool) -> ft.Control:
    figures = [
        Figure(formats.money(record.total_fen), t("order.total"), "order-total"),
        Figure(formats.money(record.paid_fen), t("order.paid"), "order-paid"),
        Figure(formats.money(record.due_fen), t("order.due"), "order-due", accent=bool(record.due_fen)),
        Figure(formats.count(record.points), t("order.points"), "order-points"),
    ]
    return figures_card(figures, narrow=narrow)


def _forecast(record: OrderRecord) -> list[ft.Control]:
    if not record.forecast_points:
        return []
    words = t("customer.forecast", n=formats.count(record.forecast_points))
    return [notice(words, Tone.WARM, identifier="order-forecast")]


def _lines(record: OrderRecord) -> ft.Control:
    returned = record.returned_line_ids
    rows: list[ft.Control] = [_line(line, returned=line.id in returned) for line in record.lines]
    order = record.order
    if order.coupon_fen:
        rows.append(_sum(t("sale.coupon_of"), formats.money(-order.coupon_fen)))
    if order.offset_fen:
        worth = t("order.offset", n=formats.count(order.offset_points))
        rows.append(_sum(worth, formats.money(-order.offset_fen)))
    return ft.Semantics(content=card(ft.Column(rows, spacing=tokens.SPACE_3)), identifier="order-lines")


def _line(line: OrderLine, *, returned: bool) -> ft.Control:
    price = f"{formats.money(line.list_price_fen)} × {line.quantity}"
    off = line.list_price_fen * line.quantity - line.net_fen
    about = f"{price} · {t('sale.off', amount=formats.money(off))}" if off else price
    marks = [chip(t("order.returned"), Tone.WARM)] if returned else []
    title = ft.Row(
        [ft.Container(row_title(line.name), expand=True, expand_loose=True), *marks], tight=True, spacing=8
    )
    return _amount_row(
        ft.Column([title, secondary(about)], spacing=2, expand=True), formats.money(line.net_fen)
    )


def _sum(label: str, amount: str) -> ft.Control:
    return _amount_row(ft.Container(secondary(label), expand=True), amount)


def _amount_row(left: ft.Control, amount: str) -> ft.Control:
    right = ft.Text(amount, size=tokens.SIZE_BODY, weight=ft.FontWeight.W_600, color=tokens.INK, no_wrap=True)
    return ft.Row([left, right], spacing=tokens.SPACE_3, vertical_alignment=ft.CrossAxisAlignment.CENTER)


def _payments(record: OrderRecord, waiting: Waiting, now_ms: int) -> ft.Control:
    if not record.payments:
        return secondary(t("order.no_payment"))
    items = [_payment(payment, now_ms, pending=payment.id in waiting.payments) for payment in record.payments]
    for each in record.returns:
        moment = formats.moment(each.returned_at_ms, now_ms)
        items.append(
            timeline_item(f"{t('order.refund')} {formats.money(each.refund_fen)}", "", moment, Tone.WARM)
        )
    return ft.Semantics(content=ft.Column(items, spacing=0), identifier="order-payments")


def _payment(payment: Payment, now_ms: int, *, pending: bool) -> ft.Control:
    return timeline_item(
        formats.money(payment.amount_fen),
        word("method", payment.method),
        formats.moment(payment.paid_at_ms, now_ms),
        Tone.WARM if pending else Tone.ACCENT,
        trailing=pending_mark(t("common.pending")) if pending else None,
        identifier=f"payment-{payment.id}",
    )


def _points(record: OrderRecord, now_ms: int) -> list[ft.Control]:
    if not record.entries:
        return []
    items = [
        timeline_item(
            formats.signed(entry.points),
            reason(entry.kind, entry.rule),
            formats.moment(entry.posted_at_ms, now_ms),
            Tone.ACCENT if entry.points > 0 else Tone.CALM,
        )
        for entry in record.entries
    ]
    return [section_label(t("order.points")), ft.Column(items, spacing=0)]


def _chips(record: OrderRecord, waiting: Waiting) -> list[ft.Control]:
    status = record.order.status
    chips = [chip(word("status_of", status), STATUS_TONES.get(OrderStatus(status), Tone.CALM))]
    if record.order.id in waiting.orders or any(
        payment.id in waiting.payments for payment in record.payments
    ):
        chips.append(pending_mark(t("common.pending")))
    return chips


def _actions(record: OrderRecord, pay: Callable[[], None], take_back: Callable[[], None]) -> list[ft.Control]:
    actions: list[ft.Control] = []
    if record.due_fen:
        actions.append(primary_button(t("order.take_payment"), lambda _: pay(), identifier="take-payment"))
    if record.paid_fen and {line.id for line in record.lines} - record.returned_line_ids:
        actions.append(secondary_button(t("return.start"), lambda _: take_back(), identifier="start-return"))
    if record.customer is not None:
        page = f"/customers/{record.customer.id}"
        actions.append(secondary_button(t("order.customer"), lambda _: go(page), identifier="order-customer"))
    return actions
