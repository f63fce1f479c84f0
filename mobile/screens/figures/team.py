"""The team: what everybody did against their target, their score and rank (R16); a tap agrees on a target."""

from collections.abc import Callable, Mapping
from typing import Any

import flet as ft

from mobile.design import tokens
from mobile.design.states import empty_state
from mobile.screens.figures.fetching import use_figures
from mobile.screens.figures.table import table
from mobile.screens.office.form import Field, FieldKind, Form, use_form
from mobile.screens.office.typed import fen, optional_whole
from mobile.state.figures import Days, agree_target, fetch_team
from mobile.state.hooks import use_app
from mobile.text import formats, t

_NONE = "–"


@ft.component
def TeamFigures(days: Days, wide: bool) -> ft.Control:  # noqa: N802
    """The best score first; who has no data has no rank."""
    app = use_app()
    found, instead, again = use_figures(lambda: fetch_team(app, days), days)
    agree = use_target(again)
    if instead:
        return ft.Column(instead)
    if not found:
        return empty_state(t("figures.no_team"), t("figures.no_team_hint"), icon=ft.Icons.GROUPS_OUTLINED)
    heads = (
        ["name", "score", "sales", "followups", "won", "satisfaction"] if wide else ["name", "score", "sales"]
    )
    rows = [(_cells(each, wide=wide), lambda each=each: agree(each)) for each in found]
    grid = table([t(f"figures.team_{head}") for head in heads], rows, identifier="team")
    return ft.Column([grid], spacing=tokens.SPACE_3)


def use_target(again: Callable[[], None]) -> Callable[[dict[str, Any]], None]:
    """A function that opens the form of a person's target; call the hook once in a component."""
    app = use_app()
    open_form = use_form()

    def open_person(person: dict[str, Any]) -> None:
        async def save(values: Mapping[str, Any]) -> str:
            sales = str(values["sales"]).strip()
            await agree_target(
                app,
                person["staff_id"],
                followups=optional_whole(values["followups"]),
                sales_fen=fen(sales) if sales else None,
            )
            again()
            return t("figures.target_saved", name=person["name"])

        form = Form(
            t("figures.target_of", name=person["name"]),
            [
                Field("sales", t("figures.target_sales"), FieldKind.NUMBER),
                Field("followups", t("figures.target_followups"), FieldKind.NUMBER),
            ],
            confirm=t("common.save"),
            note=t("figures.target_note"),
            identifier="target-form",
        )
        sales_fen, followups = person["target_sales_fen"], person["target_followups"]
        first = {
            "sales": "" if sales_fen is None else formats.plain_money(sales_fen),
            "followups": "" if followups is None else str(followups),
        }
        open_form(form, first, save)

    return open_person


def _cells(each: dict[str, Any], *, wide: bool) -> list[str]:
    rank = f"{each['rank']}. " if each["rank"] is not None else ""
    name = f"{rank}{each['name']}"
    cells = [
        f"{name} · {each['store']}" if wide and each["store"] else name,
        each["score"] or _NONE,
        _of(formats.money(each["sales_fen"]), each["target_sales_fen"], formats.money),
    ]
    if wide:
        cells += [
            _of(formats.count(each["followups"]), each["target_followups"], formats.count),
            f"{each['won']} / {each['leads']}",
            each["satisfaction"] or _NONE,
        ]
    return cells


def _of(reached: str, target: int | None, words: Callable[[int], str]) -> str:
    return reached if target is None else f"{reached} / {words(target)}"
