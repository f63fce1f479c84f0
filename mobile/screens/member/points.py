"""The member's ledger: every line with its reason, and all that it follows from at a tap."""

from collections.abc import Callable, Sequence

import flet as ft

from mobile.design import tokens
from mobile.design.cards import card
from mobile.design.marks import Tone, dot
from mobile.design.scaffold import list_pane, scroll_body
from mobile.design.states import empty_state
from mobile.design.type import row_title, secondary
from mobile.screens.customers.reason import reason
from mobile.screens.customers.why import use_why_sheet
from mobile.screens.status import StatusPill
from mobile.state.hooks import use_app, use_query
from mobile.state.queries.membership import TABLES, EntryWhy, entries_of, membership
from mobile.text import formats, t

Explain = Callable[[str], None]
"""Opens why an entry, by its identifier, is what it is."""


@ft.component
def PointsPane(selected: str | None) -> ft.Control:  # noqa: N802
    """The whole ledger, readable without a network."""
    del selected
    app = use_app()
    now_ms, member_id = app.now_ms(), app.replica.staff_id
    entries = use_query(lambda session: entries_of(session, member_id), TABLES, member_id)
    view = use_query(lambda session: membership(session, member_id, now_ms), TABLES, member_id)
    explain = use_why_sheet()
    nothing = empty_state(t("points.none"), t("points.none_hint"), icon=ft.Icons.TOLL_OUTLINED)
    return list_pane(
        t("nav.points"),
        t("points.context", n=formats.count(view.account.balance)) if view else "",
        status=StatusPill(),
        body=scroll_body([entry_card(entries, now_ms, explain)]) if entries else nothing,
        identifier="points",
    )


def entry_card(entries: Sequence[EntryWhy], now_ms: int, explain: Explain) -> ft.Control:
    """Lines of the ledger on one card; a tap says why."""
    box = card(ft.Column([_line(why, now_ms, explain) for why in entries], spacing=0))
    box.padding = ft.Padding.symmetric(horizontal=tokens.CARD_PADDING, vertical=tokens.SPACE_1)
    return ft.Semantics(content=box, identifier="ledger")


def _line(why: EntryWhy, now_ms: int, explain: Explain) -> ft.Control:
    entry = why.entry
    about = [t("entry.of_order", number=why.order.number)] if why.order else []
    about += [why.gift] if why.gift else []
    words: list[ft.Control] = [row_title(reason(entry.kind, entry.rule))]
    words += [secondary(" · ".join(about))] if about else []
    amount = ft.Text(
        formats.signed(entry.points),
        size=tokens.SIZE_ROW_TITLE,
        weight=ft.FontWeight.W_600,
        color=tokens.ACCENT if entry.points > 0 else tokens.INK,
        no_wrap=True,
    )
    moment = secondary(formats.moment(entry.posted_at_ms, now_ms))
    content = ft.Row(
        [
            dot(Tone.ACCENT if entry.points > 0 else Tone.CALM),
            ft.Column(words, spacing=2, expand=True),
            ft.Column([amount, moment], spacing=2, horizontal_alignment=ft.CrossAxisAlignment.END),
        ],
        spacing=tokens.SPACE_3,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )
    box = ft.Container(
        content, padding=ft.Padding.symmetric(vertical=10), on_click=lambda _: explain(entry.id), ink=True
    )
    return ft.Semantics(content=box, identifier=f"entry-{entry.id}", button=True)
