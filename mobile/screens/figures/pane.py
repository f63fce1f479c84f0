"""Figures for those in charge, one kind at a time over a period; works with a network only."""

import flet as ft

from mobile.design import tokens
from mobile.design.fields import choice_chips
from mobile.design.scaffold import list_pane, scroll_body
from mobile.screens.figures.campaign import CampaignFigures
from mobile.screens.figures.customers import CustomerFigures
from mobile.screens.figures.programme import ProgrammeFigures
from mobile.screens.figures.surveys import SurveyFigures
from mobile.screens.figures.team import TeamFigures
from mobile.screens.places import BACK_OFFICE
from mobile.screens.status import StatusPill
from mobile.state.figures import days_of
from mobile.state.hooks import use_app, use_observable
from mobile.text import t

_FOR_MANAGERS = ("team", "surveys")
_FOR_THE_OFFICE = ("programme", "team", "customers", "campaign", "surveys")
_PERIODS = ("month", "last_month", "year")


@ft.component
def FiguresPane(selected: str | None) -> ft.Control:  # noqa: N802
    """What the person may see; the period stays when the kind changes."""
    del selected
    app = use_app()
    use_observable(app.window)
    person = app.session.person
    kinds = _FOR_THE_OFFICE if person is not None and person.role in BACK_OFFICE else _FOR_MANAGERS
    kind, choose = ft.use_state(kinds[0])
    which, choose_period = ft.use_state("month")
    days = days_of(which, app.now_ms())
    head: list[ft.Control] = [
        choice_chips(
            [(each, t(f"figures.{each}")) for each in kinds],
            kind,
            choose,
            identifier="figures-kind",
            one_line=True,
        )
    ]
    if kind not in {"customers", "campaign"}:
        periods = [(each, t(f"figures.period_{each}")) for each in _PERIODS]
        head.append(choice_chips(periods, which, choose_period, identifier="figures-period", one_line=True))
    wide = app.window.wide
    shown: ft.Control
    match kind:
        case "team":
            shown = TeamFigures(days, wide)
        case "surveys":
            shown = SurveyFigures(days)
        case "programme":
            shown = ProgrammeFigures(days, wide)
        case "customers":
            shown = CustomerFigures()
        case _:
            shown = CampaignFigures(wide)
    about = t(f"figures.about_{kind}")
    return list_pane(
        t("nav.figures"),
        about if kind in {"customers", "campaign"} else f"{about} · {days.first} – {days.last}",
        status=StatusPill(),
        head=head,
        body=scroll_body([ft.Container(shown, key=kind)], spacing=tokens.SPACE_3),
        identifier="figures",
    )
