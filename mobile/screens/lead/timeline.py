"""What happened with a lead, newest first: follow-ups and orders."""

from collections.abc import Collection

import flet as ft

from mobile.design.cards import timeline_item
from mobile.design.marks import Tone, pending_mark
from mobile.design.states import empty_state
from mobile.design.type import secondary, section_label
from mobile.screens.photos.strip import photo_strip
from mobile.state.hooks import go
from mobile.state.queries.lead import LeadRecord, OrderLineItem
from mobile.text import formats, t, word
from shared_models.sales.tables import Channel, FollowUp, Outcome


def timeline(record: LeadRecord, pending: Collection[str], now_ms: int) -> list[ft.Control]:
    """A heading and an entry each; says so when nothing happened yet."""
    entries = [
        (
            item.occurred_at_ms,
            _follow_up(item, item.id in pending, now_ms, photo_strip(record.photos.get(item.id, ()))),
        )
        for item in record.follow_ups
    ]
    entries += [(order.sold_at_ms, _order(order, order.id in pending, now_ms)) for order in record.orders]
    head = section_label(t("lead.timeline"))
    if not entries:
        return [
            head,
            empty_state(t("lead.no_timeline"), t("lead.no_timeline_hint"), icon=ft.Icons.FORUM_OUTLINED),
        ]
    newest_first = [entry for _, entry in sorted(entries, key=lambda pair: -pair[0])]
    earlier = record.follow_up_count - len(record.follow_ups)
    more = [secondary(t("lead.more", n=formats.count(earlier)))] if earlier > 0 else []
    return [
        head,
        ft.Column([*newest_first, *more], spacing=4, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
    ]


def _follow_up(item: FollowUp, pending: bool, now_ms: int, photos: ft.Control | None) -> ft.Control:
    reached = item.outcome == Outcome.REACHED
    extra = word("intent", item.intent) if item.intent else ("" if reached else word("outcome", item.outcome))
    title = " · ".join(part for part in (word("channel", item.channel), extra) if part)
    met = reached and item.channel in {Channel.STORE_VISIT, Channel.HOME_VISIT}
    tone = Tone.ACCENT if met else Tone.CALM
    return timeline_item(
        title,
        item.note,
        formats.moment(item.occurred_at_ms, now_ms),
        tone,
        trailing=pending_mark(t("common.pending")) if pending else None,
        below=photos,
        identifier=f"follow-up-{item.id}",
    )


def _order(order: OrderLineItem, pending: bool, now_ms: int) -> ft.Control:
    return timeline_item(
        f"{t('lead.sell')} · {formats.money(order.total_fen)}",
        " · ".join(part for part in (word("status_of", order.status), order.number) if part),
        formats.moment(order.sold_at_ms, now_ms),
        Tone.WARM,
        trailing=pending_mark(t("common.pending")) if pending else None,
        on_click=lambda _: go(f"/orders/{order.id}"),
        identifier=f"order-{order.id}",
    )
