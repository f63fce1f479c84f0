"""What is bought: one row an article, with its quantity, its discount and what it comes to."""

from collections.abc import Callable

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import icon_button, secondary_button, text_button
from mobile.design.cards import card
from mobile.design.type import body, row_title, secondary
from mobile.screens.sale.priced import Priced
from mobile.state.sale_draft import DraftLine
from mobile.text import formats, t
from shared_models.sales.pricing import PricedLine


def lines_card(
    priced: Priced,
    step: Callable[[str, int], None],
    open_discount: Callable[[DraftLine], None],
    *,
    pick: Callable[[], None] | None,
    add_service: Callable[[], None],
) -> ft.Control:
    """All lines; `pick` opens the catalogue where it does not stand beside the sale."""
    found = {line.cart.id: line for line in priced.quote.lines} if priced.quote else {}
    rows: list[ft.Control] = [
        _line(line, at, found.get(line.id), priced.line_errors.get(line.id), step, open_discount)
        for at, line in enumerate(priced.draft.lines, start=1)
    ]
    if not rows:
        rows.append(
            ft.Container(body(t("sale.no_lines"), tokens.SOFT), padding=ft.Padding.symmetric(vertical=8))
        )
    buttons: list[ft.Control] = [
        text_button(t("sale.add_service"), lambda _: add_service(), identifier="sale-add-service")
    ]
    if pick is not None:
        choose = secondary_button(
            t("sale.add_product"), lambda _: pick(), icon=ft.Icons.ADD, identifier="sale-add-product"
        )
        buttons.insert(0, choose)
    column = ft.Column([*rows, ft.Row(buttons, spacing=tokens.SPACE_2)], spacing=tokens.SPACE_3)
    return ft.Semantics(content=card(column), identifier="sale-lines")


def _line(
    line: DraftLine,
    at: int,
    priced: PricedLine | None,
    error: str | None,
    step: Callable[[str, int], None],
    open_discount: Callable[[DraftLine], None],
) -> ft.Control:
    name = line.sku or str(at)
    off = t("sale.discounted", discount=line.discount) if line.discount else t("sale.discount")
    about = ft.Row(
        [
            secondary(formats.money(line.price_fen)),
            text_button(off, lambda _: open_discount(line), identifier=f"line-discount-{name}"),
        ],
        spacing=0,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )
    words: list[ft.Control] = [row_title(line.name), about]
    if priced is not None and priced.net_fen != line.gross_fen:
        words.append(secondary(_explained(priced), lines=2))
    if error:
        words.append(secondary(error, tokens.DANGER, lines=2))
    amount = ft.Text(
        formats.money(priced.net_fen if priced else line.gross_fen),
        size=tokens.SIZE_BODY,
        weight=ft.FontWeight.W_600,
        color=tokens.INK,
        no_wrap=True,
    )
    right = ft.Column(
        [ft.Container(amount, padding=ft.Padding.only(right=10)), _stepper(line, name, step)],
        spacing=0,
        horizontal_alignment=ft.CrossAxisAlignment.END,
    )
    content = ft.Row(
        [ft.Column(words, spacing=0, expand=True), right],
        spacing=tokens.SPACE_2,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    return ft.Semantics(content=content, identifier=f"line-{name}")


def _explained(line: PricedLine) -> str:
    """From the list price to what is to be paid: `¥2,000 − 优惠 ¥100 − 券 ¥50 = ¥1,850`."""
    by_hand = line.cart.hand_discount_fen
    parts = [
        ("sale.less_hand", by_hand),
        ("sale.less_tier", line.discount_fen - by_hand),
        ("sale.less_coupon", line.coupon_fen),
        ("sale.less_offset", line.offset_fen),
    ]
    taken = [t(key, amount=formats.money(fen)) for key, fen in parts if fen]
    return " ".join([formats.money(line.cart.gross_fen), *taken])


def _stepper(line: DraftLine, name: str, step: Callable[[str, int], None]) -> ft.Control:
    last = line.quantity == 1
    minus = icon_button(
        ft.Icons.DELETE_OUTLINE if last else ft.Icons.REMOVE,
        t("sale.remove") if last else t("sale.less"),
        lambda _: step(line.id, -1),
        identifier=f"line-qty-minus-{name}",
        colour=tokens.SOFT if last else tokens.ACCENT,
    )
    plus = icon_button(
        ft.Icons.ADD,
        t("sale.plus"),
        lambda _: step(line.id, 1),
        identifier=f"line-qty-plus-{name}",
    )
    count = ft.Container(row_title(str(line.quantity)), width=28, alignment=ft.Alignment.CENTER)
    counted = ft.Semantics(content=count, identifier=f"line-qty-{name}", label=str(line.quantity))
    return ft.Row([minus, counted, plus], spacing=0, tight=True)
