"""Customers by what they brought in a year (R15): the best first, those who cost money last."""

import flet as ft

from mobile.design import tokens
from mobile.design.fields import choice_chips
from mobile.design.states import empty_state
from mobile.design.type import secondary
from mobile.screens.figures.fetching import use_figures
from mobile.screens.figures.table import table
from mobile.state.figures import fetch_customer_value
from mobile.state.hooks import go, use_app
from mobile.state.queries.customers import names_of
from mobile.text import formats, t
from shared_models.designers.years import fiscal_year

_SHOWN = 50
_NONE = "–"


@ft.component
def CustomerFigures() -> ft.Control:  # noqa: N802
    """This year or one of the two before it; a tap opens the customer."""
    app = use_app()
    this_year = fiscal_year(app.now_ms())
    year, choose = ft.use_state(this_year)
    found, instead, _ = use_figures(lambda: fetch_customer_value(app, year), year)
    years = [(each, str(each)) for each in range(this_year, this_year - 3, -1)]
    parts: list[ft.Control] = [choice_chips(years, year, choose, identifier="value-year")]
    if instead:
        return ft.Column([*parts, *instead])
    if not found:
        parts.append(empty_state(t("figures.no_orders", year=year), t("figures.no_orders_hint")))
        return ft.Column(parts)
    best = found[:_SHOWN]
    names = app.read(lambda session: names_of(session, [each["customer_id"] for each in best]))
    rows = [
        (
            [
                f"{place}. {names.get(each['customer_id']) or t('schemes.no_name')}",
                formats.money(each["profit_fen"]),
                _NONE if each["share_percent"] is None else f"{each['share_percent']}%",
            ],
            lambda customer_id=each["customer_id"]: go(f"/customers/{customer_id}"),
        )
        for place, each in enumerate(best, 1)
    ]
    heads = [t(f"figures.value_{head}") for head in ("name", "profit", "share")]
    parts.append(table(heads, rows, identifier="customer-value"))
    losing = sum(each["profit_fen"] < 0 for each in found)
    words = t("figures.value_all", n=formats.count(len(found)), losing=formats.count(losing))
    parts.append(secondary(words, lines=2))
    return ft.Column(parts, spacing=tokens.SPACE_3)
