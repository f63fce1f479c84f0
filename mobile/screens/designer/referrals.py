"""The clients a designer has referred, what each has earned, and the form that registers another."""

import flet as ft

from mobile.design.buttons import primary_button
from mobile.design.marks import Tone, chip, pending_mark
from mobile.design.rows import row
from mobile.design.scaffold import list_pane, scroll_body
from mobile.design.states import empty_state
from mobile.design.type import row_title, secondary
from mobile.screens.designer.register import use_register
from mobile.screens.status import StatusPill
from mobile.state.hooks import use_app, use_query
from mobile.state.queries.designer_offers import REFERRAL_TABLES, ReferralItem, referrals_of
from mobile.text import formats, t, word
from shared_models.designers.tables import ReferralStanding


@ft.component
def ReferralsPane(selected: str | None) -> ft.Control:  # noqa: N802
    """The designer's own claims, the newest first."""
    del selected
    app = use_app()
    designer_id, now_ms = app.replica.staff_id, app.now_ms()
    items = use_query(lambda session: referrals_of(session, designer_id), REFERRAL_TABLES, designer_id)
    register = use_register(designer_id)
    nothing = empty_state(t("referrals.none"), t("referrals.none_hint"), icon=ft.Icons.HANDSHAKE_OUTLINED)
    return list_pane(
        t("nav.referrals"),
        t("referrals.count", n=len(items)),
        status=StatusPill(),
        body=scroll_body([referral_row(item, now_ms) for item in items], spacing=0) if items else nothing,
        action=primary_button(
            t("referrals.new"), lambda _: register(), icon=ft.Icons.ADD, identifier="new-referral"
        ),
        identifier="designer-referrals",
    )


def referral_row(item: ReferralItem, now_ms: int, *, about_money: bool = True) -> ft.Control:
    """A client, when they were claimed, whether the claim holds and, to whom it is shown, what it has earned."""
    referral = item.referral
    claimed = formats.moment(referral.claimed_at_ms, now_ms)
    bought = referral.customer_id is not None
    end: ft.Control = secondary(t("referrals.bought" if bought else "referrals.not_bought"))
    if about_money and item.earned_fen is not None:
        end = row_title(formats.money(item.earned_fen))
    if referral.standing is None:
        end = pending_mark(t("common.pending"))
    marks = []
    if referral.standing == ReferralStanding.SUPERSEDED:
        marks.append(chip(word("standing", referral.standing), Tone.DANGER))
    return row(
        referral.client_name,
        f"{formats.masked_phone(referral.phone)} · {claimed}",
        identifier=f"referral-{referral.id}",
        chips=marks,
        trailing=end,
    )
