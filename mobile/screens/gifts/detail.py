"""A gift with who redeemed it, one redemption with what can be done about it, or a kind of coupon."""

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import primary_button, secondary_button
from mobile.design.cards import Figure, card, fact_line, figures_card
from mobile.design.marks import Tone, chip
from mobile.design.rows import row
from mobile.design.scaffold import detail_pane
from mobile.design.states import empty_state, notice
from mobile.design.type import body, secondary, section_label
from mobile.screens.coupons.kinds import CouponKindPane
from mobile.screens.designers.office import use_office
from mobile.screens.gifts.activities import ActivityPane
from mobile.screens.gifts.form import use_gift_form
from mobile.screens.gifts.versions import days_of, version_cards
from mobile.screens.places import BACK_OFFICE
from mobile.state.coupon_office import KIND
from mobile.state.gift_office import cancel_redemption, hand_over
from mobile.state.hooks import go, use_app, use_observable, use_query
from mobile.state.queries.activities import TABLES as ACTIVITY_TABLES
from mobile.state.queries.activities import activity_item
from mobile.state.queries.redemptions import (
    TABLES,
    GiftRecord,
    RedemptionItem,
    RedemptionRecord,
    gift_record,
    redemption_record,
)
from mobile.text import error_sentence, formats, t, word
from shared_models.errors import RuleError
from shared_models.loyalty.gifts import Terms
from shared_models.loyalty.tables import RedemptionState
from sync.device import outbox

_TONES = {RedemptionState.RESERVED: Tone.WARM, RedemptionState.DONE: Tone.ACCENT}


@ft.component
def GiftRecordPane(record_id: str, back: ft.Control | None) -> ft.Control:  # noqa: N802
    """A kind of coupon, an activity, a redemption or a gift, whichever has this identifier."""
    app = use_app()
    use_observable(app.sync)
    now_ms = app.now_ms()
    redemption = use_query(lambda session: redemption_record(session, record_id, now_ms), TABLES, record_id)
    gift = use_query(
        lambda session: gift_record(
            session, record_id, outbox.units(session.connection(), outbox.PENDING), now_ms
        ),
        TABLES,
        record_id,
        app.sync.pending,
    )
    activity = use_query(
        lambda session: activity_item(session, record_id, now_ms), ACTIVITY_TABLES, record_id
    )
    if record_id.startswith(KIND):
        return CouponKindPane(record_id, back)
    if activity is not None:
        return ActivityPane(activity, back)
    if redemption is not None:
        return RedemptionPane(redemption, back)
    if gift is not None:
        return GiftPane(gift, back)
    missing = empty_state(t("common.not_found"), t("common.not_found_hint"), icon=ft.Icons.REDEEM_OUTLINED)
    return detail_pane("", "", [missing], back=back)


@ft.component
def GiftPane(record: GiftRecord, back: ft.Control | None) -> ft.Control:  # noqa: N802
    """What a gift costs and is worth, how many are left, who had it last."""
    app = use_app()
    open_form = use_gift_form()
    item, gift = record.item, record.item.terms
    person = app.session.person
    left = t("gift_office.no_limit") if item.left is None else formats.count(item.left)
    figures = [
        Figure(formats.count(gift.points), t("gift_office.points"), "gift-points", accent=True),
        Figure(formats.money(gift.value_fen), t("gift_office.worth"), "gift-value"),
        Figure(left, t("gift_office.left"), "gift-left"),
        Figure(formats.count(item.reserved), t("gift_office.reserved"), "gift-reserved"),
    ]
    content: list[ft.Control] = [figures_card(figures, narrow=True), _terms(gift, record.redeemed)]
    content += version_cards(record.versions, app.now_ms())
    content.append(section_label(t("gift_office.latest")))
    content += [_latest_row(each, app.now_ms()) for each in record.latest] or [
        secondary(t("gift_office.nobody_yet"))
    ]
    edit = primary_button(
        t("gift_office.edit"), lambda _: open_form(item), icon=ft.Icons.EDIT_OUTLINED, identifier="edit-gift"
    )
    return detail_pane(
        gift.name,
        "",
        content,
        chips=[
            chip(t("gift_office.on" if item.is_offered else "gift_office.off"), _offer_tone(item.is_offered))
        ],
        actions=[edit] if person is not None and person.role in BACK_OFFICE else [],
        back=back,
        identifier="gift-record",
    )


