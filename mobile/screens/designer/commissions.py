"""All commissions of a designer: statements, and what every order has earned."""

import flet as ft

from mobile.design.fields import choice_chips
from mobile.design.scaffold import list_pane, scroll_body
from mobile.design.states import empty_state
from mobile.screens.designer.earned import earned_item
from mobile.screens.designer.statement import StatementLine
from mobile.screens.status import StatusPill
from mobile.state.hooks import use_app, use_query
from mobile.state.queries.designer import TABLES, earned_orders, statements_of
from mobile.text import t


@ft.component
def CommissionsPane(selected: str | None) -> ft.Control:  # noqa: N802
    """Orders or statements."""
    del selected
    app = use_app()
    shown, show = ft.use_state("orders")
    now_ms, designer_id = app.now_ms(), app.replica.staff_id
    orders = use_query(lambda session: earned_orders(session, designer_id, now_ms), TABLES, designer_id)
    statements = use_query(lambda session: statements_of(session, designer_id), TABLES, designer_id)
    rows = (
        [earned_item(order, now_ms) for order in orders]
        if shown == "orders"
        else [ft.Container(StatementLine(each, now_ms), key=each.id) for each in statements]
    )
    options = [(which, t(f"designer.{which}")) for which in ("orders", "statements")]
    nothing = empty_state(
        t("designer.nothing_earned"), t("designer.nothing_earned_hint"), icon=ft.Icons.PAYMENTS_OUTLINED
    )
    return list_pane(
        t("nav.commissions"),
        t("designer.counted", orders=len(orders), statements=len(statements)),
        status=StatusPill(),
        head=[choice_chips(options, shown, show, identifier="commissions")],
        body=scroll_body(rows, spacing=0) if rows else nothing,
        identifier="designer-commissions",
    )
