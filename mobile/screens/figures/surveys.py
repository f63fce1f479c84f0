"""What customers said about their orders: the mean first, then each answer."""

from decimal import Decimal
from typing import Any

import flet as ft

from mobile.design import tokens
from mobile.design.cards import Figure, figures_card
from mobile.design.marks import Tone, chip, icon_mark
from mobile.design.rows import row
from mobile.design.states import empty_state
from mobile.screens.figures.fetching import use_figures
from mobile.state.figures import Days, fetch_answers
from mobile.state.hooks import go, use_app
from mobile.text import formats, t
from shared_models.office.figures import mean

_LOW = Decimal(3)


@ft.component
def SurveyFigures(days: Days) -> ft.Control:  # noqa: N802
    """A low score is marked, with a word beside its colour."""
    app = use_app()
    found, instead, _ = use_figures(lambda: fetch_answers(app, days), days)
    if instead:
        return ft.Column(instead)
    if not found:
        nothing = t("figures.no_answers")
        return empty_state(nothing, t("figures.no_answers_hint"), icon=ft.Icons.RATE_REVIEW_OUTLINED)
    average = mean([Decimal(each["score"]) for each in found])
    figures = [
        Figure(str(average), t("figures.mean"), "survey-mean", accent=True),
        Figure(formats.count(len(found)), t("figures.answers"), "survey-count"),
    ]
    rows = [_answer(each, app.now_ms()) for each in found]
    return ft.Column([figures_card(figures), *rows], spacing=tokens.SPACE_1)


def _answer(each: dict[str, Any], now_ms: int) -> ft.Control:
    is_low = Decimal(each["score"]) < _LOW
    about = each["comment"] or t("figures.no_comment")
    said = formats.moment(each["answered_at_ms"], now_ms)
    return row(
        each["customer"] or each["order_number"],
        f"{about} · {each['seller']} · {said}",
        identifier=f"answer-{each['order_id']}",
        chips=[chip(t("figures.low"), Tone.DANGER)] if is_low else [],
        leading=icon_mark(ft.Icons.STAR_OUTLINE, tone=Tone.DANGER if is_low else Tone.GOLD),
        trailing=t("figures.out_of", score=each["score"]),
        flush=True,
        on_click=lambda _: go(f"/orders/{each['order_id']}"),
    )
