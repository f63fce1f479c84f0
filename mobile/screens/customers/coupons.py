"""A customer's coupons: what each takes off, until when, what became of it; managers issue one more."""

from collections.abc import Callable, Mapping
from typing import Any

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import text_button
from mobile.design.cards import card
from mobile.design.marks import Tone, chip
from mobile.design.type import row_title, secondary, section_label
from mobile.screens.office.form import Field, FieldKind, Form, use_form
from mobile.screens.office.typed import fen, optional_day
from mobile.screens.places import IN_CHARGE
from mobile.state.coupon_office import Issue, issue_coupons
from mobile.state.hooks import use_app, use_query
from mobile.state.queries.coupons import TABLES, coupons_of
from mobile.text import formats, t, word
from shared_models.ids import new_id
from shared_models.loyalty.tables import Coupon, CouponState

STATE_TONES = {CouponState.ISSUED: Tone.ACCENT, CouponState.USED: Tone.CALM, CouponState.EXPIRED: Tone.WARM}
_SHOWN = 6
FIELDS = ("amount", "valid_until", "campaign")


def coupon_fields() -> list[Field]:
    """What is asked about a coupon."""
    return [
        Field("amount", t("coupon.amount"), FieldKind.NUMBER),
        Field("valid_until", t("coupon.valid_until"), hint="2026-12-31"),
        Field("campaign", t("coupon.campaign")),
    ]


def coupon_terms(values: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, as an `Issue` takes it. Refuses what is no amount or no day (`RuleError`)."""
    return {
        "amount_fen": fen(values["amount"]),
        "valid_until": optional_day(values["valid_until"]),
        "campaign": str(values["campaign"] or "").strip(),
    }


def use_coupons(customer_id: str) -> list[ft.Control]:
    """The newest first; nothing at all for somebody without any, to whom one cannot issue any. A hook of a component."""
    app = use_app()
    open_form = use_form()
    found = use_query(lambda session: coupons_of(session, customer_id), TABLES, customer_id)
    person = app.session.person
    may_issue = person is not None and person.role in IN_CHARGE

    def issue() -> None:
        issue_id = new_id()

        async def save(values: Mapping[str, Any]) -> str:
            await issue_coupons(app, Issue(issue_id, customer_id=customer_id, **coupon_terms(values)))
            return t("coupon.issued_one")

        form = Form(t("coupon.issue"), coupon_fields(), confirm=t("coupon.issue"), identifier="coupon-form")
        open_form(form, dict.fromkeys(FIELDS, ""), save)

    if not found and not may_issue:
        return []
    lines = [coupon_line(each) for each in found[:_SHOWN]] or [secondary(t("coupon.none"))]
    box = card(ft.Column(lines, spacing=tokens.SPACE_3))
    parts = [_head(issue if may_issue else None), ft.Semantics(content=box, identifier="coupons")]
    return [ft.Column(parts, spacing=tokens.SPACE_2)]


def coupon_line(coupon: Coupon) -> ft.Control:
    """What it takes off, until when, for which campaign, and what became of it."""
    until = t("coupon.until", day=coupon.valid_until) if coupon.valid_until else t("coupon.no_end")
    about = " · ".join(part for part in (until, coupon.campaign) if part)
    words = ft.Column([row_title(formats.money(coupon.amount_fen)), secondary(about)], spacing=2, expand=True)
    state = word("coupon_state", coupon.state)
    line = ft.Row([words, chip(state, STATE_TONES[CouponState(coupon.state)])], spacing=tokens.SPACE_2)
    label = f"{formats.money(coupon.amount_fen)} {about} {state}"
    return ft.Semantics(content=line, identifier=f"coupon-{coupon.id}", label=label)


def _head(issue: Callable[[], None] | None) -> ft.Control:
    parts: list[ft.Control] = [section_label(t("coupon.section"))]
    if issue is not None:
        parts.append(text_button(t("coupon.issue"), lambda _: issue(), identifier="issue-coupon"))
    return ft.Row(parts, alignment=ft.MainAxisAlignment.SPACE_BETWEEN)
