"""Issuing coupons to a tier or to one member: how many get one is seen before anything is issued."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import primary_button, secondary_button
from mobile.design.fields import choice_chips, text_field
from mobile.design.marks import Tone
from mobile.design.sheets import sheet
from mobile.design.states import notice, snackbar
from mobile.screens.coupons.recipient import MemberChoice
from mobile.screens.customers.coupons import coupon_terms
from mobile.screens.kept_sheet import KeptSheet, use_kept_sheet
from mobile.screens.office.attempt import attempt
from mobile.screens.places import BACK_OFFICE
from mobile.state.coupon_office import Issue, Kind, Outlook, issue_coupons, preview_coupons
from mobile.state.hooks import use_app, use_query
from mobile.state.queries.schemes import rules_of, scheme_in_force
from mobile.text import error_sentence, formats, t
from shared_models.errors import RuleError
from shared_models.ids import new_id
from shared_models.loyalty.coupons import check_coupon, has_passed
from shared_models.moments import local_date

_PASSING = ("seen", "error", "busy")
_ONE = ""
"""In the place of a tier: one member."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed. `issue_id` is the issue that it becomes, from the first preview until something is changed."""

    amount: str = ""
    valid_until: str = ""
    campaign: str = ""
    tier: str = _ONE
    customer_id: str = ""
    issue_id: str = ""
    seen: Outlook | None = None
    error: str = ""
    busy: bool = False

    def changed(self, **given: Any) -> "Draft":
        """With other terms it is another issue, which nobody has seen yet."""
        if all(getattr(self, name) == value for name, value in given.items()):
            return self
        return replace(self, **{"issue_id": "", "seen": None, "error": ""} | given)

    def wanted(self, today: str) -> Issue:
        """What is to be issued. Refuses what the server would (`RuleError`), and nobody to get it (`"coupon_whom"`)."""
        terms = coupon_terms(
            {"amount": self.amount, "valid_until": self.valid_until, "campaign": self.campaign}
        )
        check_coupon(terms["amount_fen"], terms["valid_until"], today)
        if self.tier == _ONE and not self.customer_id:
            raise RuleError("coupon_whom")
        customer_id = self.customer_id if self.tier == _ONE else ""
        return Issue(self.issue_id or new_id(), customer_id=customer_id, tier=self.tier, **terms)


def use_issue_sheet(kind: Kind | None = None) -> Callable[[], None]:
    """A function that opens the sheet, with the terms of `kind` if one is given; call the hook once in a component."""
    app = use_app()
    page = ft.context.page
    today = local_date(app.now_ms())
    kept = use_kept_sheet("coupons", kind.id if kind else "", lambda: _first(kind, today), passing=_PASSING)
    tiers = use_query(lambda session: rules_of(scheme_in_force(session, app.now_ms())).tiers, ("scheme",))
    to_tiers = app.session.person is not None and app.session.person.role in BACK_OFFICE

    async def count(wanted: Issue) -> None:
        seen, wrong = await attempt(lambda: preview_coupons(app, wanted))
        # What was typed meanwhile is another issue, which this count says nothing of.
        kept.edit(
            lambda now: (
                replace(now, seen=seen, error=wrong, busy=False)
                if now.issue_id == wanted.id
                else replace(now, busy=False)
            )
        )

    async def hand_out(wanted: Issue) -> None:
        issued, wrong = await attempt(lambda: issue_coupons(app, wanted))
        if issued is None:
            kept.change(error=wrong, busy=False)
            return
        kept.finish()
        snackbar(page, t("coupon.issued", n=formats.count(issued)))

    def go_on() -> None:
        now = kept.now()
        if now.busy:
            return
        try:
            wanted = now.wanted(today)
        except RuleError as refused:
            kept.change(error=error_sentence(refused.code, refused.details))
            return
        # Kept before it is asked for: after a kill the same issue is seen again, and issued once.
        kept.change(issue_id=wanted.id, busy=True, error="")
        page.run_task(hand_out if now.seen else count, wanted)

    def cancel() -> None:
        # A count that is still on its way finds another draft, and leaves nothing of this one behind.
        kept.edit(lambda _: _first(kind, today))
        kept.finish()

    names = [tier.name for tier in tiers] if to_tiers else []
    ft.use_dialog(_form(kept, names, go_on, cancel) if kept.shown else None)
    return kept.open


