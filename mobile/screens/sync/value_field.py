"""A field for one stored value, whatever table it is of: money in yuan, choices as pills, dates, text."""

from collections.abc import Callable
from typing import Any

import flet as ft

from mobile.design import tokens
from mobile.design.fields import choice_chips, set_chips, text_field
from mobile.design.type import secondary
from mobile.screens.lead.needs import TAGS
from mobile.screens.sync.words import field_name, option_word
from mobile.state.correcting import CHOICES, Form
from mobile.text import t

_KEYBOARDS = {
    Form.MONEY: ft.KeyboardType.NUMBER,
    Form.COUNT: ft.KeyboardType.NUMBER,
    Form.PHONE: ft.KeyboardType.PHONE,
    Form.DAY: ft.KeyboardType.DATETIME,
    Form.MOMENT: ft.KeyboardType.DATETIME,
}
_HINTS = {Form.DAY: "value.day_hint", Form.MOMENT: "value.moment_hint"}


def value_field(
    field: str, form: Form, typed: Any, on_change: Callable[[Any], None], *, identifier: str, error: str = ""
) -> ft.Control:
    """An editor of `typed`, as `mobile.state.correcting.as_typed` gives it; `error` says what is wrong with it."""
    label = field_name(field)
    if form is Form.CHOICE:
        options = [(value, option_word(field, value)) for value in CHOICES[field]]
        return _with_error(choice_chips(options, typed, on_change, identifier=identifier, label=label), error)
    if form is Form.TAGS:
        return _with_error(_tags(field, typed or (), on_change, identifier), error)
    return text_field(
        label,
        typed or "",
        on_change,
        identifier=identifier,
        error=error or None,
        hint=t(_HINTS[form]) if form in _HINTS else None,
        lines=3 if form is Form.LINES else 1,
        keyboard=_KEYBOARDS.get(form, ft.KeyboardType.TEXT),
        prefix="¥ " if form is Form.MONEY else None,
    )


def _tags(
    field: str, chosen: tuple[str, ...], on_change: Callable[[Any], None], identifier: str
) -> ft.Control:
    offered = dict.fromkeys((*TAGS.get(field, ()), *chosen))

    def toggle(tag: str) -> None:
        on_change(tuple(kept for kept in chosen if kept != tag) if tag in chosen else (*chosen, tag))

    options = [(tag, option_word(field, tag)) for tag in offered]
    return set_chips(options, chosen, toggle, identifier=identifier, label=field_name(field))


def _with_error(control: ft.Control, error: str) -> ft.Control:
    if not error:
        return control
    return ft.Column([control, secondary(error, tokens.DANGER, lines=3)], spacing=0)
