"""The gifts: those within reach first, and what is missing for the others."""

from collections.abc import Callable

import flet as ft

from mobile.design.buttons import primary_button, secondary_button
from mobile.design.marks import Tone, chip, icon_mark
from mobile.design.rows import row
from mobile.design.scaffold import list_pane, scroll_body
from mobile.design.sheets import sheet
from mobile.design.states import empty_state, loading_state, notice, snackbar
from mobile.design.type import body, row_title, section_label
from mobile.screens.status import StatusPill
from mobile.state.errors import LogInNeeded, ServerRefusal, Unreachable
from mobile.state.hooks import latest, use_app, use_query
from mobile.state.member_actions import redeem_gift
from mobile.state.queries.membership import TABLES, GiftItem, membership
from mobile.state.queries.redemptions import TABLES as REDEMPTION_TABLES
from mobile.state.queries.redemptions import RedemptionItem, hand_overs
from mobile.text import error_sentence, formats, t, word

Choose = Callable[[GiftItem], None]


@ft.component
def GiftsPane(selected: str | None) -> ft.Control:  # noqa: N802
    """Readable without a network; redeeming asks the server."""
    del selected
    app = use_app()
    now_ms, member_id = app.now_ms(), app.replica.staff_id
    view = use_query(lambda session: membership(session, member_id, now_ms), TABLES, member_id)
    waiting = use_query(lambda session: hand_overs(session, now_ms), REDEMPTION_TABLES, member_id)
    redeem = use_redeeming()
    if view is None:
        return loading_state(t("first_sync.title"))
    rows: list[ft.Control] = []
    if waiting:
        rows += [section_label(t("gifts.to_fetch")), *[_waiting_row(item, now_ms) for item in waiting]]
    for in_reach, label in ((True, t("gifts.in_reach")), (False, t("gifts.later"))):
        found = [item for item in view.gifts if item.in_reach == in_reach]
        if found:
            rows += [section_label(label), *[gift_row(item, redeem) for item in found]]
    nothing = empty_state(t("gifts.none"), t("gifts.none_hint"), icon=ft.Icons.REDEEM_OUTLINED)
    return list_pane(
        t("nav.gifts"),
        t("gifts.spendable", n=formats.count(view.spendable)),
        status=StatusPill(),
        body=scroll_body(rows) if rows else nothing,
        identifier="gifts",
    )


def _waiting_row(item: RedemptionItem, now_ms: int) -> ft.Control:
    due_at_ms = item.redemption.due_at_ms
    about = "" if due_at_ms is None else t("gifts.fetch_by", moment=formats.until(due_at_ms, now_ms))
    return row(
        item.what,
        about,
        identifier=f"to-fetch-{item.redemption.id}",
        leading=icon_mark(ft.Icons.SHOPPING_BAG_OUTLINED),
        trailing=chip(word("redemption", item.redemption.state), Tone.WARM),
    )


def gift_row(item: GiftItem, choose: Choose) -> ft.Control:
    """A gift, its price in points, and what is missing."""
    gift = item.terms
    return row(
        gift.name,
        _missing(item) or t("gifts.worth", amount=formats.money(gift.value_fen)),
        identifier=f"gift-{item.gift.id}",
        chips=[chip(t("gifts.of_tier", tier=gift.min_tier), Tone.GOLD)] if gift.min_tier else [],
        leading=icon_mark(ft.Icons.REDEEM_OUTLINED, tone=Tone.GOLD if item.in_reach else Tone.CALM),
        trailing=row_title(t("gifts.points", n=formats.count(gift.points))),
        on_click=lambda _: choose(item),
    )


def use_redeeming() -> Choose:
    """A function that opens a gift, to be redeemed; call the hook once in a component."""
    app = use_app()
    page = ft.context.page
    nothing: GiftItem | None = None
    item, choose = ft.use_state(nothing)
    wrong, set_wrong = ft.use_state("")
    busy, set_busy = ft.use_state(initial=False)

    def close() -> None:
        choose(None)
        set_wrong("")

    async def send(gift_id: str, name: str, seen_points: int) -> None:
        try:
            points = await redeem_gift(app, gift_id, seen_points)
        except ServerRefusal as refusal:
            set_wrong(error_sentence(refusal.code, refusal.details))
        except Unreachable:
            set_wrong(t("gifts.offline"))
        except LogInNeeded:
            set_wrong(error_sentence("not_logged_in"))
        else:
            close()
            snackbar(page, t("gifts.done", name=name, n=formats.count(points)))
        finally:
            set_busy(False)

    def confirm(chosen: GiftItem) -> None:
        if not latest(set_busy):
            set_busy(True)
            set_wrong("")
            page.run_task(send, chosen.gift.id, chosen.terms.name, chosen.terms.points)

    ft.use_dialog(_sheet(item, wrong, busy, lambda: confirm(item), close) if item is not None else None)
    return choose


def _sheet(
    item: GiftItem, wrong: str, busy: bool, confirm: Callable[[], None], close: Callable[[], None]
) -> ft.BottomSheet:
    gift = item.terms
    words = t("gifts.ask", n=formats.count(gift.points), amount=formats.money(gift.value_fen))
    content: list[ft.Control] = [body(words)]
    if missing := _missing(item):
        content.append(notice(missing, Tone.WARM, identifier="gift-missing"))
    if wrong:
        content.append(notice(wrong, Tone.DANGER, identifier="gift-wrong"))
    label = t("gifts.busy" if busy else "gifts.redeem")
    actions: list[ft.Control] = [
        secondary_button(t("common.cancel"), lambda _: close(), identifier="gift-close", wide=True)
    ]
    if item.in_reach:
        actions.append(
            primary_button(label, lambda _: confirm(), identifier="gift-redeem", busy=busy, wide=True)
        )
    return sheet(gift.name, content, actions, close, identifier="gift-sheet")


def _missing(item: GiftItem) -> str:
    if item.gift.stock == 0:
        return t("gifts.gone")
    if item.needs_tier:
        return t("gifts.needs_tier", tier=item.needs_tier)
    return t("gifts.missing", n=formats.count(item.missing)) if item.missing else ""
