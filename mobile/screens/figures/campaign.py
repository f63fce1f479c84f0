"""What a campaign brought, from what was counted: reach, response, and sales net of returns over its cost (R17)."""

from collections.abc import Mapping
from typing import Any

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import primary_button
from mobile.design.cards import Figure, figures_card
from mobile.design.states import empty_state
from mobile.screens.office.form import Field, FieldKind, Form, use_form
from mobile.screens.office.typed import fen, whole
from mobile.state.figures import evaluate_campaign
from mobile.state.hooks import use_app
from mobile.text import formats, t

_COUNTS = ("sent", "bounced", "opened", "clicked", "joined", "bought", "returned_everything")
_SUMS = ("sales", "returns", "cost")
_NONE = "–"


@ft.component
def CampaignFigures(wide: bool) -> ft.Control:  # noqa: N802
    """The counts are typed in; the figures come from the server, by the rules."""
    app = use_app()
    open_form = use_form()
    nothing: dict[str, Any] | None = None
    found, show = ft.use_state(nothing)
    typed, keep = ft.use_state(dict.fromkeys((*_COUNTS, *_SUMS), ""))

    async def save(values: Mapping[str, Any]) -> str:
        counts = {name: whole(values[name]) for name in _COUNTS}
        counts |= {f"{name}_fen": fen(values[name]) for name in _SUMS}
        show(await evaluate_campaign(app, counts))
        keep({name: str(value) for name, value in values.items()})
        return ""

    fields = [Field(name, t(f"campaign.{name}"), FieldKind.NUMBER) for name in (*_COUNTS, *_SUMS)]
    form = Form(t("campaign.title"), fields, confirm=t("campaign.evaluate"), identifier="campaign-form")
    button = primary_button(
        t("campaign.count"),
        lambda _: open_form(form, typed, save),
        icon=ft.Icons.CALCULATE_OUTLINED,
        identifier="campaign-count",
    )
    parts: list[ft.Control] = [ft.Row([button])]
    if found is None:
        parts.append(
            empty_state(t("campaign.none"), t("campaign.none_hint"), icon=ft.Icons.CAMPAIGN_OUTLINED)
        )
    else:
        parts.append(_figures(found, wide=wide))
    return ft.Column(parts, spacing=tokens.SPACE_3)


def _figures(found: dict[str, Any], *, wide: bool) -> ft.Control:
    ratio = found["return_on_cost"]
    money = [
        Figure(
            _NONE if ratio is None else ratio, t("campaign.return_on_cost"), "return-on-cost", accent=True
        ),
        Figure(formats.money(found["net_sales_fen"]), t("campaign.net_sales"), "net-sales"),
    ]
    rates = [
        Figure(
            _NONE if found[f"{name}_percent"] is None else f"{found[f'{name}_percent']}%",
            t(f"campaign.{name}_rate"),
            f"{name}-rate",
        )
        for name in ("delivered", "opened", "clicked", "converted")
    ]
    return ft.Column([figures_card(money), figures_card(rates, narrow=not wide)], spacing=tokens.SPACE_3)
