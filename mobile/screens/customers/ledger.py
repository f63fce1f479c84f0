"""The member's ledger in words: how many points, why, for which order, when."""

from collections.abc import Callable

import flet as ft

from mobile.design import tokens
from mobile.design.cards import card
from mobile.design.events import Press
from mobile.design.marks import Tone, dot
from mobile.design.type import row_title, secondary, section_label
from mobile.screens.customers.reason import reason
from mobile.state.hooks import go
from mobile.state.queries.customer import CustomerRecord, EntryItem
from mobile.text import formats, t


def ledger(record: CustomerRecord, now_ms: int, why: Callable[[str], None]) -> list[ft.Control]:
    """What is forecast first, marked as such, then every entry, newest first; a tap asks `why`."""
    numbers = {order.id: order.number for order in record.orders}
    lines = [
        _line(
            formats.signed(points),
            t("entry.forecast"),
            t("entry.of_order", number=numbers.get(order_id, "")),
            t("entry.waiting"),
            Tone.WARM,
            _to_order(order_id),
            f"forecast-{order_id}",
        )
        for order_id, points in record.forecast.points_by_order.items()
    ]
    lines += [_entry(item, now_ms, why) for item in record.entries]
    if not lines:
        return []
    box = card(ft.Column(lines, spacing=0))
    box.padding = ft.Padding.symmetric(horizontal=tokens.CARD_PADDING, vertical=tokens.SPACE_1)
    return [section_label(t("customer.ledger")), ft.Semantics(content=box, identifier="ledger")]


def _to_order(order_id: str) -> Press:
    return lambda _: go(f"/orders/{order_id}")


def _entry(item: EntryItem, now_ms: int, why: Callable[[str], None]) -> ft.Control:
    entry = item.entry
    tone = Tone.ACCENT if entry.points > 0 else Tone.CALM
    about = [t("entry.of_order", number=item.order_number)] if item.order_number else []
    if entry.growth and entry.growth != entry.points:
        about.append(t("entry.growth", n=formats.signed(entry.growth)))
    return _line(
        formats.signed(entry.points),
        reason(entry.kind, entry.rule),
        " · ".join(about),
        formats.moment(entry.posted_at_ms, now_ms),
        tone,
        lambda _: why(entry.id),
        f"entry-{entry.id}",
    )


def _line(
    figure: str, why: str, about: str, moment: str, tone: Tone, on_click: Press, identifier: str
) -> ft.Control:
    words: list[ft.Control] = [row_title(why), *([secondary(about)] if about else [])]
    colour = {Tone.ACCENT: tokens.ACCENT, Tone.WARM: tokens.WARM}.get(tone, tokens.INK)
    amount = ft.Text(
        figure, size=tokens.SIZE_ROW_TITLE, weight=ft.FontWeight.W_600, color=colour, no_wrap=True
    )
    content = ft.Row(
        [
            dot(tone),
            ft.Column(words, spacing=2, expand=True),
            ft.Column([amount, secondary(moment)], spacing=2, horizontal_alignment=ft.CrossAxisAlignment.END),
        ],
        spacing=tokens.SPACE_3,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )
    box = ft.Container(
        content,
        padding=ft.Padding.symmetric(vertical=10),
        on_click=on_click,
        ink=True,
    )
    return ft.Semantics(content=box, identifier=identifier)
