"""The member's own orders, with how far each has come."""

import flet as ft

from mobile.design.scaffold import list_pane, scroll_body
from mobile.design.states import empty_state
from mobile.screens.orders.row import order_row
from mobile.screens.status import StatusPill
from mobile.state.hooks import use_app, use_query
from mobile.state.queries.membership import TABLES, own_orders
from mobile.text import t


@ft.component
def OwnOrdersPane(selected: str | None) -> ft.Control:  # noqa: N802
    """All of them, readable without a network."""
    app = use_app()
    now_ms, member_id = app.now_ms(), app.replica.staff_id
    orders = use_query(lambda session: own_orders(session, member_id), TABLES, member_id)
    rows = [
        order_row(order, now_ms=now_ms, pending=False, selected=order.id == selected, about_customer=False)
        for order in orders
    ]
    nothing = empty_state(
        t("own_orders.none"), t("own_orders.none_hint"), icon=ft.Icons.RECEIPT_LONG_OUTLINED
    )
    return list_pane(
        t("nav.orders"),
        t("own_orders.count", n=len(orders)),
        status=StatusPill(),
        body=scroll_body(rows, spacing=0) if rows else nothing,
        identifier="orders",
    )
