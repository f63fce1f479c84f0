"""The form that registers a referred client: by the designer themselves, or at the counter for them."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import flet as ft

from mobile.design.buttons import primary_button, secondary_button
from mobile.design.fields import choice_chips, text_field
from mobile.design.marks import Tone
from mobile.design.sheets import sheet
from mobile.design.states import notice, snackbar
from mobile.state.application import App
from mobile.state.hooks import latest, use_app, use_query
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
    typed, set_typed = ft.use_state(_Typed())
    shown, show = ft.use_state(initial=False)
    places = use_query(stores, ("store",))

    def type_in(**values: str) -> None:
        set_typed(lambda before: replace(before, **values, error=None))

    def save() -> None:
        now = latest(set_typed)
        try:
            _register(app, designer_id, now, places)
        except RuleError as refused:
            set_typed(replace(now, error=refused))
            return
        show(False)
        snackbar(page, t("referrals.saved", name=now.name.strip()))

    def open_form() -> None:
        set_typed(_Typed(store_id=_usual_store(app, places)))
        show(True)

    ft.use_dialog(_form(typed, places, type_in, save, lambda: show(False)) if shown else None)
    return open_form


def _register(app: App, designer_id: str, typed: _Typed, places: list[Store]) -> None:
    store_id = typed.store_id or (places[0].id if places else None)
    register_referral(app, Claim(designer_id, typed.name, typed.phone, store_id, typed.note))


def _usual_store(app: App, places: list[Store]) -> str | None:
    person = app.session.person
    own = person.store_id if person else None
    return own or (places[0].id if places else None)


def _form(
    typed: _Typed,
    places: list[Store],
    type_in: Callable[..., None],
    save: Callable[[], None],
    close: Callable[[], None],
) -> ft.BottomSheet:
    content: list[ft.Control] = [
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
        secondary_button(t("common.cancel"), lambda _: close()),
    ]
    return sheet(t("referrals.new"), content, actions, close, long=True)
