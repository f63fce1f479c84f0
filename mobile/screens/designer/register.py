"""The form that registers a referred client: by the designer themselves, or at the counter for them."""

from collections.abc import Callable
from dataclasses import dataclass

import flet as ft

from mobile.design.buttons import primary_button, secondary_button
from mobile.design.fields import choice_chips, text_field
from mobile.design.marks import Tone
from mobile.design.sheets import sheet
from mobile.design.states import notice, snackbar
from mobile.screens.kept_sheet import KeptSheet, use_kept_sheet
from mobile.state.application import App
from mobile.state.hooks import use_app, use_query
from mobile.state.queries.designer_offers import stores
from mobile.state.referral_actions import Claim, register_referral
from mobile.text import error_sentence, t
from shared_models.errors import RuleError
from shared_models.people.tables import Store


@dataclass(frozen=True, slots=True)
class _Typed:
    """What has been typed so far, and what is wrong with it."""

    name: str = ""
    phone: str = ""
    note: str = ""
    store_id: str | None = None
    error: RuleError | None = None


def use_register(designer_id: str) -> Callable[[], None]:
    """A function that opens the form; call the hook once in a component."""
    app = use_app()
    page = ft.context.page
    places = use_query(stores, ("store",))
    first = _Typed(store_id=_usual_store(app, places))
    kept = use_kept_sheet("referral", designer_id, lambda: first, passing=("error",))

    def save() -> None:
        now = kept.now()
        try:
            _register(app, designer_id, now, places)
        except RuleError as refused:
            kept.change(error=refused)
            return
        kept.finish()
        snackbar(page, t("referrals.saved", name=now.name.strip()))

    ft.use_dialog(_form(kept, places, save) if kept.shown else None)
    return kept.open


def _register(app: App, designer_id: str, typed: _Typed, places: list[Store]) -> None:
    store_id = typed.store_id or (places[0].id if places else None)
    register_referral(app, Claim(designer_id, typed.name, typed.phone, store_id, typed.note))


def _usual_store(app: App, places: list[Store]) -> str | None:
    person = app.session.person
    own = person.store_id if person else None
    return own or (places[0].id if places else None)


def _form(kept: KeptSheet[_Typed], places: list[Store], save: Callable[[], None]) -> ft.BottomSheet:
    typed = kept.draft

    def type_in(**values: str) -> None:
        kept.change(error=None, **values)

    content: list[ft.Control] = [
        *kept.note(),
        text_field(
            t("new.name"),
            typed.name,
            lambda value: type_in(name=value),
            identifier="referral-name",
            autofocus=True,
        ),
        text_field(
            t("new.phone"),
            typed.phone,
            lambda value: type_in(phone=value),
            identifier="referral-phone",
            keyboard=ft.KeyboardType.PHONE,
        ),
        choice_chips(
            [(place.id, place.name) for place in places],
            typed.store_id,
            lambda store_id: type_in(store_id=store_id),
            identifier="referral-store",
            label=t("referrals.store"),
        ),
        text_field(
            t("referrals.note"),
            typed.note,
            lambda value: type_in(note=value),
            identifier="referral-note",
            lines=2,
        ),
    ]
    if typed.error is not None:
        words = error_sentence(typed.error.code, typed.error.details)
        content.append(notice(words, Tone.DANGER, identifier="referral-error"))
    actions = [
        primary_button(t("referrals.register"), lambda _: save(), identifier="save"),
        secondary_button(t("common.cancel"), lambda _: kept.finish(), identifier="cancel"),
    ]
    return sheet(t("referrals.new"), content, actions, kept.close, long=True)
