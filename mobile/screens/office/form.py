"""A short form on a sheet: fields, what is wrong with them, and one button that saves."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import flet as ft

from mobile.design.buttons import primary_button, secondary_button
from mobile.design.fields import choice_chips, set_chips, text_field
from mobile.design.marks import Tone
from mobile.design.sheets import sheet
from mobile.design.states import notice, snackbar
from mobile.design.type import secondary
from mobile.screens.office.attempt import attempt
from mobile.state.hooks import latest
from mobile.text import t

Values = Mapping[str, Any]
Save = Callable[[Values], Awaitable[str]]
"""Keeps what was typed and says so in words. What it raises is shown in the sheet, and nothing typed is lost."""


class FieldKind(StrEnum):
    """How a field is filled in."""

    TEXT = "text"
    LONG = "long"
    NUMBER = "number"
    CHOICE = "choice"
    SET = "set"


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name in the values, its label, how it is filled in, and between which options, if any."""

    name: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    options: tuple[tuple[Any, str], ...] = ()
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """A form: what it is called, what it asks, and what its button says."""

    title: str
    fields: Sequence[Field]
    confirm: str
    note: str = ""
    identifier: str = "form"


@dataclass(frozen=True, slots=True)
class _Shown:
    """An open form: what stands in it, what is wrong, and whether it is being saved."""

    form: Form
    save: Save
    values: dict[str, Any] = field(default_factory=dict)
    wrong: str = ""
    busy: bool = False


def use_form() -> Callable[[Form, Values, Save], None]:
    """A function that opens a form with its first values; call the hook once in a component."""
    page = ft.context.page
    nothing: _Shown | None = None
    shown, show = ft.use_state(nothing)

    def type_in(name: str, value: Any) -> None:
        def change(before: _Shown | None) -> _Shown | None:
            return before and replace(before, values=before.values | {name: value}, wrong="")

        show(change)

    async def work(now: _Shown) -> None:
        words, wrong = await attempt(lambda: now.save(now.values))
        if wrong:
            show(lambda before: before and replace(before, wrong=wrong, busy=False))
            return
        show(None)
        if words:
            snackbar(page, words)

    def save() -> None:
        now = latest(show)
        if now is not None and not now.busy:
            show(replace(now, busy=True, wrong=""))
            page.run_task(work, now)

    ft.use_dialog(_sheet(shown, type_in, save, lambda: show(None)) if shown else None)

    def open_form(form: Form, values: Values, keep: Save) -> None:
        show(_Shown(form, keep, dict(values)))

    return open_form


def _sheet(
    shown: _Shown, type_in: Callable[[str, Any], None], save: Callable[[], None], close: Callable[[], None]
) -> ft.BottomSheet:
    form = shown.form
    content: list[ft.Control] = [secondary(form.note, lines=6)] if form.note else []
    content += [_field(each, shown.values.get(each.name), type_in, form.identifier) for each in form.fields]
    if shown.wrong:
        content.append(notice(shown.wrong, Tone.DANGER, identifier=f"{form.identifier}-wrong"))
    actions = [
        primary_button(form.confirm, lambda _: save(), identifier=f"{form.identifier}-save", busy=shown.busy),
        secondary_button(t("common.cancel"), lambda _: close(), identifier=f"{form.identifier}-cancel"),
    ]
    return sheet(form.title, content, actions, close, identifier=f"{form.identifier}-sheet", long=True)


def _field(each: Field, value: Any, type_in: Callable[[str, Any], None], form: str) -> ft.Control:
    identifier = f"{form}-{each.name}"
    if each.kind == FieldKind.CHOICE:
        return choice_chips(
            each.options,
            value,
            lambda chosen: type_in(each.name, chosen),
            identifier=identifier,
            label=each.label,
        )
    if each.kind == FieldKind.SET:
        chosen = tuple(value or ())
        return set_chips(
            each.options,
            chosen,
            lambda tapped: type_in(each.name, _toggled(chosen, tapped)),
            identifier=identifier,
            label=each.label,
        )
    return text_field(
        each.label,
        str(value or ""),
        lambda typed: type_in(each.name, typed),
        identifier=identifier,
        hint=each.hint,
        lines=3 if each.kind == FieldKind.LONG else 1,
        keyboard=ft.KeyboardType.NUMBER if each.kind == FieldKind.NUMBER else ft.KeyboardType.TEXT,
    )


def _toggled(chosen: tuple[Any, ...], tapped: Any) -> tuple[Any, ...]:
    return tuple(each for each in chosen if each != tapped) if tapped in chosen else (*chosen, tapped)
