"""Logging a call or visit in three taps: open, say how it went, save. The rest has sensible answers already."""

from collections.abc import Callable
from dataclasses import dataclass

import flet as ft

from mobile.design.buttons import primary_button, secondary_button
from mobile.design.fields import choice_chips, text_field
from mobile.design.sheets import sheet
from mobile.design.states import snackbar
from mobile.screens.kept_sheet import KeptSheet, use_kept_sheet
from mobile.screens.photos.chooser import chooser_block, use_chooser
from mobile.state.hooks import use_app
from mobile.state.lead_actions import Report, log_follow_up
from mobile.state.photos import Draft, drop_shots
from mobile.text import formats, t, word
from shared_models.sales.tables import Channel, Intent, Lead, Outcome

_MORNING_MS = 10 * formats.HOUR
_LATER_MS = 2 * formats.HOUR
DAYS_BY_INTENT = {Intent.HIGH: 1, Intent.MEDIUM: 3, Intent.LOW: 7}
"""How many days until the next contact, unless the person says otherwise."""
_CHOICES = ((0, "log.next_today"), (1, "log.next_tomorrow"), (3, "log.next_three"), (7, "log.next_week"))
_NEVER = -1


@dataclass(frozen=True, slots=True)
class Answers:
    """What has been chosen; `result` is an intent, or that nobody answered; `days` None follows from it."""

    channel: str = Channel.CALL
    result: str = Intent.MEDIUM
    days: int | None = None
    note: str = ""
    photos: tuple[Draft, ...] = ()


def use_log_sheet(lead: Lead | None) -> Callable[[], None]:
    """A function that opens the sheet for `lead`; call the hook once in a component."""
    app = use_app()
    page = ft.context.page
    kept = use_kept_sheet("log", lead.id if lead else "", lambda: _answers_for(lead))

    def cancel() -> None:
        drop_shots(app, kept.now().photos)
        kept.finish()

    def save() -> None:
        if lead is None:
            return
        given = kept.now()
        log_follow_up(app, lead.id, report_of(given, app.now_ms()), given.photos)
        kept.finish()
        snackbar(page, t("log.saved" if app.sync.online else "log.saved_offline"))

    chooser = use_chooser(lambda: kept.now().photos, lambda shots: kept.change(photos=shots))
    photos = chooser_block(app, kept.draft.photos, chooser) if kept.shown else []
    ft.use_dialog(_form(kept, photos, save, cancel) if kept.shown else None)
    return kept.open


def _answers_for(lead: Lead | None) -> Answers:
    """What the sheet begins with: a call that went as the lead was judged before."""
    return Answers(result=(lead.intent if lead and lead.intent else Intent.MEDIUM))


def report_of(answers: Answers, now_ms: int) -> Report:
    """The answers as what is to be kept."""
    reached = answers.result != Outcome.NO_ANSWER
    return Report(
        channel=answers.channel,
        outcome=Outcome.REACHED if reached else Outcome.NO_ANSWER,
        intent=answers.result if reached else None,
        note=answers.note,
        next_due_at_ms=_due(_days(answers), now_ms) if reached else None,
    )


def _days(answers: Answers) -> int:
    if answers.days is not None:
        return answers.days
    return DAYS_BY_INTENT.get(Intent(answers.result), 3) if answers.result in set(Intent) else _NEVER


def _due(days: int, now_ms: int) -> int | None:
    if days == _NEVER:
        return None
    return now_ms + _LATER_MS if days == 0 else formats.midnight_ms(now_ms, days=days) + _MORNING_MS


def _form(
    kept: KeptSheet[Answers], photos: list[ft.Control], save: Callable[[], None], cancel: Callable[[], None]
) -> ft.BottomSheet:
    answers, change = kept.draft, kept.change
    results = [(intent, word("intent", intent)) for intent in Intent]
    results.append((Outcome.NO_ANSWER, word("outcome", Outcome.NO_ANSWER)))  # type: ignore[arg-type]
    content: list[ft.Control] = [
        *kept.note(),
        choice_chips(
            [(channel, word("channel", channel)) for channel in Channel],
            answers.channel,
            lambda channel: change(channel=channel),
            identifier="channel",
            label=t("log.channel"),
        ),
        choice_chips(
            results,
            answers.result,
            lambda result: change(result=result),
            identifier="outcome",
            label=t("log.outcome"),
        ),
    ]
    if answers.result != Outcome.NO_ANSWER:
        days = [*((days, t(key)) for days, key in _CHOICES), (_NEVER, t("log.next_none"))]
        content.append(
            choice_chips(
                days,
                _days(answers),
                lambda chosen: change(days=chosen),
                identifier="next",
                label=t("log.next"),
            )
        )
    note = text_field(
        t("log.note"), answers.note, lambda value: change(note=value), identifier="log-note", lines=2
    )
    actions = [
        primary_button(t("common.save"), lambda _: save(), identifier="save-log"),
        secondary_button(t("common.cancel"), lambda _: cancel(), identifier="cancel"),
    ]
    return sheet(t("log.title"), [*content, note, *photos], actions, kept.close, identifier="log-sheet")
