"""Who gets a coupon: found by name, initials or the end of the phone number, and chosen with a tap."""

from collections.abc import Callable
from functools import partial

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import text_button
from mobile.design.fields import search_field
from mobile.design.marks import Tone, chip
from mobile.design.rows import row
from mobile.design.type import secondary
from mobile.state.hooks import use_query
from mobile.state.queries.customers import TABLES, CustomerFilter, CustomerRow, customer_ids, customer_rows
from mobile.text import formats, t

_SHOWN = 3


@ft.component
def MemberChoice(chosen: str, choose: Callable[[str], None]) -> ft.Control:  # noqa: N802
    """The one who was chosen, or else a search among the members; `choose("")` searches again."""
    text, search = ft.use_state("")
    wanted = [chosen] if chosen else None
    found = use_query(
        lambda session: (
            customer_rows(
                session,
                wanted or customer_ids(session, text=text, which=CustomerFilter.MEMBERS, pending=())[:_SHOWN],
            )
            if wanted or text.strip()
            else []
        ),
        TABLES,
        chosen,
        text,
    )
    if chosen and found:
        other = text_button(t("coupon.other_member"), lambda _: choose(""), identifier="issue-other")
        return _member(found[0], other, None)
    parts: list[ft.Control] = [search_field(text, t("coupon.find"), search, identifier="issue-find")]
    parts += [_member(each, None, partial(_choose, choose, each.id)) for each in found]
    if text.strip() and not found:
        parts.append(secondary(t("coupon.not_found", text=text.strip()), lines=2))
    return ft.Column(parts, spacing=tokens.SPACE_1, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _choose(choose: Callable[[str], None], customer_id: str, _: object) -> None:
    choose(customer_id)


def _member(
    member: CustomerRow, trailing: ft.Control | None, tap: Callable[[object], None] | None
) -> ft.Control:
    subtitle = formats.masked_phone(member.phone) if member.phone else t("customers.no_phone")
    return row(
        member.name or t("customers.nameless"),
        subtitle,
        identifier=f"recipient-{member.id}",
        chips=[chip(member.tier, Tone.GOLD)] if member.tier else [],
        trailing=trailing,
        selected=trailing is not None,
        on_click=tap,
    )
