"""What a designer is invited to, and what they are asked to recommend."""

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import secondary_button, text_button
from mobile.design.cards import card
from mobile.design.marks import Tone, chip, icon_mark
from mobile.design.rows import row
from mobile.design.scaffold import list_pane, scroll_body
from mobile.design.states import empty_state
from mobile.design.type import body, row_title, secondary, section_label
from mobile.screens.status import StatusPill
from mobile.state.application import App
from mobile.state.hooks import use_app, use_query
from mobile.state.queries.designer_offers import (
    EVENT_TABLES,
    EventItem,
    RecommendedProduct,
    invitations_of,
    recommended,
)
from mobile.state.referral_actions import answer_invitation
from mobile.text import formats, t, word
from shared_models.designers.tables import InvitationState

_TONES = {
    InvitationState.ACCEPTED: Tone.ACCENT,
    InvitationState.ATTENDED: Tone.GOLD,
    InvitationState.INVITED: Tone.WARM,
}


@ft.component
def EventsPane(selected: str | None) -> ft.Control:  # noqa: N802
    """Invitations, to be answered without a network too, and the articles of the season."""
    del selected
    app = use_app()
    designer_id, now_ms = app.replica.staff_id, app.now_ms()
    events = use_query(lambda session: invitations_of(session, designer_id), EVENT_TABLES, designer_id)
    products = use_query(recommended, EVENT_TABLES)
    rows: list[ft.Control] = [_event_card(app, item, now_ms) for item in events]
    if products:
        rows.append(section_label(t("events.recommended")))
        rows += [_product_row(each) for each in products]
    nothing = empty_state(t("events.none"), t("events.none_hint"), icon=ft.Icons.LOCAL_ACTIVITY_OUTLINED)
    return list_pane(
        t("nav.events"),
        t("events.count", n=len(events)),
        status=StatusPill(),
        body=scroll_body(rows, spacing=tokens.SPACE_3) if rows else nothing,
        identifier="designer-events",
    )


def _event_card(app: App, item: EventItem, now_ms: int) -> ft.Control:
    event, state = item.event, item.invitation.state
    at = formats.local(event.starts_at_ms)
    when = f"{formats.day(at.date(), year=formats.local(now_ms).year)} {formats.clock(event.starts_at_ms)}"
    lines: list[ft.Control] = [
        ft.Row(
            [
                ft.Container(row_title(event.title), expand=True),
                chip(word("invitation", state), _TONES.get(InvitationState(state), Tone.CALM)),
            ]
        ),
        secondary(" · ".join(part for part in (word("event", event.kind), when, event.place) if part)),
    ]
    if event.description:
        lines.append(body(event.description))
    if event.starts_at_ms > now_ms and state != InvitationState.ATTENDED:
        lines.append(_answers(app, item))
    content = ft.Column(lines, spacing=tokens.SPACE_2, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return ft.Semantics(content=card(content), identifier=f"event-{event.id}")


def _answers(app: App, item: EventItem) -> ft.Control:
    def answer(state: InvitationState) -> None:
        answer_invitation(app, item.invitation.id, state)

    buttons: list[ft.Control] = []
    if item.invitation.state != InvitationState.ACCEPTED:
        buttons.append(
            secondary_button(
                t("events.accept"), lambda _: answer(InvitationState.ACCEPTED), identifier="accept"
            )
        )
    if item.invitation.state != InvitationState.DECLINED:
        buttons.append(
            text_button(t("events.decline"), lambda _: answer(InvitationState.DECLINED), identifier="decline")
        )
    return ft.Row(buttons, spacing=tokens.SPACE_2)


def _product_row(each: RecommendedProduct) -> ft.Control:
    return row(
        each.product.name,
        each.words or each.product.category,
        identifier=f"recommended-{each.product.id}",
        leading=icon_mark(ft.Icons.CHAIR_OUTLINED),
        trailing=row_title(formats.money(each.product.price_fen)),
    )
