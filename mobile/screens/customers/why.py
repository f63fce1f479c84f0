"""Why this number: an entry of the ledger with its order, lines, payment, rule version and lot."""

from collections.abc import Callable

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import primary_button, secondary_button
from mobile.design.cards import fact_line
from mobile.design.sheets import sheet
from mobile.design.type import body, figure_text, secondary, section_label
from mobile.screens.customers.reason import reason
from mobile.state.hooks import go, use_app, use_query
from mobile.state.queries.explanation import TABLES, Explanation, explain_entry
from mobile.text import formats, t, word
from shared_models.loyalty.tables import PointsLot


def use_why_sheet() -> Callable[[str], None]:
    """A function that opens the sheet for an entry; call the hook once in a component."""
    app = use_app()
    entry_id, choose = ft.use_state("")
    found = use_query(
        lambda session: explain_entry(session, entry_id) if entry_id else None, TABLES, entry_id
    )

    def close() -> None:
        choose("")

    ft.use_dialog(_sheet(found, app.now_ms(), close) if found else None)
    return choose


def _sheet(found: Explanation, now_ms: int, close: Callable[[], None]) -> ft.BottomSheet:
    entry = found.entry
    figure = figure_text(formats.signed(entry.points), tokens.ACCENT if entry.points > 0 else tokens.INK)
    content: list[ft.Control] = [
        ft.Column([figure, body(reason(entry.kind, entry.rule))], spacing=2),
        secondary(word("why", entry.kind), lines=4),
        ft.Column([fact_line(label, body(value)) for label, value in _facts(found, now_ms)], spacing=8),
    ]
    if found.lines:
        content.append(section_label(t("why.returned_lines" if found.returned else "why.lines")))
        content.append(
            ft.Column(
                [_line(each.name, formats.money(each.net_fen)) for each in found.lines],
                spacing=4,
            )
        )
    actions = [secondary_button(t("common.close"), lambda _: close(), identifier="why-close")]
    if found.order is not None:
        page = f"/orders/{found.order.id}"
        actions.insert(0, primary_button(t("sale.done_order"), lambda _: go(page), identifier="why-order"))
    return sheet(t("why.title"), content, actions, close, identifier="why-sheet")


def _facts(found: Explanation, now_ms: int) -> list[tuple[str, str]]:
    entry = found.entry
    facts = [
        (t("why.when"), formats.until(entry.posted_at_ms, now_ms)),
        (t("why.order"), found.order.number if found.order else ""),
        (
            t("why.payment"),
            f"{formats.money(found.payment.amount_fen)} · {word('method', found.payment.method)}"
            if found.payment
            else "",
        ),
        (t("why.refund"), formats.money(found.returned.refund_fen) if found.returned else ""),
        (t("why.gift"), _redeemed_for(found)),
        (t("why.growth"), formats.signed(entry.growth) if entry.growth else ""),
        (t("why.rule"), t("why.version", n=found.scheme_version) if found.scheme_version else ""),
        (t("why.lot"), _lot(found.lot)),
        (t("why.by"), found.adjusted_by),
    ]
    return [(label, value) for label, value in facts if value]


def _redeemed_for(found: Explanation) -> str:
    if found.redemption is None:
        return ""
    if found.gift_version is not None:
        version = found.gift_version
        return t(
            "why.gift_version", name=version.name, n=version.version, points=formats.count(version.points)
        )
    return found.gift.name if found.gift else (found.redemption.note or t("why.agreed"))


def _lot(lot: PointsLot | None) -> str:
    if lot is None:
        return ""
    left = t("why.lot_left", left=formats.count(lot.remaining), earned=formats.count(lot.earned))
    return f"{left} · {t('why.expires', day=lot.expires_on)}" if lot.expires_on else left


def _line(name: str, amount: str) -> ft.Control:
    return ft.Row(
        [ft.Container(secondary(name), expand=True), secondary(amount, tokens.INK)], spacing=tokens.SPACE_2
    )