def _first(kind: Kind | None, today: str) -> Draft:
    if kind is None:
        return Draft()
    until = "" if kind.valid_until is None or has_passed(kind.valid_until, today) else kind.valid_until
    return Draft(formats.plain_money(kind.amount_fen), until, kind.campaign)


def _form(
    kept: KeptSheet[Draft], tiers: list[str], go_on: Callable[[], None], cancel: Callable[[], None]
) -> ft.BottomSheet:
    draft = kept.draft

    def type_in(**given: str) -> None:
        kept.edit(lambda before: before.changed(**given))

    content: list[ft.Control] = [*kept.note(), *_terms(draft, type_in)]
    if tiers:
        options = [(_ONE, t("coupon.to_one")), *((name, t("coupon.to_tier", tier=name)) for name in tiers)]
        content.append(
            choice_chips(
                options,
                draft.tier,
                lambda tier: type_in(tier=tier),
                identifier="issue-to",
                label=t("coupon.to"),
            )
        )
    if draft.tier == _ONE:
        content.append(MemberChoice(draft.customer_id, lambda customer_id: type_in(customer_id=customer_id)))
    content += _said(draft)
    primary = primary_button(
        t("coupon.issue_all", n=formats.count(draft.seen.issued)) if draft.seen else t("coupon.look"),
        lambda _: go_on(),
        identifier="issue-go-on",
        busy=draft.busy,
        disabled=draft.seen is not None and not draft.seen.issued,
    )
    actions = [
        primary,
        secondary_button(t("common.cancel"), lambda _: cancel(), identifier="issue-cancel"),
    ]
    return sheet(
        t("coupon.issue"),
        content,
        actions,
        kept.close,
        identifier="issue-sheet",
        long=True,
        tall=kept.restored,
    )


def _terms(draft: Draft, type_in: Callable[..., None]) -> list[ft.Control]:
    amount = text_field(
        t("coupon.amount"),
        draft.amount,
        lambda value: type_in(amount=value),
        identifier="issue-amount",
        keyboard=ft.KeyboardType.NUMBER,
    )
    until = text_field(
        t("coupon.valid_until"),
        draft.valid_until,
        lambda value: type_in(valid_until=value),
        identifier="issue-until",
        hint="2026-12-31",
    )
    campaign = text_field(
        t("coupon.campaign"),
        draft.campaign,
        lambda value: type_in(campaign=value),
        identifier="issue-campaign",
    )
    days = ft.Row(
        [ft.Container(amount, expand=True), ft.Container(until, expand=True)],
        spacing=tokens.SPACE_3,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    return [days, campaign]


def _said(draft: Draft) -> list[ft.Control]:
    """What issuing would do, or what is wrong."""
    said: list[ft.Control] = []
    if draft.seen is not None:
        tone = Tone.ACCENT if draft.seen.issued else Tone.WARM
        said.append(notice(_outlook_words(draft.seen), tone, identifier="issue-outlook"))
    if draft.error:
        said.append(notice(draft.error, Tone.DANGER, identifier="issue-wrong"))
    return said


def _outlook_words(seen: Outlook) -> str:
    if not seen.issued and not seen.already:
        return t("coupon.nobody")
    parts = []
    if seen.issued:
        total = formats.money(seen.amount_fen)
        parts.append(t("coupon.will_issue", n=formats.count(seen.issued), total=total))
    if seen.already:
        parts.append(t("coupon.already", n=formats.count(seen.already)))
    if seen.holding:
        parts.append(t("coupon.holding", n=formats.count(seen.holding)))
    return "\n".join(parts)
