"""The designer's first place: the year so far, the way to the next level, and what is owed."""

import flet as ft

from mobile.design import tokens
from mobile.design.scaffold import list_pane, scroll_body
from mobile.design.states import loading_state
from mobile.design.type import section_label
from mobile.screens.designer.earned import earned_item
from mobile.screens.designer.figures import year_cards
from mobile.screens.status import StatusPill
from mobile.state.hooks import go, use_app, use_query
from mobile.state.queries.designer import TABLES, designer_year, earned_orders
from mobile.text import t

_LATEST = 4


@ft.component
def YearPane(selected: str | None) -> ft.Control:  # noqa: N802
    """The figures of this year, readable without a network."""
    del selected
    app = use_app()
    now_ms, designer_id = app.now_ms(), app.replica.staff_id
    view = use_query(lambda session: designer_year(session, designer_id, now_ms), TABLES, designer_id)
    orders = use_query(lambda session: earned_orders(session, designer_id, now_ms), TABLES, designer_id)
    if view is None:
        return loading_state(t("first_sync.title"))
    body = year_cards(view, narrow=not app.window.wide)
    if orders:
        body.append(section_label(t("designer.latest")))
        body += [
            earned_item(order, now_ms, on_click=lambda _: go("/commissions")) for order in orders[:_LATEST]
        ]
    return list_pane(
        t("designer.year", year=view.year),
        t("designer.who", name=view.name, level=view.level, rate=view.rate_percent),
        status=StatusPill(),
        body=scroll_body(body, spacing=tokens.SPACE_3, width=tokens.PAGE_WIDTH if app.window.wide else None),
        identifier="designer-year",
    )
