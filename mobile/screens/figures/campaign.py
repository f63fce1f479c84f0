"""What a campaign brought: reach and response as counted, sales as recorded, over its cost (R17)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import primary_button
from mobile.design.cards import Figure, figures_card
from mobile.design.fields import choice_chips
from mobile.design.states import empty_state
from mobile.design.type import secondary
from mobile.screens.figures.fetching import use_figures
from mobile.screens.office.form import Field, FieldKind, Form, use_form
from mobile.screens.office.typed import fen, whole
from mobile.state.figures import evaluate_campaign, fetch_campaigns
from mobile.state.hooks import latest, use_app
from mobile.text import formats, t

_COUNTS = ("sent", "bounced", "opened", "clicked", "joined", "bought", "returned_everything")
_SUMS = ("sales", "returns", "cost")
_RECORDED = ("bought", "returned_everything", "sales", "returns")
"""What the orders of a campaign tell, where they carry its code."""
_NONE = "–"


@ft.component
def CampaignFigures(wide: bool) -> ft.Control:  # noqa: N802
    """What orders tell is taken from them, the other counts are typed in; the figures come from the server, by the rules."""
    app = use_app()
    open_form = use_form()
    recorded, instead, _ = use_figures(lambda: fetch_campaigns(app))
    nothing: dict[str, Any] | None = None
    found, show = ft.use_state(nothing)
    typed, keep = ft.use_state(dict.fromkeys((*_COUNTS, *_SUMS), ""))
    code, choose = ft.use_state("")
    sales = next((each["sales"] for each in recorded or () if each["code"] == code), None)

    async def save(values: Mapping[str, Any]) -> str:
        counts = counted(values, sales)
        show(await evaluate_campaign(app, counts))
        keep(latest(keep) | {name: str(value) for name, value in values.items()})
        return ""

    def pick(chosen: str) -> None:
        choose(chosen)
        show(None)

    names = [name for name in (*_COUNTS, *_SUMS) if sales is None or name not in _RECORDED]
    fields = [Field(name, t(f"campaign.{name}"), FieldKind.NUMBER) for name in names]
    form = Form(t("campaign.title"), fields, confirm=t("campaign.evaluate"), identifier="campaign-form")
    button = primary_button(
        t("campaign.count"),
        lambda _: open_form(form, {name: typed[name] for name in names}, save),
        icon=ft.Icons.CALCULATE_OUTLINED,
        identifier="campaign-count",
    )
    parts: list[ft.Control] = [*instead, *_codes(recorded, code, pick)]
    if sales is not None:
        parts.append(_sales(sales, wide=wide))
        parts += _coupons(next(each for each in recorded if each["code"] == code))
    parts.append(ft.Row([button]))
    if found is None:
        parts.append(
            empty_state(t("campaign.none"), t("campaign.none_hint"), icon=ft.Icons.CAMPAIGN_OUTLINED)
        )
    else:
        parts.append(_figures(found, wide=wide))
    return ft.Column(parts, spacing=tokens.SPACE_3)


def counted(values: Mapping[str, Any], sales: Mapping[str, int] | None) -> dict[str, int]:
    """The counts as the server takes them: what was typed, and what the orders tell where there are any."""
    counts = {name: whole(values[name]) for name in _COUNTS if name in values}
    counts |= {f"{name}_fen": fen(values[name]) for name in _SUMS if name in values}
    if sales is not None:
        counts |= {
            name: sales[name] for name in ("bought", "returned_everything", "sales_fen", "returns_fen")
        }
    return counts


def _codes(
    recorded: Sequence[Mapping[str, Any]] | None, code: str, pick: Callable[[str], None]
) -> list[ft.Control]:
    """One of the campaigns that orders carry the code of, or none of them."""
    if not recorded:
        return []
    options = [("", t("campaign.by_hand")), *((str(each["code"]), str(each["code"])) for each in recorded)]
    return [
        choice_chips(options, code, pick, identifier="campaign-code", label=t("campaign.of"), one_line=True)
    ]


def _sales(sales: Mapping[str, int], *, wide: bool) -> ft.Control:
    return figures_card(
        [
            Figure(formats.count(sales["bought"]), t("campaign.bought"), "campaign-bought"),
            Figure(
                formats.count(sales["returned_everything"]),
                t("campaign.returned_everything"),
                "campaign-returned",
            ),
            Figure(formats.money(sales["sales_fen"]), t("campaign.sales_recorded"), "campaign-sales"),
            Figure(formats.money(sales["returns_fen"]), t("campaign.returns_recorded"), "campaign-returns"),
        ],
        narrow=not wide,
    )


def _coupons(campaign: Mapping[str, Any]) -> list[ft.Control]:
    """How many coupons were issued for it and used; nothing where there were none."""
    if not campaign.get("coupons_issued"):
        return []
    used, issued = formats.count(campaign["coupons_used"]), formats.count(campaign["coupons_issued"])
    words = t("campaign.coupons", used=used, issued=issued)
    return [ft.Semantics(content=secondary(words), identifier="campaign-coupons", label=words)]


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
