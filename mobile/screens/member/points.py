"""The member's ledger: every line with its reason, and all that it follows from at a tap."""

from collections.abc import Callable, Sequence

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import secondary_button
from mobile.design.cards import card, fact_line
from mobile.design.marks import Tone, dot
from mobile.design.scaffold import list_pane, scroll_body
from mobile.design.sheets import sheet
from mobile.design.states import empty_state
from mobile.design.type import body, figure_text, row_title, secondary
from mobile.screens.customers.ledger import reason
from mobile.screens.status import StatusPill
from mobile.state.hooks import use_app, use_query
from mobile.state.queries.membership import TABLES, EntryWhy, entries_of, membership
from mobile.text import formats, t, word
from shared_models.loyalty.tables import EntryKind

Explain = Callable[[EntryWhy], None]


@ft.component
def PointsPane(selected: str | None) -> ft.Control:  # noqa: N802
    """The whole ledger, readable without a network."""
    del selected
    app = use_app()
    now_ms, member_id = app.now_ms(), app.replica.staff_id
    entries = use_query(lambda session: entries_of(session, member_id), TABLES, member_id)
    view = use_query(lambda session: membership(session, member_id, now_ms), TABLES, member_id)
    explain = use_explanation()
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


def use_explanation() -> Explain:
    """A function that opens why a line is what it is; call the hook once in a component."""
    app = use_app()
    nothing: EntryWhy | None = None
    shown, show = ft.use_state(nothing)
    ft.use_dialog(_sheet(shown, app.now_ms(), lambda: show(None)) if shown is not None else None)
    return show


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
        content, padding=ft.Padding.symmetric(vertical=10), on_click=lambda _: explain(why), ink=True
    )
    return ft.Semantics(content=box, identifier=f"entry-{entry.id}", button=True)


def _sheet(why: EntryWhy, now_ms: int, close: Callable[[], None]) -> ft.BottomSheet:
    facts = [fact_line(label, body(value)) for label, value in _facts(why, now_ms)]
    return sheet(
        reason(why.entry.kind, why.entry.rule),
        [
            figure_text(
                formats.signed(why.entry.points), tokens.ACCENT if why.entry.points > 0 else tokens.INK
            ),
            secondary(word("why", why.entry.kind), lines=4),
            card(ft.Column(facts, spacing=tokens.SPACE_3)),
        ],
        [secondary_button(t("common.close"), lambda _: close(), identifier="why-close", wide=True)],
        close,
        identifier="why",
    )


def _facts(why: EntryWhy, now_ms: int) -> list[tuple[str, str]]:
    entry = why.entry
    facts = [(t("why.when"), formats.moment(entry.posted_at_ms, now_ms))]
    if why.order:
        facts.append((t("why.order"), why.order.number))
        facts.append((t("why.products"), formats.money(why.order.products_net_fen)))
    if why.payment:
        facts.append((t("why.payment"), formats.money(why.payment.amount_fen)))
    if why.returned:
        facts.append((t("why.refund"), formats.money(why.returned.refund_fen)))
    if why.gift:
        facts.append((t("why.gift"), why.gift))
    if entry.growth:
        facts.append((t("why.growth"), formats.signed(entry.growth)))
    if why.scheme_version is not None:
        facts.append((t("why.scheme"), t("why.version", n=why.scheme_version)))
    if why.lot and entry.points > 0 and entry.kind != EntryKind.EXPIRE:
        facts.append((t("why.expires"), why.lot.expires_on or t("why.never")))
    return facts
