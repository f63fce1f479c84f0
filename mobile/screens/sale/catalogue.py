"""The catalogue: search, categories, and a tap puts one more into the sale."""

from collections.abc import Callable

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import primary_button
from mobile.design.fields import choice_chips, search_field
from mobile.design.marks import Tone, chip, icon_mark
from mobile.design.rows import LongList, row
from mobile.design.scaffold import list_pane
from mobile.design.states import empty_state
from mobile.state.hooks import use_app, use_query, use_tables
from mobile.state.queries.products import TABLES, ProductRow, categories, product_ids, product_rows
from mobile.state.sale_draft import SaleDraft
from mobile.text import formats, t
from shared_models.stock.tables import ProductKind


@ft.component
def Catalogue(  # noqa: N802
    draft: SaleDraft, add: Callable[[ProductRow], None], done: Callable[[], None] | None
) -> ft.Control:
    """Beside the sale on a tablet; on a phone a page of its own that `done` leaves."""
    app = use_app()
    text, set_text = ft.use_state("")
    category, set_category = ft.use_state("")
    version = use_tables(TABLES)
    ids = use_query(
        lambda session: product_ids(session, text=text, category=category), TABLES, text, category
    )
    names = use_query(categories, TABLES)

    def fetch(offset: int, limit: int) -> list[ProductRow]:
        return app.read(lambda session: product_rows(session, ids[offset : offset + limit]))

    def build(product: ProductRow) -> ft.Control:
        return _product(product, draft.units_of(product.id), lambda: add(product))

    options = [("", t("common.all")), *((name, name) for name in names)]
    chips = choice_chips(options, category, set_category, identifier="category", one_line=True)
    shown = (version, tuple((line.product_id, line.quantity) for line in draft.lines))
    rows = LongList(len(ids), fetch, build, shown, asked=(text, category), identifier="catalogue-list")
    pane = list_pane(
        t("sale.catalogue"),
        t("sale.catalogue_count", n=formats.count(len(ids))),
        head=[search_field(text, t("sale.search"), set_text, identifier="product-search"), chips],
        body=rows
        if ids
        else empty_state(t("sale.no_product"), t("sale.no_product_hint"), icon=ft.Icons.SEARCH_OFF),
        identifier="catalogue",
    )
    return pane if done is None else _with_bar(pane, draft, done)


def _with_bar(pane: ft.Control, draft: SaleDraft, done: Callable[[], None]) -> ft.Control:
    gross_fen = sum(line.gross_fen for line in draft.lines)
    words = (
        t("sale.picked", n=draft.units, amount=formats.money(gross_fen)) if draft.lines else t("common.back")
    )
    button = primary_button(words, lambda _: done(), identifier="catalogue-done", wide=True)
    bar = ft.Container(
        ft.Row([button]),
        padding=ft.Padding.only(left=tokens.PAGE_PADDING, right=tokens.PAGE_PADDING, top=12, bottom=24),
    )
    return ft.Column([ft.Container(pane, expand=True), bar], spacing=0, expand=True)


def _product(product: ProductRow, units: int, add: Callable[[], None]) -> ft.Control:
    service = product.kind == ProductKind.SERVICE
    icon = ft.Icons.HANDYMAN_OUTLINED if service else ft.Icons.CHAIR_OUTLINED
    price = ft.Text(
        formats.money(product.price_fen), size=tokens.SIZE_BODY, weight=ft.FontWeight.W_600, color=tokens.INK
    )
    add_icon = ft.Icon(ft.Icons.ADD_CIRCLE_OUTLINE, size=tokens.ICON, color=tokens.ACCENT)
    return row(
        product.name,
        " · ".join(part for part in (product.category, product.sku) if part),
        identifier=f"product-{product.sku}",
        chips=[chip(f"× {units}", Tone.ACCENT)] if units else [],
        leading=icon_mark(icon, tone=Tone.ACCENT if units else Tone.CALM),
        trailing=ft.Row([price, add_icon], spacing=tokens.SPACE_2, tight=True),
        selected=bool(units),
        on_click=lambda _: add(),
    )
