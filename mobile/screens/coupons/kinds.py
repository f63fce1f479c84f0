"""The kinds of coupons that were issued: what each takes off, until when, and what became of it."""

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import primary_button
from mobile.design.cards import Figure, card, fact_line, figures_card
from mobile.design.marks import Tone, chip, icon_mark
from mobile.design.rows import row
from mobile.design.scaffold import detail_pane, scroll_body
from mobile.design.states import empty_state
from mobile.design.type import body, row_title, section_label
from mobile.screens.coupons.issuing import use_issue_sheet
from mobile.screens.customers.coupons import STATE_TONES
from mobile.screens.figures.fetching import use_figures
from mobile.screens.schemes.facts import plain
from mobile.state.coupon_office import Kind, fetch_kinds, fetch_latest
from mobile.state.hooks import go, use_app, use_tables
from mobile.text import formats, t, word
from shared_models.loyalty.coupons import CouponHolder, has_passed
from shared_models.loyalty.tables import CouponState
from shared_models.moments import local_date
from shared_models.office.figures import percent

_TABLES = ("coupon",)
"""Whoever is in charge gets every coupon: when one changes here, the server is asked again."""


@ft.component
def CouponKinds(selected: str | None) -> ft.Control:  # noqa: N802
    """The body of the list; asks the server, since it counts everybody's."""
    app = use_app()
    found, instead, _ = use_figures(lambda: fetch_kinds(app), use_tables(_TABLES))
    today = local_date(app.now_ms())
    kinds: list[Kind] = found or []
    rows = [*instead, *(_kind_row(kind, selected, today) for kind in kinds)]
    if not rows:
        return empty_state(
            t("coupon.no_kinds"), t("coupon.no_kinds_hint"), icon=ft.Icons.CONFIRMATION_NUMBER_OUTLINED
        )
    return scroll_body(rows, spacing=0)


@ft.component
def CouponKindPane(kind_id: str, back: ft.Control | None) -> ft.Control:  # noqa: N802
    """One kind: how many are used, how many to use, and who got one last."""
    app = use_app()
    version = use_tables(_TABLES)
    found, instead, _ = use_figures(lambda: fetch_kinds(app), version)
    kind = next((each for each in found or () if each.id == kind_id), None)
    if kind is not None:
        return _Kind(kind, version, back)
    missing = instead or [
        empty_state(t("common.not_found"), t("common.not_found_hint"), icon=ft.Icons.SEARCH_OFF)
    ]
    return detail_pane("", "", missing, back=back, identifier="coupon-kind")


@ft.component
def _Kind(kind: Kind, version: int, back: ft.Control | None) -> ft.Control:  # noqa: N802
    app = use_app()
    found, instead, _ = use_figures(lambda: fetch_latest(app, kind), kind.id, version)
    open_sheet = use_issue_sheet(kind)
    holders: list[CouponHolder] = found or []
    content: list[ft.Control] = [_figures(kind), _terms(kind), section_label(t("coupon.latest")), *instead]
    content += [_holder_row(each, app.now_ms()) for each in holders]
    again = primary_button(t("coupon.issue_more"), lambda _: open_sheet(), identifier="issue-more")
    return detail_pane(
        formats.money(kind.amount_fen),
        "",
        content,
        chips=_chips(kind, local_date(app.now_ms())),
        actions=[again],
        back=back,
        identifier="coupon-kind",
    )


def _kind_row(kind: Kind, selected: str | None, today: str) -> ft.Control:
    return row(
        formats.money(kind.amount_fen),
        _until(kind),
        identifier=kind.id,
        chips=_chips(kind, today),
        leading=icon_mark(
            ft.Icons.CONFIRMATION_NUMBER_OUTLINED,
            tone=Tone.CALM if has_passed(kind.valid_until, today) else Tone.GOLD,
        ),
        trailing=row_title(
            t("coupon.used_of", used=formats.count(kind.used), issued=formats.count(kind.issued))
        ),
        selected=kind.id == selected,
        on_click=lambda _: go(f"/gifts/{kind.id}"),
    )


def _chips(kind: Kind, today: str) -> list[ft.Control]:
    marks = [chip(kind.campaign, Tone.ACCENT)] if kind.campaign else []
    if has_passed(kind.valid_until, today):
        marks.append(chip(t("coupon.over"), Tone.CALM))
    return marks


def _figures(kind: Kind) -> ft.Control:
    share = percent(kind.used, kind.issued)
    return figures_card(
        [
            Figure(formats.count(kind.issued), t("coupon.issued_all"), "kind-issued", accent=True),
            Figure(
                formats.count(kind.used),
                t("coupon.used_share", percent="–" if share is None else plain(share)),
                "kind-used",
            ),
            Figure(formats.count(kind.to_use), t("coupon.to_use"), "kind-to-use"),
            Figure(formats.count(kind.expired), t("coupon.expired_all"), "kind-expired"),
        ],
        narrow=True,
    )


def _terms(kind: Kind) -> ft.Control:
    facts = [
        (t("coupon.last_day"), kind.valid_until or t("coupon.no_end")),
        (t("coupon.of_campaign"), kind.campaign or t("coupon.no_campaign")),
        (t("coupon.given"), formats.money(kind.used * kind.amount_fen)),
        (t("coupon.open"), formats.money(kind.to_use * kind.amount_fen)),
    ]
    return card(ft.Column([fact_line(label, body(words)) for label, words in facts], spacing=tokens.SPACE_3))


def _holder_row(each: CouponHolder, now_ms: int) -> ft.Control:
    about = (formats.moment(each.issued_at_ms, now_ms), each.issued_by)
    state = word("coupon_state", each.state)
    return row(
        each.customer or t("customers.nameless"),
        " · ".join(part for part in about if part),
        identifier=f"holder-{each.coupon_id}",
        trailing=chip(state, STATE_TONES[CouponState(each.state)]),
        on_click=lambda _: go(f"/customers/{each.customer_id}"),
    )


def _until(kind: Kind) -> str:
    return t("coupon.until", day=kind.valid_until) if kind.valid_until else t("coupon.no_end")
