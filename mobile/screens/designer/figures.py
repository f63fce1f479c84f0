"""How a designer stands, as cards; the same for themselves and for the back office."""

import flet as ft

from mobile.design.cards import Figure, figures_card, progress_card
from mobile.design.marks import Tone
from mobile.design.states import notice
from mobile.state.queries.designer import DesignerYearView
from mobile.text import formats, t


def year_cards(view: DesignerYearView, *, narrow: bool) -> list[ft.Control]:
    """The way to the next level, the year so far, and what is owed."""
    return [
        _way_up(view),
        figures_card(
            [
                Figure(formats.money(view.figures.performance_fen), t("designer.performance"), "performance"),
                Figure(formats.money(view.figures.commission_fen), t("designer.commission"), "commission"),
            ]
        ),
        figures_card(
            [
                Figure(formats.money(view.owed.pending_fen), t("designer.pending"), "pending"),
                Figure(formats.money(view.owed.payable_fen), t("designer.payable"), "payable", accent=True),
                Figure(formats.money(view.paid_fen), t("designer.paid"), "paid"),
                Figure(formats.money(view.clawed_back_fen), t("designer.clawed_back"), "clawed-back"),
            ],
            narrow=narrow,
        ),
        *_warnings(view),
    ]


def _way_up(view: DesignerYearView) -> ft.Control:
    if view.next_level is None or view.to_next_fen is None:
        label, trailing = t("designer.at_top", level=view.level), ""
    elif view.to_next_fen == 0:
        label, trailing = t("designer.reached", level=view.next_level, year=view.year + 1), ""
    else:
        label = t("designer.to_next", level=view.next_level)
        trailing = t("designer.missing", amount=formats.money(view.to_next_fen))
    return progress_card(label, trailing, view.share, identifier="to-next-level")


def _warnings(view: DesignerYearView) -> list[ft.Control]:
    said: list[ft.Control] = []
    keeps_from_fen = view.keeps_from_fen
    if keeps_from_fen is not None and view.figures.performance_fen < keeps_from_fen:
        missing = formats.money(keeps_from_fen - view.figures.performance_fen)
        words = t("designer.may_fall", level=view.level, amount=missing)
        said.append(notice(words, Tone.WARM, identifier="may-fall"))
    if view.carry_fen:
        words = t("designer.carried", amount=formats.money(-view.carry_fen))
        said.append(notice(words, Tone.WARM, identifier="carried"))
    return said
