"""What the simulator found: the figures that decide, then who moves, then each rule and each month."""

from collections.abc import Sequence
from typing import Any

import flet as ft

from mobile.design import tokens
from mobile.design.cards import Figure, card, figures_card
from mobile.design.marks import Tone, chip
from mobile.design.rows import row
from mobile.design.states import notice
from mobile.design.type import secondary, section_label
from mobile.text import formats, t, word
from shared_models.loyalty.scheme import TierBasis

_SHOWN_MOVES = 12


def result_cards(found: dict[str, Any], *, wide: bool) -> list[ft.Control]:
    """The cards of a result, from the server's `Simulation`."""
    now, draft = found["total"]["now"], found["total"]["draft"]
    figures = [
        Figure(_signed(draft["points"] - now["points"]), t("schemes.points_more"), "points-more"),
        Figure(
            _signed_money(draft["cost_fen"] - now["cost_fen"]),
            t("schemes.cost_more"),
            "cost-more",
            accent=True,
        ),
        Figure(formats.count(found["tiers_up"]), t("schemes.up"), "tiers-up"),
        Figure(formats.count(found["tiers_down"]), t("schemes.down"), "tiers-down"),
    ]
    cards: list[ft.Control] = [figures_card(figures, narrow=not wide), _liability(found)]
    if not found["orders"]:
        cards.insert(0, notice(t("schemes.no_orders"), Tone.WARM, identifier="no-orders"))
    cards += _table("schemes.by_rule", found["rules"], "rules", total=found["total"])
    if len(found["months"]) > 1:
        cards += _table("schemes.by_month", found["months"], "months")
    return cards + _moves(found)


def _liability(found: dict[str, Any]) -> ft.Control:
    words = t(
        "schemes.liability",
        now=formats.money(found["liability_now_fen"]),
        draft=formats.money(found["liability_draft_fen"]),
        orders=formats.count(found["orders"]),
        members=formats.count(found["members"]),
    )
    return ft.Semantics(content=secondary(words, lines=3), identifier="liability")


def _table(
    title: str, rows: Sequence[dict[str, Any]], identifier: str, *, total: dict[str, Any] | None = None
) -> list[ft.Control]:
    if not rows:
        return []
    head = _line([t(f"schemes.column_{name}") for name in ("what", "now", "draft", "cost")], is_head=True)
    lines = [_compared(_name(each["name"]), each) for each in rows]
    if total is not None:
        lines.append(ft.Divider(height=1, thickness=1, color=tokens.LINE))
        lines.append(_compared(t("schemes.together"), total, is_bold=True))
    table = card(ft.Column([head, *lines], spacing=10))
    return [section_label(t(title)), ft.Semantics(content=table, identifier=identifier)]


def _compared(name: str, each: dict[str, Any], *, is_bold: bool = False) -> ft.Control:
    now, draft = each["now"], each["draft"]
    cells = [
        name,
        formats.count(now["points"]),
        formats.count(draft["points"]),
        _signed_money(draft["cost_fen"] - now["cost_fen"]),
    ]
    return _line(cells, is_bold=is_bold)


def _line(cells: Sequence[str], *, is_head: bool = False, is_bold: bool = False) -> ft.Control:
    """A name and three figures; figures stand at the right, to be read down."""
    weight = ft.FontWeight.W_600 if is_bold else ft.FontWeight.W_400
    boxes: list[ft.Control] = []
    for place, words in enumerate(cells):
        if is_head:
            text: ft.Text = secondary(words)
        elif place:
            text = ft.Text(words, size=tokens.SIZE_BODY, color=tokens.INK, weight=weight, no_wrap=True)
        else:
            text = ft.Text(
                words, size=tokens.SIZE_BODY, color=tokens.INK, weight=weight, max_lines=2,
                overflow=ft.TextOverflow.ELLIPSIS,
            )  # fmt: skip
        where = ft.Alignment.CENTER_RIGHT if place else ft.Alignment.CENTER_LEFT
        boxes.append(ft.Container(text, expand=1 if place else 2, alignment=where))
    return ft.Row(boxes, spacing=tokens.SPACE_2)


def _moves(found: dict[str, Any]) -> list[ft.Control]:
    if not found["moves"]:
        return [section_label(t("schemes.moves")), card(secondary(t("schemes.no_moves")))]
    lines: list[ft.Control] = [
        row(
            move["name"] or t("schemes.no_name"),
            _counted(found, move),
            identifier=f"move-{move['customer_id']}",
            chips=[
                chip(
                    f"{'↑' if move['is_up'] else '↓'} {move['tier_now']} → {move['tier_draft']}",
                    Tone.ACCENT if move["is_up"] else Tone.WARM,
                )
            ],
            flush=True,
        )
        for move in found["moves"][:_SHOWN_MOVES]
    ]
    rest = found["tiers_up"] + found["tiers_down"] - len(lines)
    if rest > 0:
        lines.append(secondary(t("schemes.more_moves", n=formats.count(rest))))
    return [
        section_label(t("schemes.moves")),
        ft.Semantics(content=card(ft.Column(lines, spacing=0)), identifier="moves"),
    ]


def _counted(found: dict[str, Any], move: dict[str, Any]) -> str:
    """What either scheme counts of a member for the tier: growth before and after, what was spent, or both."""
    bases = {found.get("basis_now", TierBasis.GROWTH), found.get("basis_draft", TierBasis.GROWTH)}
    words = []
    if TierBasis.GROWTH in bases:
        growth = {side: formats.count(move[f"growth_{side}"]) for side in ("now", "draft")}
        words.append(t("schemes.growth_from_to", **growth))
    if TierBasis.SPENT in bases:
        words.append(t("schemes.spent_so_far", amount=formats.money(move["spent_fen"])))
    return " · ".join(words)


def _name(name: str) -> str:
    if name.startswith("bonus:"):
        return t("schemes.bonus_named", name=name.removeprefix("bonus:"))
    return word("issued", name)


def _signed(value: int) -> str:
    return formats.signed(value) if value else "0"


def _signed_money(fen: int) -> str:
    return f"+{formats.money(fen)}" if fen > 0 else formats.money(fen)
