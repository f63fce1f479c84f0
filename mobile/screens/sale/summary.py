"""What it comes to: discounts, what is due, how it is paid, and the points it brings, all before confirming."""

from collections.abc import Callable

import flet as ft

from mobile.design import tokens
from mobile.design.cards import card
from mobile.design.fields import choice_chips, text_field
from mobile.design.type import figure_text, secondary, section_label
from mobile.screens.customers.reason import reason
from mobile.screens.sale.priced import Priced
from mobile.state.sale_draft import METHODS
from mobile.text import formats, t, word
from shared_models.loyalty.tables import EntryKind


def payment_card(priced: Priced, change: Callable[..., None], *, wide: bool) -> ft.Control:
    """All or a deposit, and the method."""
    draft = priced.draft
    whole = choice_chips(
        [("full", t("sale.full")), ("deposit", t("sale.deposit"))],
        "full" if draft.deposit is None else "deposit",
        lambda which: change(deposit=None if which == "full" else (draft.deposit or "")),
        identifier="pay",
    )
    parts: list[ft.Control] = [whole]
    if draft.deposit is not None:
        typed = bool(draft.deposit.strip())
        deposit = text_field(
            t("sale.deposit_amount"),
            draft.deposit,
            lambda value: change(deposit=value),
            identifier="sale-deposit",
            error=priced.deposit_error if typed and priced.draft.lines else None,
            keyboard=ft.KeyboardType.NUMBER,
            prefix="¥ ",
        )
        parts.append(deposit)
    method = choice_chips(
        [(each, word("method", each)) for each in METHODS],
        draft.method,
        lambda each: change(method=each),
        identifier="method",
        label=t("sale.method"),
    )
    note = text_field(t("sale.note"), draft.note, lambda value: change(note=value), identifier="sale-note")
    parts += [_beside([method, note], wide=wide)]
    return ft.Semantics(
        content=card(
            ft.Column(parts, spacing=tokens.SPACE_3, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        ),
        identifier="sale-payment",
    )


def summary_card(priced: Priced) -> ft.Control:
    """The figures, from the list price to the points."""
    quote = priced.quote
    rows = [_sum(t("sale.gross"), formats.money(priced.gross_fen), "sale-gross")]
    if priced.hand_fen:
        rows.append(_sum(t("sale.hand"), formats.money(-priced.hand_fen), "sale-hand"))
    if priced.tier_fen:
        tier = priced.party.tier()
        label = t("sale.tier_discount", tier=tier.name, percent=f"{tier.discount_percent:f}")
        rows.append(_sum(label, formats.money(-priced.tier_fen), "sale-tier-discount"))
    if quote and quote.coupon_fen:
        rows.append(_sum(t("sale.coupon_of"), formats.money(-quote.coupon_fen), "sale-coupon-of"))
    if quote and quote.offset.points:
        label = t("sale.offset_of", points=formats.count(quote.offset.points))
        rows.append(_sum(label, formats.money(-quote.offset.fen), "sale-offset-of"))
    if quote and quote.services_fen:
        rows.append(_sum(t("sale.services"), formats.money(quote.services_fen), "sale-services"))
    due = ft.Row(
        [section_label(t("sale.due")), figure_text(formats.money(priced.due_fen), tokens.ACCENT)],
        alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
    )
    rows.append(_named(due, "sale-due", f"{t('sale.due')} {formats.money(priced.due_fen)}"))
    if priced.pay_now_fen != priced.due_fen:
        rows.append(_sum(t("sale.now"), formats.money(priced.pay_now_fen), "sale-pay-now"))
        rows.append(_sum(t("sale.later"), formats.money(priced.due_fen - priced.pay_now_fen), "sale-later"))
    rows += _points(priced)
    return ft.Semantics(content=card(ft.Column(rows, spacing=tokens.SPACE_2)), identifier="sale-summary")


def _points(priced: Priced) -> list[ft.Control]:
    if not priced.draft.lines:
        return []
    if not priced.party.will_earn(priced.draft, priced.paid_now_fen):
        return [_sum(t("sale.points"), t("sale.points_none"), "sale-points")]
    now, in_full = priced.points.now, priced.points.in_full
    key = "sale.points_now" if now == in_full else "sale.points_both"
    rows = [
        _sum(t("sale.points"), t(key, now=formats.count(now), full=formats.count(in_full)), "sale-points")
    ]
    rows += [
        _sum(why, formats.signed(points), f"sale-earns-{at}")
        for at, (why, points) in enumerate(_earnings(priced))
    ]
    before = priced.party.tier().name
    after = priced.tier_after
    if priced.points.in_full and before and after != before:
        rows.append(_sum(t("sale.tier"), f"{before} → {after}", "sale-tier"))
    elif after:
        rows.append(_sum(t("sale.tier"), after, "sale-tier"))
    return rows


def _earnings(priced: Priced) -> list[tuple[str, int]]:
    """What the points are for, where it is more than the purchase itself."""
    earned = priced.credits
    if all(credit.kind == EntryKind.BASE for credit in earned):
        return []
    return [(reason(credit.kind, credit.rule), credit.points) for credit in earned]


def _sum(label: str, amount: str, identifier: str) -> ft.Control:
    value = ft.Text(amount, size=tokens.SIZE_BODY, color=tokens.INK, text_align=ft.TextAlign.RIGHT)
    line = ft.Row(
        [
            ft.Container(secondary(label, lines=2), expand=True),
            ft.Container(value, alignment=ft.Alignment.CENTER_RIGHT),
        ],
        spacing=tokens.SPACE_2,
    )
    return _named(line, identifier, f"{label} {amount}")


def _named(content: ft.Control, identifier: str, label: str) -> ft.Control:
    return ft.Semantics(content=content, identifier=identifier, label=label)


def _beside(fields: list[ft.Control], *, wide: bool) -> ft.Control:
    if wide:
        return ft.Row(
            [ft.Container(each, expand=True) for each in fields],
            spacing=tokens.SPACE_3,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
    return ft.Column(fields, spacing=tokens.SPACE_3, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
