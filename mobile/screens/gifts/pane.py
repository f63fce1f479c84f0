"""Gifts and coupons at the counter and in the back office: what is to be handed over now, and what is on offer."""

import flet as ft

from mobile.design.buttons import primary_button
from mobile.design.fields import choice_chips
from mobile.design.marks import Tone, chip, icon_mark, pending_mark
from mobile.design.rows import row, trailing_moment
from mobile.design.scaffold import list_pane, scroll_body
from mobile.design.states import empty_state
from mobile.design.type import row_title
from mobile.screens.coupons.issuing import use_issue_sheet
from mobile.screens.coupons.kinds import CouponKinds
from mobile.screens.gifts.activities import activity_row, use_activity_form
from mobile.screens.gifts.form import use_gift_form
from mobile.screens.places import BACK_OFFICE, IN_CHARGE
from mobile.screens.status import StatusPill
from mobile.state.hooks import go, use_app, use_observable, use_query
from mobile.state.queries.activities import TABLES as ACTIVITY_TABLES
from mobile.state.queries.activities import activity_items
from mobile.state.queries.redemptions import TABLES, GiftItem, RedemptionItem, gift_items, hand_overs
from mobile.text import formats, t
from sync.device import outbox

_HAND_OVER, _GIFTS, _ACTIVITIES, _COUPONS = "hand-over", "gifts", "activities", "coupons"


@ft.component
def GiftsOfficePane(selected: str | None) -> ft.Control:  # noqa: N802
    """What waits for its member first, the overdue above all; the catalogue behind a chip."""
    app = use_app()
    use_observable(app.sync)
    shown, show = ft.use_state(_HAND_OVER)
    minute = app.now_ms() // formats.MINUTE
    waiting = use_query(lambda session: hand_overs(session, app.now_ms()), TABLES, minute)
    gifts = use_query(
        lambda session: gift_items(session, outbox.units(session.connection(), outbox.PENDING), app.now_ms()),
        TABLES,
        app.sync.pending,
        minute,
    )
    unsent = use_query(lambda _: app.replica.pending_rows("redemption"), ["redemption"], app.sync.pending)
    activities = use_query(lambda session: activity_items(session, app.now_ms()), ACTIVITY_TABLES, minute)
    role = app.session.person.role if app.session.person else ""
    overdue = sum(item.is_overdue for item in waiting)
    rows = {
        _HAND_OVER: [
            hand_over_row(item, app.now_ms(), selected, item.redemption.id in unsent) for item in waiting
        ],
        _GIFTS: [_gift_row(item, selected) for item in gifts],
        _ACTIVITIES: [activity_row(item, selected) for item in activities],
    }
    options = [
        (_HAND_OVER, t("gift_office.waiting", n=len(waiting))),
        (_GIFTS, t("gift_office.all", n=len(gifts))),
        (_ACTIVITIES, t("activity.all", n=len(activities))),
        *([(_COUPONS, t("coupon.tab"))] if role in IN_CHARGE else []),
    ]
    context = t("gift_office.overdue", n=overdue) if overdue else t("gift_office.on_time")
    body: ft.Control
    if shown == _COUPONS:
        context, body = t("coupon.about"), CouponKinds(selected)
    else:
        body = scroll_body(rows[shown], spacing=0) if rows[shown] else _nothing(shown)
    return list_pane(
        t("nav.gifts"),
        context,
        status=StatusPill(),
        head=[choice_chips(options, shown, show, identifier="gifts-show", one_line=True)],
        body=body,
        action=_action(shown, role),
        identifier="gifts",
    )


def _action(shown: str, role: str) -> ft.Control | None:
    if shown == _COUPONS:
        return IssueButton()
    return NewButton(shown) if role in BACK_OFFICE and shown != _HAND_OVER else None


@ft.component
def IssueButton() -> ft.Control:  # noqa: N802
    """Begins issuing coupons."""
    open_sheet = use_issue_sheet()
    return primary_button(
        t("coupon.issue"), lambda _: open_sheet(), icon=ft.Icons.ADD, identifier="issue-coupons"
    )


@ft.component
def NewButton(shown: str) -> ft.Control:  # noqa: N802
    """Begins a new gift or a new activity."""
    open_gift, open_activity = use_gift_form(), use_activity_form()
    begin, words = (
        (open_gift, t("gift_office.new")) if shown == _GIFTS else (open_activity, t("activity.new"))
    )
    return primary_button(words, lambda _: begin(None), icon=ft.Icons.ADD, identifier=f"new-{shown}")


def hand_over_row(
    item: RedemptionItem, now_ms: int, selected: str | None = None, unsent: bool = False
) -> ft.Control:
    """A gift that waits: whose it is, what, and until when; overdue ones say for how long."""
    due = item.redemption.due_at_ms
    end: ft.Control = pending_mark(t("common.pending")) if unsent else ft.Container()
    if due is not None:
        words, late = formats.due(due, now_ms)
        end = trailing_moment(words, overdue=late)
    return row(
        item.customer or t("schemes.no_name"),
        item.what or t("gift_office.agreed"),
        identifier=f"hand-over-{item.redemption.id}",
        leading=icon_mark(
            ft.Icons.SCHEDULE if item.is_overdue else ft.Icons.REDEEM_OUTLINED,
            tone=Tone.DANGER if item.is_overdue else Tone.GOLD,
        ),
        trailing=end,
        selected=item.redemption.id == selected,
        on_click=lambda _: go(f"/gifts/{item.redemption.id}"),
    )


def _gift_row(item: GiftItem, selected: str | None) -> ft.Control:
    gift = item.terms
    left = t("redeem.stock", n=item.left) if item.left is not None else t("gift_office.no_limit")
    about = [left, t("gifts.worth", amount=formats.money(gift.value_fen))]
    marks = [chip(t("gifts.of_tier", tier=gift.min_tier), Tone.GOLD)] if gift.min_tier else []
    if not item.is_offered:
        marks.append(chip(t("gift_office.off"), Tone.CALM))
    elif item.left is not None and item.left < 1:
        marks.append(chip(t("gifts.gone"), Tone.DANGER))
    return row(
        gift.name,
        " · ".join(about),
        identifier=f"gift-{item.gift.id}",
        chips=marks,
        leading=icon_mark(ft.Icons.REDEEM_OUTLINED, tone=Tone.GOLD if item.is_offered else Tone.CALM),
        trailing=row_title(t("gifts.points", n=formats.count(gift.points))),
        selected=item.gift.id == selected,
        on_click=lambda _: go(f"/gifts/{item.gift.id}"),
    )


def _nothing(shown: str) -> ft.Control:
    if shown == _ACTIVITIES:
        return empty_state(t("activity.none"), t("activity.none_hint"), icon=ft.Icons.CELEBRATION_OUTLINED)
    if shown == _GIFTS:
        return empty_state(t("gifts.none"), t("gifts.none_hint"), icon=ft.Icons.REDEEM_OUTLINED)
    return empty_state(t("gift_office.clear"), t("gift_office.clear_hint"), icon=ft.Icons.TASK_ALT)
