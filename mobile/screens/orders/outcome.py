"""What a return does, figure by figure, each explained in a sentence."""

import flet as ft

from mobile.design import tokens
from mobile.design.cards import card
from mobile.design.type import figure_text, row_title, secondary
from mobile.state.queries.order import OrderRecord
from mobile.text import formats, t
from shared_models.loyalty.returns import ReturnFigures
from shared_models.loyalty.tables import EntryKind


def outcome_card(outcome: ReturnFigures, record: OrderRecord) -> ft.Control:
    """The refund first, then points, debt, standing and the designer's commission; what does not change is left out."""
    refund = formats.money(outcome.refund_fen)
    why = t("return.refund_withheld", amount=formats.money(outcome.withheld_fen))
    head = ft.Column(
        [
            secondary(t("return.refund")),
            figure_text(refund, tokens.ACCENT),
            secondary(why if outcome.withheld_fen else t("return.refund_why"), lines=3),
        ],
        spacing=2,
    )
    parts = [_named(head, "return-refund", f"{t('return.refund')} {refund}")]
    parts.append(_price(record))
    parts += [_effect(name, figure, t(f"return.{name}_why")) for name, figure in _effects(outcome, record)]
    return ft.Semantics(content=card(ft.Column(parts, spacing=tokens.SPACE_3)), identifier="return-outcome")


def _effects(outcome: ReturnFigures, record: OrderRecord) -> list[tuple[str, str]]:
    """Name and figure of each effect; its name finds the sentences."""
    effects: list[tuple[str, str]] = []
    if outcome.restored_points:
        effects.append(("restored", formats.signed(outcome.restored_points)))
    if outcome.clawback_points:
        effects.append(("clawback", formats.signed(-outcome.clawback_points)))
    if outcome.withheld_fen:
        effects.append(("withheld", formats.money(outcome.withheld_fen)))
    if outcome.debt:
        effects.append(("debt", formats.count(outcome.debt)))
    if record.customer is not None and record.customer.enrolled_at_ms is not None:
        effects += [("growth", formats.count(outcome.growth)), ("tier", outcome.tier)]
    if outcome.commission_fen:
        effects.append(("commission", formats.money(outcome.commission_fen)))
    return effects


def _price(record: OrderRecord) -> ft.Control:
    """Whether the goods were sold at the full price, and what took something off or gave more points."""
    order, lines = record.order, record.lines
    bonus = sum(entry.points for entry in record.entries if entry.kind == EntryKind.BONUS)
    discount_fen = sum(line.discount_fen for line in lines)
    reductions = [
        (discount_fen, t("return.by_discount", amount=formats.money(discount_fen))),
        (order.coupon_fen, t("return.by_coupon", amount=formats.money(order.coupon_fen))),
        (order.offset_fen, t("return.by_points", amount=formats.money(order.offset_fen))),
        (order.campaign, t("return.by_campaign", code=order.campaign)),
        (bonus, t("return.by_bonus", points=formats.count(bonus))),
    ]
    found = [words for there, words in reductions if there]
    figure = t("return.price_promo" if found else "return.price_full")
    why = t("common.comma").join(found)
    return _effect("price", figure, t("return.price_why", what=why) if found else t("return.price_full_why"))


def _effect(name: str, figure: str, why: str) -> ft.Control:
    label = t(f"return.{name}")
    content = ft.Row(
        [
            ft.Column([row_title(label), secondary(why, lines=3)], spacing=2, expand=True),
            ft.Text(
                figure, size=tokens.SIZE_ROW_TITLE, weight=ft.FontWeight.W_600, color=tokens.INK, no_wrap=True
            ),
        ],
        spacing=tokens.SPACE_3,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    return _named(content, f"return-{name}", f"{label} {figure} {why}")


def _named(content: ft.Control, identifier: str, label: str) -> ft.Control:
    return ft.Semantics(content=content, identifier=identifier, label=label)
