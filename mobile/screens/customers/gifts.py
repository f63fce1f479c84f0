"""Redeeming points: the gifts with what they cost and who may have them, or something agreed on the spot."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import flet as ft

from mobile.design.buttons import primary_button, secondary_button
from mobile.design.fields import choice_chips, text_field
from mobile.design.marks import Tone, chip, icon_mark
from mobile.design.rows import row
from mobile.design.sheets import sheet
from mobile.design.states import notice
from mobile.design.type import secondary
from mobile.screens.designers.office import use_office
from mobile.state.counter_actions import GiftWish, redeem_at_counter
from mobile.state.hooks import latest, use_app, use_observable, use_query
from mobile.state.queries.gifts import TABLES, GiftOffer, gift_offers
from mobile.state.queries.member import MemberFigures
from mobile.state.queries.schemes import rules_of, scheme_in_force
from mobile.text import error_sentence, formats, t
from shared_models.errors import RuleError
from shared_models.ids import new_id
from sync.device import outbox


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is chosen: a gift, or points and what they are for; one wish however often it is asked for."""

    gift_id: str | None = None
    points: str = ""
    note: str = ""
    later: bool = False
    """Handed over another day."""
    error: str | None = None
    id: str = field(default_factory=new_id)


def use_gift_sheet(found: MemberFigures | None) -> Callable[[], None]:
    """A function that opens the sheet; call the hook once in a component."""
    app = use_app()
    use_observable(app.sync)
    busy, ask = use_office()
    wanted, want = ft.use_state(Wanted())
    shown, show = ft.use_state(initial=False)
    counted = found.counted if found else 0
    offers = use_query(
        lambda session: gift_offers(
            session,
            counted,
            rules_of(scheme_in_force(session, app.now_ms())).tiers,
            outbox.units(session.connection(), outbox.PENDING),
            app.now_ms(),
        ),
        (*TABLES, "scheme"),
        counted,
        app.sync.pending,
    )

    def close() -> None:
        show(False)

    def change(**values: Any) -> None:
        want(lambda before: replace(before, error=None, **values))

    async def redeem() -> str:
        asked = latest(want)
        points = None if asked.gift_id else int(asked.points or 0)
        wish = GiftWish(
            found.customer_id if found else "", asked.gift_id, points, asked.note, asked.id, not asked.later
        )
        try:
            await redeem_at_counter(app, wish)
        except RuleError as refused:
            words = error_sentence(refused.code, refused.details)
            want(lambda before: replace(before, error=words))
            return ""
        close()
        return t("redeem.done" if app.sync.online else "redeem.done_offline")

    ft.use_dialog(
        _form(wanted, found, offers, change, lambda: ask(redeem), close, online=app.sync.online, busy=busy)
        if shown and found
        else None
    )

    def open_sheet() -> None:
        want(Wanted())
        show(True)

    return open_sheet


def _form(
    wanted: Wanted,
    found: MemberFigures,
    offers: list[GiftOffer],
    change: Callable[..., None],
    redeem: Callable[[], None],
    close: Callable[[], None],
    *,
    online: bool,
    busy: bool,
) -> ft.BottomSheet:
    here = formats.count(found.available)
    key = "redeem.hint" if online else "redeem.hint_offline"
    content: list[ft.Control] = [secondary(t(key, all=formats.count(found.balance), here=here), lines=3)]
    content += [_offer(each, found, wanted, change, online=online) for each in offers]
    content += [
        text_field(
            t("redeem.points"),
            wanted.points,
            lambda value: change(
                points="".join(each for each in value if each in "0123456789")[:9], gift_id=None
            ),
            identifier="redeem-points",
            keyboard=ft.KeyboardType.NUMBER,
        ),
        text_field(t("redeem.note"), wanted.note, lambda value: change(note=value), identifier="redeem-note"),
        choice_chips(
            [(False, t("redeem.now")), (True, t("redeem.later"))],
            wanted.later,
            lambda later: change(later=later),
            identifier="redeem-later",
        ),
    ]
    if wanted.error:
        content.append(notice(wanted.error, Tone.DANGER, identifier="redeem-error"))
    cost = next((each.terms.points for each in offers if each.gift.id == wanted.gift_id), None)
    points = cost if cost is not None else int(wanted.points or 0)
    words = t("redeem.confirm", n=formats.count(points)) if points else t("redeem.title")
    confirm = primary_button(
        words, lambda _: redeem(), identifier="redeem-confirm", busy=busy, disabled=not points
    )
    actions = [confirm, secondary_button(t("common.cancel"), lambda _: close())]
    return sheet(t("redeem.title"), content, actions, close, identifier="redeem-sheet", long=True)


def _offer(
    offer: GiftOffer, found: MemberFigures, wanted: Wanted, change: Callable[..., None], *, online: bool
) -> ft.Control:
    gift_id, terms = offer.gift.id, offer.terms
    refusal = _refusal(offer, found, online=online)
    chosen = wanted.gift_id == gift_id
    stock = t("redeem.stock", n=offer.left) if offer.left is not None else ""
    tier = t("redeem.min_tier", tier=terms.min_tier) if terms.min_tier else ""
    about = refusal or " · ".join(part for part in (tier, stock) if part)
    return row(
        terms.name,
        about,
        identifier=f"gift-{gift_id}",
        leading=icon_mark(
            ft.Icons.CHECK if chosen else ft.Icons.REDEEM_OUTLINED,
            tone=Tone.ACCENT if chosen else (Tone.CALM if refusal else Tone.GOLD),
        ),
        trailing=chip(
            t("customers.points", n=formats.count(terms.points)), Tone.CALM if refusal else Tone.GOLD
        ),
        selected=chosen,
        flush=not chosen,
        on_click=None if refusal else (lambda _: change(gift_id=None if chosen else gift_id, points="")),
    )


def _refusal(offer: GiftOffer, found: MemberFigures, *, online: bool) -> str:
    """Why this member cannot have it here and now, in a few words; empty when they can."""
    gift = offer.terms
    if offer.refusal == "gift_stock":
        return t("redeem.no_stock")
    if offer.refusal == "gift_tier":
        return t("redeem.needs_tier", tier=gift.min_tier)
    if found.balance < gift.points:
        return t("redeem.short", n=formats.count(gift.points - found.balance))
    if not online and found.available < gift.points:
        return t("redeem.short_here", n=formats.count(found.available))
    return ""
