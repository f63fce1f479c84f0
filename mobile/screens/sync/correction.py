"""Correcting a refused action: what was written stands in its fields, the refused one with the reason."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import primary_button, secondary_button
from mobile.design.marks import Tone
from mobile.design.sheets import sheet
from mobile.design.states import notice, snackbar
from mobile.design.type import secondary
from mobile.screens.kept_sheet import KeptSheet, use_kept_sheet
from mobile.screens.sync.value_field import value_field
from mobile.screens.sync.words import field_name, reason_of, value_words
from mobile.state.application import App
from mobile.state.correcting import Entry, as_typed, as_value, correct, entries_of
from mobile.state.hooks import use_app
from mobile.text import error_sentence, t, word
from shared_models.errors import RuleError
from sync.device.outbox import Unit


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed, by the keys of the entries, and what is wrong with it."""

    typed: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def use_correction_sheet(unit: Unit) -> Callable[[], None]:
    """A function that opens the sheet for a refused unit; call the hook once in a component."""
    app = use_app()
    page = ft.context.page
    entries = entries_of(unit)
    kept = use_kept_sheet("correction", unit.id, Draft, passing=("errors",))

    def send() -> None:
        values, errors = _read(entries, kept.now())
        if errors:
            kept.change(errors=errors)
            return
        correct(app, unit, values)
        kept.finish()
        snackbar(page, t("sync.resent"))

    ft.use_dialog(_form(app, unit, entries, kept, send) if kept.shown else None)
    return kept.open


def _read(entries: Sequence[Entry], draft: Draft) -> tuple[dict[str, Any], dict[str, str]]:
    """The values that were given, and what is wrong with those that are none."""
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for entry in entries:
        if entry.key not in draft.typed:
            continue
        try:
            values[entry.key] = as_value(entry.table, entry.field, draft.typed[entry.key])
        except RuleError as wrong:
            errors[entry.key] = error_sentence(wrong.code, wrong.details)
    return values, errors


def _form(
    app: App, unit: Unit, entries: Sequence[Entry], kept: KeptSheet[Draft], send: Callable[[], None]
) -> ft.BottomSheet:
    def change(key: str, value: Any) -> None:
        def take(before: Draft) -> Draft:
            errors = {other: error for other, error in before.errors.items() if other != key}
            return Draft(before.typed | {key: value}, errors)

        kept.edit(take)

    content = [
        *kept.note(),
        notice(reason_of(unit), Tone.DANGER, identifier="correction-reason"),
        *(_editor(app, unit, entry, kept.draft, change) for entry in entries),
    ]
    actions = [
        primary_button(t("sync.send_corrected"), lambda _: send(), identifier="correction-send"),
        secondary_button(t("common.cancel"), lambda _: kept.finish(), identifier="cancel"),
    ]
    title = t("sync.correct_title", action=word("action", unit.action))
    return sheet(title, content, actions, kept.close, identifier="correction-sheet", long=True)


def _editor(
    app: App, unit: Unit, entry: Entry, draft: Draft, change: Callable[[str, Any], None]
) -> ft.Control:
    if entry.form is None:
        before = value_words(entry.field, entry.before, app.now_ms())
        return secondary(
            t("sync.returns_to", field=field_name(entry.field), value=before), tokens.WARM, lines=3
        )
    typed = draft.typed.get(entry.key, as_typed(entry.form, entry.value))
    refused = reason_of(unit) if entry.is_refused and entry.key not in draft.typed else ""
    return value_field(
        entry.field,
        entry.form,
        typed,
        lambda value: change(entry.key, value),
        identifier=f"correct-{entry.field}",
        error=draft.errors.get(entry.key, refused),
    )
