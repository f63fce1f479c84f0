"""Adding a lead: a name is enough; a number that is already listed is pointed out before saving."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import flet as ft

from mobile.design.buttons import primary_button, secondary_button
from mobile.design.fields import choice_chips, text_field
from mobile.design.marks import Tone
from mobile.design.sheets import sheet
from mobile.design.states import notice, snackbar
from mobile.screens.kept_sheet import KeptSheet, use_kept_sheet
from mobile.state.application import App
from mobile.state.hooks import go, use_app
from mobile.state.queries.leads import lead_with_phone
from mobile.text import formats, t, word
from shared_models.sales.tables import Lead

SOURCES = ("walk_in", "phone", "website", "referral", "social")
_PHONE_DIGITS = 11
_ANYBODY = "new"
_WRONG = {"name_error": None, "phone_error": None, "duplicate": None}


@dataclass(frozen=True, slots=True)
class Draft:
    """What has been typed so far, and what is wrong with it."""

    name: str = ""
    phone: str = ""
    source: str = "walk_in"
    category: str = ""
    name_error: str | None = None
    phone_error: str | None = None
    duplicate: str | None = None


def use_new_lead() -> Callable[[], None]:
    """A function that opens the sheet; call the hook once in a component."""
    app = use_app()
    page = ft.context.page
    kept = use_kept_sheet("new-lead", _ANYBODY, Draft, passing=tuple(_WRONG))

    def save() -> None:
        typed = kept.now()
        checked = _checked(typed, app)
        if checked != typed:
            kept.edit(lambda _: checked)
            return
        lead_id = _create(typed, app)
        kept.finish()
        snackbar(page, t("new.saved", name=typed.name.strip()))
        go(f"/leads/{lead_id}")

    ft.use_dialog(_form(kept, save) if kept.shown else None)
    return kept.open


def _form(kept: KeptSheet[Draft], save: Callable[[], None]) -> ft.BottomSheet:
    draft = kept.draft

    def type_in(**typed: Any) -> None:
        kept.change(**_WRONG, **typed)

    content: list[ft.Control] = [
        *kept.note(),
        text_field(
            t("new.name"),
            draft.name,
            lambda value: type_in(name=value),
            identifier="new-name",
            error=draft.name_error,
            autofocus=True,
        ),
        text_field(
            t("new.phone"),
            draft.phone,
            lambda value: type_in(phone=value),
            identifier="new-phone",
            error=draft.phone_error,
            keyboard=ft.KeyboardType.PHONE,
        ),
        text_field(
            t("new.category"),
            draft.category,
            lambda value: type_in(category=value),
            identifier="new-category",
        ),
        choice_chips(
            [(source, word("source", source)) for source in SOURCES],
            draft.source,
            lambda source: type_in(source=source),
            identifier="source",
            label=t("new.source"),
        ),
    ]
    if draft.duplicate:
        content.append(notice(t("new.duplicate", name=draft.duplicate), Tone.WARM, identifier="duplicate"))
    actions = [
        primary_button(t("common.save"), lambda _: save(), identifier="save"),
        secondary_button(t("common.cancel"), lambda _: kept.finish(), identifier="cancel"),
    ]
    return sheet(t("new.title"), content, actions, kept.close, long=True)


def _checked(draft: Draft, app: App) -> Draft:
    """The draft with what is wrong; the same draft when nothing is, or a duplicate has been seen already."""
    digits = _digits(draft.phone)
    if not draft.name.strip():
        return replace(draft, name_error=t("new.name_missing"))
    if digits and len(digits) != _PHONE_DIGITS:
        return replace(draft, phone_error=t("new.phone_wrong"))
    if digits and not draft.duplicate:
        listed = app.read(lambda session: lead_with_phone(session, digits))
        if listed:
            return replace(draft, duplicate=listed)
    return draft


def _create(draft: Draft, app: App) -> str:
    person = app.session.person
    if person is None:
        message = "nobody is logged in"
        raise RuntimeError(message)
    lead = Lead(
        company_id=person.company_id,
        store_id=person.store_id or "",
        owner_id=person.id,
        name=draft.name.strip(),
        phone=_digits(draft.phone),
        source=draft.source,
        category=draft.category.strip(),
        inquired_at_ms=app.now_ms(),
        next_due_at_ms=app.now_ms() + formats.DAY,
    )
    with app.action("create_lead") as session:
        session.add(lead)
    return lead.id


def _digits(phone: str) -> str:
    return "".join(character for character in phone if character.isdigit()).removeprefix(
        "86" if "+86" in phone else ""
    )