@ft.component
def RedemptionPane(record: RedemptionRecord, back: ft.Control | None) -> ft.Control:  # noqa: N802
    """Whose it is, until when it is promised, and the two ways on: handed over, or taken back."""
    app = use_app()
    busy, ask = use_office()
    sure, set_sure = ft.use_state(initial=False)
    redemption, now_ms = record.item.redemption, app.now_ms()

    async def handing_over() -> str:
        try:
            hand_over(app, redemption.id)
        except RuleError as refused:
            return error_sentence(refused.code, refused.details)
        return t("gift_office.handed_over", name=record.item.customer)

    async def cancelling() -> str:
        points = await cancel_redemption(app, redemption.id)
        set_sure(False)
        return t("gift_office.cancelled", n=formats.count(points))

    def cancel() -> None:
        ask(cancelling) if sure else set_sure(True)

    content: list[ft.Control] = []
    if record.item.is_overdue and redemption.due_at_ms is not None:
        late = formats.span(now_ms - redemption.due_at_ms)
        content.append(notice(t("gift_office.late", span=late), Tone.DANGER, identifier="hand-over-late"))
    content.append(_redemption_facts(record, now_ms))
    if sure:
        words = t("gift_office.cancel_hint", n=formats.count(redemption.points))
        content.append(notice(words, Tone.WARM, identifier="cancel-hint"))
    actions: list[ft.Control] = []
    if redemption.state == RedemptionState.RESERVED:
        actions.append(
            primary_button(
                t("gift_office.hand_over"), lambda _: ask(handing_over), identifier="hand-over", busy=busy
            )
        )
    if redemption.state != RedemptionState.CANCELLED:
        words = t("gift_office.cancel_sure" if sure else "gift_office.cancel")
        actions.append(
            secondary_button(
                words, lambda _: cancel(), identifier="cancel-redemption", danger=True, disabled=busy
            )
        )
    state = RedemptionState(redemption.state)
    return detail_pane(
        record.item.what or t("gift_office.agreed"),
        "",
        content,
        chips=[chip(word("redemption", state), _TONES.get(state, Tone.CALM))],
        actions=actions,
        back=back,
        identifier="redemption",
    )


def _terms(terms: Terms, redeemed: int) -> ft.Control:
    facts = [
        (t("gift_office.min_tier"), terms.min_tier or t("gift_office.everybody")),
        (t("gift_office.days"), days_of(terms)),
        (t("gift_office.redeemed"), formats.count(redeemed)),
    ]
    return _facts(facts)


def _redemption_facts(record: RedemptionRecord, now_ms: int) -> ft.Control:
    redemption = record.item.redemption
    facts = [
        (t("gift_office.member"), record.item.customer),
        (t("gift_office.points"), formats.count(redemption.points)),
        (t("gift_office.redeemed_at"), formats.until(redemption.redeemed_at_ms, now_ms)),
        (t("gift_office.made_by"), record.made_by or t("gift_office.by_member")),
    ]
    if record.version is not None:
        version, cost = record.version, formats.count(record.version.points)
        facts.insert(2, (t("gift_office.judged_by"), t("gift_office.judged", n=version.version, points=cost)))
    if redemption.due_at_ms is not None:
        facts.append((t("gift_office.due"), formats.until(redemption.due_at_ms, now_ms)))
    if redemption.handed_over_at_ms is not None:
        moment = formats.until(redemption.handed_over_at_ms, now_ms)
        facts.append(
            (t("gift_office.handed_over_at"), f"{moment} · {record.handed_over_by}".removesuffix(" · "))
        )
    if redemption.cancelled_at_ms is not None:
        facts.append((t("gift_office.cancelled_at"), formats.until(redemption.cancelled_at_ms, now_ms)))
    if redemption.note:
        facts.append((t("gift_office.note"), redemption.note))
    return _facts(facts)


def _facts(facts: list[tuple[str, str]]) -> ft.Control:
    return card(ft.Column([fact_line(label, body(words)) for label, words in facts], spacing=tokens.SPACE_3))


def _latest_row(item: RedemptionItem, now_ms: int) -> ft.Control:
    state = RedemptionState(item.redemption.state)
    return row(
        item.customer or t("schemes.no_name"),
        formats.moment(item.redemption.redeemed_at_ms, now_ms),
        identifier=f"redemption-{item.redemption.id}",
        trailing=chip(word("redemption", state), _TONES.get(state, Tone.CALM)),
        on_click=lambda _: go(f"/gifts/{item.redemption.id}"),
    )


def _offer_tone(is_offered: bool) -> Tone:
    return Tone.ACCENT if is_offered else Tone.CALM
