"""A client and who claims them: in the order of the claims' corrected times, or as somebody in charge decided."""

from collections.abc import Callable, Mapping
from typing import Any

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import text_button
from mobile.design.cards import card
from mobile.design.marks import Tone, avatar, chip
from mobile.design.scaffold import detail_pane
from mobile.design.states import notice
from mobile.design.type import body, row_title, secondary
from mobile.screens.office.form import Field, FieldKind, Form, use_form
from mobile.state.designer_office import decide_claim
from mobile.state.hooks import use_app, use_query
from mobile.state.queries.designer_office import CLAIM_TABLES, ClaimItem, claims_beside
from mobile.text import formats, t


@ft.component
def ClaimPane(record_id: str, back: ft.Control | None) -> ft.Control:  # noqa: N802
    """The owner first; every other claim can be given the client, with a reason."""
    app = use_app()
    group = use_query(lambda session: claims_beside(session, record_id), CLAIM_TABLES, record_id)
    open_form = use_form()
    if group is None:
        return detail_pane("", "", [secondary(t("common.not_found"))], back=back)

    def decide(claim: ClaimItem) -> None:
        async def save(values: Mapping[str, Any]) -> str:
            await decide_claim(app, claim.referral.id, str(values["reason"]))
            return t("claims.given", name=claim.designer)

        form = Form(
            t("claims.give_to", name=claim.designer),
            [Field("reason", t("claims.reason"), FieldKind.LONG)],
            confirm=t("claims.decide"),
            note=t("claims.note"),
            identifier="decision-form",
        )
        open_form(form, {"reason": ""}, save)

    owner = group.owner.referral
    content: list[ft.Control] = []
    if group.is_contested and owner.decided_at_ms is None:
        words = t("claims.by_time", name=group.owner.designer)
        content.append(notice(words, Tone.WARM, identifier="claims-by-time"))
    content += [
        _claim_card(claim, place, app.now_ms(), decide if group.is_contested else None)
        for place, claim in enumerate(group.claims)
    ]
    bought = t("referrals.bought" if owner.customer_id else "referrals.not_bought")
    return detail_pane(
        owner.client_name,
        f"{formats.masked_phone(owner.phone)} · {bought}",
        content,
        back=back,
        identifier="claim",
    )


def _claim_card(
    claim: ClaimItem, place: int, now_ms: int, decide: Callable[[ClaimItem], None] | None
) -> ft.Control:
    referral = claim.referral
    at = formats.local(referral.claimed_at_ms)
    day = formats.day(at.date(), year=formats.local(now_ms).year)
    mark = chip(t("claims.owner"), Tone.ACCENT) if place == 0 else chip(t("claims.later"), Tone.CALM)
    lines: list[ft.Control] = [
        ft.Row([ft.Container(row_title(claim.designer), expand=True), mark]),
        secondary(t("claims.at", moment=f"{day} {at:%H:%M:%S}")),
    ]
    if referral.decision:
        lines.append(body(t("claims.because", name=claim.decided_by, reason=referral.decision)))
    if referral.note:
        lines.append(secondary(referral.note, lines=3))
    if place and decide is not None:
        give = text_button(t("claims.give"), lambda _: decide(claim), identifier=f"give-{referral.id}")
        lines.append(ft.Row([give]))
    column = ft.Column(lines, spacing=tokens.SPACE_1, expand=True)
    box = card(
        ft.Row(
            [avatar(claim.designer), column],
            spacing=tokens.SPACE_3,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
    )
    return ft.Semantics(content=box, identifier=f"claim-card-{place}")
