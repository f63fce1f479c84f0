"""What makes the sale cheaper or worth more: coupon, campaign, the designer who referred the buyer, and points."""

from collections.abc import Callable, Mapping

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import secondary_button, text_button
from mobile.design.cards import card, fact_line
from mobile.design.fields import choice_chips, text_field
from mobile.design.marks import Tone, chip
from mobile.design.states import notice
from mobile.design.type import body, secondary
from mobile.screens.customers.reserve import use_reserve_sheet
from mobile.screens.sale.designer import use_designer_sheet
from mobile.screens.sale.priced import Priced
from mobile.state.hooks import use_app, use_observable, use_query
from mobile.state.queries import referrer
from mobile.state.queries.coupons import TABLES as COUPON_TABLES
from mobile.state.queries.coupons import usable_coupons
from mobile.state.queries.leases import TABLES, Unspent, unspent_leases
from mobile.text import formats, t
from shared_models.loyalty.tables import Coupon
from shared_models.phone import normalise_phone

Change = Callable[..., None]


@ft.component
def ReductionsCard(priced: Priced, change: Change, wide: bool) -> ft.Control:  # noqa: N802
    """All of it in one card, each with what it does to this sale."""
    draft, party = priced.draft, priced.party
    customer_id = party.customer.id if party.customer else None
    phone = party.customer.phone if party.customer else normalise_phone(draft.phone)
    referred_by = use_query(
        lambda session: referrer.referrer_of(session, customer_id, phone), referrer.TABLES, customer_id, phone
    )
    name = use_query(
        lambda session: referrer.designer_name(session, draft.designer_id), referrer.TABLES, draft.designer_id
    )
    choose = use_designer_sheet(draft.designer_id, referred_by, lambda chosen: change(designer_id=chosen))
    coupons = use_coupons(priced)
    coupon = _stretched([_coupon(priced, change), *_coupon_choice(priced, coupons, change)])
    codes = [coupon, _campaign(priced, coupons.get(draft.coupon_id or ""), change)]
    row: ft.Control = _stretched(codes)
    if wide:
        row = ft.Row(
            [ft.Container(each, expand=True) for each in codes],
            spacing=tokens.SPACE_3,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
    parts: list[ft.Control] = [
        row,
        _designer(name, is_referrer=draft.designer_id == referred_by, choose=choose),
    ]
    if referred_by and not draft.designer_id:
        use = text_button(
            t("sale.designer_use"), lambda _: change(designer_id=referred_by), identifier="sale-designer-use"
        )
        parts.append(
            notice(t("sale.designer_found"), Tone.ACCENT, action=use, identifier="sale-designer-found")
        )
    if party.is_member and customer_id:
        parts.append(OffsetPart(priced, customer_id, change))
    return ft.Semantics(content=card(_stretched(parts)), identifier="sale-reductions")


def _stretched(parts: list[ft.Control]) -> ft.Column:
    return ft.Column(parts, spacing=tokens.SPACE_3, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _coupon(priced: Priced, change: Change) -> ft.Control:
    return text_field(
        t("sale.coupon"),
        priced.draft.coupon,
        lambda value: change(coupon=value, coupon_id=None),
        identifier="sale-coupon",
        error=priced.coupon_error,
        keyboard=ft.KeyboardType.NUMBER,
        prefix="¥ ",
    )


def use_coupons(priced: Priced) -> dict[str, Coupon]:
    """The buyer's coupons that can be used today, by their identifier. A hook of a component."""
    app = use_app()
    customer_id = priced.party.customer.id if priced.party.customer else ""
    now_ms = app.now_ms()
    found = use_query(
        lambda session: usable_coupons(session, customer_id, now_ms), COUPON_TABLES, customer_id
    )
    return {each.id: each for each in found}


def _coupon_choice(priced: Priced, coupons: Mapping[str, Coupon], change: Change) -> list[ft.Control]:
    """One of them is chosen instead of typed, and the order is noted on it."""
    if not coupons:
        return []

    def choose(coupon_id: str) -> None:
        coupon = coupons.get(coupon_id)
        if coupon is None:
            change(coupon="", coupon_id=None)
            return
        typed = {"campaign": coupon.campaign} if coupon.campaign else {}
        change(coupon=formats.plain_money(coupon.amount_fen), coupon_id=coupon.id, **typed)

    options = [("", t("sale.coupon_typed")), *((each.id, _coupon_words(each)) for each in coupons.values())]
    chosen = priced.draft.coupon_id or ""
    return [choice_chips(options, chosen, choose, identifier="sale-coupons", one_line=True)]


def _coupon_words(coupon: Coupon) -> str:
    """What it takes off, and what tells it from another one: its campaign, or its last day."""
    about = coupon.campaign or (coupon.valid_until and t("coupon.until", day=coupon.valid_until))
    return " · ".join(part for part in (formats.money(coupon.amount_fen), about) if part)


def _campaign(priced: Priced, coupon: Coupon | None, change: Change) -> ft.Control:
    code = priced.draft.campaign
    field = text_field(
        t("sale.campaign"),
        code,
        lambda value: change(campaign=value.strip()),
        identifier="sale-campaign",
    )
    # The field stays where it is in the tree, or it would lose the keyboard at the first letter.
    parts: list[ft.Control] = [field]
    if code and priced.draft.lines:
        points = priced.campaign_points
        words = t("sale.campaign_nothing")
        if points:
            words = t("sale.campaign_adds", points=formats.count(points))
        elif coupon is not None and coupon.campaign == code:
            words = t("sale.campaign_of_coupon")
        said = secondary(words, lines=2)
        parts.append(ft.Semantics(content=said, identifier="sale-campaign-says", label=words))
    return ft.Column(parts, spacing=tokens.SPACE_1, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _designer(name: str, *, is_referrer: bool, choose: Callable[[], None]) -> ft.Control:
    chips = [chip(t("sale.designer_referred"), Tone.GOLD)] if name and is_referrer else []
    who = ft.Row([body(name or t("sale.designer_none")), *chips], spacing=tokens.SPACE_2)
    pick = text_button(
        t("sale.designer_change" if name else "sale.designer_choose"),
        lambda _: choose(),
        identifier="sale-designer",
    )
    return fact_line(t("sale.designer"), who, action=pick)


@ft.component
def OffsetPart(priced: Priced, customer_id: str, change: Change) -> ft.Control:  # noqa: N802
    """Paying with points: what this device may spend, how much of it, and why no more."""
    app = use_app()
    use_observable(app.sync)
    lease_now_ms = app.lease_clock.now_ms()
    held = use_query(
        lambda session: unspent_leases(session, customer_id, lease_now_ms), TABLES, customer_id, lease_now_ms
    )
    reserve = use_reserve_sheet(customer_id)
    terms = priced.party.rules.offset
    spendable = sum(each.points for each in held)
    parts: list[ft.Control] = [_may_spend(held, app.now_ms(), reserve)]
    if spendable:
        parts.append(_wanted(priced, change))
        rule = t(
            "sale.offset_rule",
            unit=formats.count(terms.unit),
            worth=formats.money(terms.unit * 100 // terms.points_per_yuan),
            cap=f"{terms.cap_percent:f}",
        )
        parts.append(secondary(rule, lines=2))
    return ft.Semantics(
        content=ft.Column(parts, spacing=tokens.SPACE_2, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        identifier="sale-offset-part",
    )


def _may_spend(held: list[Unspent], now_ms: int, reserve: Callable[[], None]) -> ft.Control:
    words = t("sale.offset_none")
    if held:
        until = formats.until(held[0].expires_at_ms, now_ms)
        words = t("sale.offset_held", points=formats.count(sum(each.points for each in held)), until=until)
    button = secondary_button(t("lease.take"), lambda _: reserve(), identifier="sale-reserve")
    said = ft.Semantics(content=body(words), identifier="sale-spendable", label=words)
    return ft.Row([ft.Container(said, expand=True), button], spacing=tokens.SPACE_3)


def _wanted(priced: Priced, change: Change) -> ft.Control:
    wanted = priced.draft.offset
    given = priced.quote.offset if priced.quote else None
    shown = (given.points if given else 0) if wanted == "max" else wanted
    field = text_field(
        t("sale.offset"),
        str(shown) if shown else "",
        lambda typed: change(offset=_points(typed)),
        identifier="sale-offset",
        keyboard=ft.KeyboardType.NUMBER,
    )
    most = text_button(t("sale.offset_max"), lambda _: change(offset="max"), identifier="sale-offset-max")
    none = text_button(t("sale.offset_no"), lambda _: change(offset=0), identifier="sale-offset-no")
    row = ft.Row([ft.Container(field, expand=True), most, none], spacing=tokens.SPACE_1)
    parts: list[ft.Control] = [row]
    if given is not None and wanted:
        fits = wanted in ("max", given.points)
        words = t(
            "sale.offset_gives" if fits else "sale.offset_clamped",
            points=formats.count(given.points),
            amount=formats.money(given.fen),
        )
        parts.append(notice(words, Tone.ACCENT if fits else Tone.WARM, identifier="sale-offset-gives"))
    return ft.Column(parts, spacing=tokens.SPACE_2)


def _points(typed: str) -> int:
    digits = "".join(each for each in typed if each in "0123456789")
    return int(digits[:9] or 0)
