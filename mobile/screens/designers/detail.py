"""One designer: whom they have referred and, for the back office, what they have earned."""

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import primary_button, secondary_button
from mobile.design.cards import card, fact_line
from mobile.design.marks import Tone, chip
from mobile.design.scaffold import detail_pane
from mobile.design.states import empty_state
from mobile.design.type import body, secondary, section_label
from mobile.screens.designer.figures import year_cards
from mobile.screens.designer.referrals import referral_row
from mobile.screens.designer.register import use_register
from mobile.screens.designer.statement import StatementLine
from mobile.screens.designers.forms import use_designer_form
from mobile.screens.places import BACK_OFFICE
from mobile.state.hooks import use_app, use_query
from mobile.state.queries.designer_events import EVENT_TABLES, attended_by
from mobile.state.queries.designer_office import STATEMENT_TABLES, payouts_of
from mobile.state.queries.designers import TABLES, DesignerRecord, designer_record
from mobile.text import formats, t, word
from shared_models.designers.tables import CommissionPayout, DesignerEvent

_STATEMENTS = 12


@ft.component
def DesignerPane(record_id: str, back: ft.Control | None) -> ft.Control:  # noqa: N802
    """The file beside the list, or a page of its own when `back` is given."""
    app = use_app()
    now_ms = app.now_ms()
    person = app.session.person
    in_office = person is not None and person.role in BACK_OFFICE
    record = use_query(
        lambda session: designer_record(session, record_id, now_ms, with_earnings=in_office),
        TABLES,
        record_id,
        in_office,
    )
    payouts = use_query(lambda session: payouts_of(session, record_id), STATEMENT_TABLES, record_id)
    events = use_query(lambda session: attended_by(session, record_id), EVENT_TABLES, record_id)
    register = use_register(record_id)
    edit = use_designer_form()
    if record is None:
        missing = empty_state(
            t("common.not_found"), t("common.not_found_hint"), icon=ft.Icons.PERSON_OFF_OUTLINED
        )
        return detail_pane("", "", [missing], back=back)
    designer = record.designer
    content: list[ft.Control] = [_file(record)]
    if record.standing is not None:
        content += year_cards(record.standing, narrow=True)
    if record.statements:
        content.append(section_label(t("designer.statements")))
        content += [
            StatementLine(each, now_ms, "", _paid_mark(payouts.get(each.id), now_ms))
            for each in record.statements[:_STATEMENTS]
        ]
    if events:
        content.append(section_label(t("designers.attended")))
        content += [_event_line(each) for each in events[:_STATEMENTS]]
    content.append(section_label(t("nav.referrals")))
    content += [referral_row(item, now_ms, about_money=in_office) for item in record.referrals] or [
        secondary(t("designers.no_referrals"))
    ]
    return detail_pane(
        designer.name,
        "",
        content,
        chips=[chip(designer.level, Tone.GOLD)] if designer.level else [],
        actions=[
            primary_button(t("referrals.new"), lambda _: register(), identifier="new-referral"),
            secondary_button(t("designers.edit"), lambda _: edit(designer), identifier="edit-designer"),
        ],
        back=back,
        identifier="designer",
    )


def _paid_mark(payout: CommissionPayout | None, now_ms: int) -> ft.Control | None:
    if payout is None:
        return None
    return chip(t("statements.paid", day=formats.moment(payout.paid_at_ms, now_ms)), Tone.ACCENT)


def _event_line(event: DesignerEvent) -> ft.Control:
    at = formats.local(event.starts_at_ms)
    return fact_line(f"{at:%Y-%m-%d}", body(f"{word('event', event.kind)} · {event.title}"))


def _file(record: DesignerRecord) -> ft.Control:
    designer = record.designer
    styles = ft.Row([chip(style, Tone.CALM) for style in designer.styles], wrap=True, spacing=6)
    facts = [
        (t("designers.firm"), body(record.firm) if record.firm else None),
        (t("new.phone"), body(formats.masked_phone(designer.phone)) if designer.phone else None),
        (t("designers.contact"), body(designer.contact) if designer.contact else None),
        (t("designers.styles"), styles if designer.styles else None),
        (t("designers.joined"), body(str(designer.joined_year)) if designer.joined_year else None),
    ]
    lines: list[ft.Control] = [fact_line(label, value) for label, value in facts if value is not None]
    return card(ft.Column(lines, spacing=tokens.SPACE_3))
