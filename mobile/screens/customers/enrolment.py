"""Enrolling somebody at the desk: a phone number is enough, and a known one is the same customer."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import flet as ft

from mobile.design.buttons import primary_button, secondary_button
from mobile.design.fields import text_field
from mobile.design.marks import Tone
from mobile.design.sheets import sheet
from mobile.design.states import notice, snackbar
from mobile.design.type import secondary
from mobile.state.hooks import go, latest, use_app, use_query
from mobile.state.points_actions import enrol
from mobile.state.queries.customers import customer_with_phone
from mobile.state.queries.schemes import rules_of, scheme_in_force
from mobile.text import error_sentence, formats, t
from shared_models.errors import RuleError
from shared_models.phone import normalise_phone


@dataclass(frozen=True, slots=True)
class Joining:
    """Who is to join, as typed."""

    phone: str = ""
    name: str = ""
    error: str | None = None


def use_enrol_sheet() -> Callable[[str, str], None]:
    """A function that opens the sheet with what is known of a phone number and a name; call the hook once."""
    app = use_app()
    page = ft.context.page
    joining, join = ft.use_state(Joining())
    shown, show = ft.use_state(initial=False)
    number = normalise_phone(joining.phone)
    known, gift = use_query(
        lambda session: (
            customer_with_phone(session, number) if shown else None,
            rules_of(scheme_in_force(session, app.now_ms())).welcome_gift,
        ),
        ("customer", "scheme"),
        number,
        shown,
    )

    def close() -> None:
        show(False)

    def save() -> None:
        typed = latest(join)
        person = app.session.person
        if known is None and (person is None or not person.store_id):
            join(lambda before: replace(before, error=t("enrol.no_store")))
            return
        try:
            enrolled = enrol(app, typed.phone, name=typed.name)
        except RuleError as refused:
            words = error_sentence(refused.code, refused.details)
            join(lambda before: replace(before, error=words))
            return
        close()
        key = "enrol.done" if enrolled.welcome else "enrol.done_plain"
        snackbar(page, t(key, n=formats.count(enrolled.welcome)))
        go(f"/customers/{enrolled.customer_id}")

    content: list[ft.Control] = [
        secondary(t("enrol.hint_gift", n=formats.count(gift)) if gift else t("enrol.hint"), lines=3),
        text_field(
            t("sale.phone"),
            joining.phone,
            lambda value: join(lambda before: replace(before, phone=value, error=None)),
            identifier="enrol-phone",
            error=joining.error,
            keyboard=ft.KeyboardType.PHONE,
        ),
    ]
    if known is None:
        content.append(
            text_field(
                t("enrol.name"),
                joining.name,
                lambda value: join(lambda before: replace(before, name=value)),
                identifier="enrol-name",
            )
        )
    else:
        key = "enrol.known_member" if known.enrolled_at_ms is not None else "enrol.known"
        content.append(notice(t(key, name=known.name), Tone.ACCENT, identifier="enrol-known"))
    actions = [
        primary_button(t("enrol.save"), lambda _: save(), identifier="enrol-save"),
        secondary_button(t("common.cancel"), lambda _: close()),
    ]
    ft.use_dialog(
        sheet(t("enrol.title"), content, actions, close, identifier="enrol-sheet") if shown else None
    )

    def open_sheet(phone: str = "", name: str = "") -> None:
        join(Joining(phone, name))
        show(True)

    return open_sheet
