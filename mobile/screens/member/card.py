"""The member's first place: the card to show at the counter, points, the way to the next tier, gifts, latest entries."""

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import text_button
from mobile.design.cards import card
from mobile.design.marks import Tone, chip
from mobile.design.qr import qr_code
from mobile.design.scaffold import list_pane, scroll_body
from mobile.design.states import loading_state, notice
from mobile.design.type import record_title, row_title, secondary, section_label
from mobile.screens.customers.coupons import coupon_line
from mobile.screens.customers.why import use_why_sheet
from mobile.screens.lead.member import counted_words, member_cards
from mobile.screens.member.gifts import gift_row, use_redeeming
from mobile.screens.member.points import entry_card
from mobile.screens.status import StatusPill
from mobile.state.hooks import go, use_app, use_query
from mobile.state.queries.coupons import TABLES as COUPON_TABLES
from mobile.state.queries.coupons import usable_coupons
from mobile.state.queries.membership import TABLES, Membership, entries_of, membership
from mobile.text import formats, t
from shared_models.loyalty.offset import value_fen
from shared_models.loyalty.scheme import Tier

_LATEST = 5
_GIFTS = 3
_QR_SIDE = 132


@ft.component
def CardPane(selected: str | None) -> ft.Control:  # noqa: N802
    """Readable, and scannable, without a network."""
    del selected
    app = use_app()
    now_ms, member_id = app.now_ms(), app.replica.staff_id
    view = use_query(lambda session: membership(session, member_id, now_ms), TABLES, member_id)
    entries = use_query(lambda session: entries_of(session, member_id)[:_LATEST], TABLES, member_id)
    coupons = use_query(lambda session: usable_coupons(session, member_id, now_ms), COUPON_TABLES, member_id)
    explain = use_why_sheet()
    redeem = use_redeeming()
    if view is None:
        return loading_state(t("first_sync.title"))
    body = [_own_card(view), *_standing(view)]
    within = [item for item in view.gifts if item.in_reach] or list(view.gifts)
    if within:
        more = text_button(t("card.all_gifts"), lambda _: go("/gifts"), identifier="all-gifts")
        body += [_heading(t("card.gifts"), more), *[gift_row(item, redeem) for item in within[:_GIFTS]]]
    if coupons:
        box = card(ft.Column([coupon_line(each) for each in coupons], spacing=tokens.SPACE_3))
        body += [section_label(t("coupon.section")), ft.Semantics(content=box, identifier="coupons")]
    if entries:
        more = text_button(t("card.all_points"), lambda _: go("/points"), identifier="all-points")
        body += [_heading(t("card.latest"), more), entry_card(entries, now_ms, explain)]
    body += [section_label(t("card.tiers")), _tiers(view)]
    return list_pane(
        t("card.title"),
        "",
        status=StatusPill(),
        body=scroll_body(body, spacing=tokens.SPACE_3, width=tokens.PAGE_WIDTH if app.window.wide else None),
        identifier="member-card",
    )


def _own_card(view: Membership) -> ft.Control:
    number = view.customer.member_no
    words = ft.Column(
        [
            record_title(view.customer.name or t("customers.nameless")),
            ft.Row([chip(t("lead.member", tier=view.tier.name), Tone.GOLD)]),
            ft.Container(height=tokens.SPACE_1),
            ft.Semantics(content=row_title(number), identifier="member-number"),
            secondary(t("card.show"), lines=2),
        ],
        spacing=tokens.SPACE_1,
        expand=True,
    )
    return card(
        ft.Row(
            [words, qr_code(number, side=_QR_SIDE, label=t("card.qr", number=number))],
            spacing=tokens.SPACE_3,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        )
    )


def _standing(view: Membership) -> list[ft.Control]:
    cards = member_cards(view.account, view.scheme.rules if view.scheme else None, narrow=True)
    if view.account.debt:
        words = t("card.debt", n=formats.count(view.account.debt))
        cards.append(notice(words, Tone.WARM, identifier="card-debt"))
    return cards


def _heading(label: str, action: ft.Control) -> ft.Control:
    return ft.Row([section_label(label), action], alignment=ft.MainAxisAlignment.SPACE_BETWEEN)


def _tiers(view: Membership) -> ft.Control:
    lines = [_tier_line(view, tier) for tier in view.rules.tiers]
    terms = view.rules.offset
    worth = t(
        "card.offset",
        points=formats.count(terms.unit),
        amount=formats.money(value_fen(terms.unit, terms)),
        percent=f"{terms.cap_percent.normalize():f}",
    )
    lines.append(secondary(worth, lines=3))
    return ft.Semantics(content=card(ft.Column(lines, spacing=tokens.SPACE_3)), identifier="tiers")


def _tier_line(view: Membership, tier: Tier) -> ft.Control:
    gives = []
    if tier.discount_percent:
        gives.append(t("card.discount", percent=f"{tier.discount_percent.normalize():f}"))
    own = sum(1 for item in view.gifts if item.terms.min_tier == tier.name)
    if own:
        gives.append(t("card.tier_gifts", n=own))
    marks = [chip(t("card.yours"), Tone.GOLD)] if tier == view.tier else []
    words = ft.Column(
        [
            ft.Row([row_title(tier.name), *marks], spacing=tokens.SPACE_2),
            secondary(" · ".join(gives) or t("card.basics"), lines=2),
        ],
        spacing=2,
        expand=True,
    )
    start = counted_words(tier.starts_at, view.rules.tier_basis)
    return ft.Row([words, secondary(t("card.from", n=start))], spacing=tokens.SPACE_3)
