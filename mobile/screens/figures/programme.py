"""The points programme: issue, use, expiry, what is outstanding in yuan, coupons, and what promotions moved (L-18)."""

from typing import Any

import flet as ft

from mobile.design import tokens
from mobile.design.cards import Figure, figures_card
from mobile.design.type import secondary, section_label
from mobile.screens.figures.fetching import use_figures
from mobile.screens.figures.table import table
from mobile.state.figures import Days, fetch_programme
from mobile.state.hooks import use_app
from mobile.text import formats, t, word
from shared_models.office.figures import percent

_NONE = "–"


@ft.component
def ProgrammeFigures(days: Days, wide: bool) -> ft.Control:  # noqa: N802
    """The liability first: it is the one figure that stands in the company's books."""
    app = use_app()
    found, instead, _ = use_figures(lambda: fetch_programme(app, days), days)
    if instead:
        return ft.Column(instead)
    parts: list[ft.Control] = [
        _outstanding(found["outstanding"], wide=wide),
        section_label(t("figures.flow")),
        _flow(found["flow"], wide=wide),
        section_label(t("figures.coupons")),
        _coupons(found["coupons"], wide=wide),
        *_issued(found["coupons"], wide=wide),
        section_label(t("figures.promotions")),
        _promotions(found["promotions"], wide=wide),
    ]
    return ft.Column(parts, spacing=tokens.SPACE_3)


def _outstanding(held: dict[str, int], *, wide: bool) -> ft.Control:
    return figures_card(
        [
            Figure(formats.money(held["liability_fen"]), t("figures.liability"), "liability", accent=True),
            Figure(formats.count(held["points"]), t("figures.points_held"), "points-held"),
            Figure(formats.count(held["members"]), t("figures.members"), "members"),
            Figure(formats.count(held["debt"]), t("figures.debt"), "points-debt"),
        ],
        narrow=not wide,
    )


def _flow(flow: dict[str, Any], *, wide: bool) -> ft.Control:
    return figures_card(
        [
            Figure(formats.count(flow["issued"]), t("figures.issued"), "issued"),
            Figure(_percent(flow["use_percent"]), t("figures.used", n=formats.count(flow["used"])), "used"),
            Figure(
                _percent(flow["expiry_percent"]),
                t("figures.expired", n=formats.count(flow["expired"])),
                "expired",
            ),
            Figure(formats.count(flow["taken_back"]), t("figures.taken_back"), "taken-back"),
        ],
        narrow=not wide,
    )


def _coupons(coupons: dict[str, int], *, wide: bool) -> ft.Control:
    return figures_card(
        [
            Figure(formats.count(coupons["orders"]), t("figures.orders"), "orders-all"),
            Figure(formats.count(coupons["with_coupon"]), t("figures.with_coupon"), "with-coupon"),
            Figure(formats.money(coupons["coupon_fen"]), t("figures.coupon_cost"), "coupon-cost"),
            Figure(formats.money(coupons["offset_fen"]), t("figures.offset_cost"), "offset-cost"),
        ],
        narrow=not wide,
    )


def _issued(coupons: dict[str, int], *, wide: bool) -> list[ft.Control]:
    """What became of the coupons issued in the period; nothing where none were."""
    issued = coupons.get("issued", 0)
    if not issued:
        return []
    figures = [Figure(formats.count(issued), t("figures.coupons_issued"), "coupons-issued")]
    for name in ("used", "expired"):
        label = t(f"figures.coupons_{name}", n=formats.count(coupons[name]))
        figures.append(Figure(_percent(str(percent(coupons[name], issued))), label, f"coupons-{name}"))
    return [figures_card(figures, narrow=not wide)]


def _promotions(found: list[dict[str, Any]], *, wide: bool) -> ft.Control:
    if not found:
        return secondary(t("figures.no_promotions"), lines=2)
    heads = ["name", "during", "before", "lift"] if wide else ["name", "during", "lift"]
    rows = []
    for each in found:
        lift = each["lift_percent"]
        cells = {
            "name": f"{word('bonus_kind', each['kind'])} {each['name']}",
            "during": formats.money(each["during_fen"]),
            "before": formats.money(each["before_fen"]),
            "lift": _NONE if lift is None else f"{'' if lift.startswith('-') else '+'}{lift}%",
        }
        rows.append(([cells[head] for head in heads], None))
    return table([t(f"figures.promotion_{head}") for head in heads], rows, identifier="promotions")


def _percent(value: str | None) -> str:
    return _NONE if value is None else f"{value}%"
