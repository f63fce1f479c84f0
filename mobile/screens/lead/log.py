"""Logging a call or visit in three taps: open, say how it went, save. The rest has sensible answers already."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import flet as ft

from mobile.design.buttons import primary_button, secondary_button
from mobile.design.fields import choice_chips, text_field
from mobile.design.sheets import sheet
from mobile.design.states import snackbar
from mobile.screens.photos.chooser import chooser_block, use_chooser
from mobile.screens.restored import restored_note
from mobile.state.drafts import SheetDrafts
from mobile.state.hooks import latest, use_app
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
    restored: bool = False


def use_log_sheet(lead: Lead | None) -> Callable[[], None]:
    """A function that opens the sheet for `lead`; call the hook once in a component."""
    app = use_app()
    page = ft.context.page
    answers, answer = ft.use_state(Answers())
    shown, show = ft.use_state(initial=False)

    subject = lead.id if lead else ""
    drafts = SheetDrafts(app.facts, "log")

    def close() -> None:
        show(False)

    def done() -> None:
        drafts.forget(subject)
        close()

    def cancel() -> None:
        drop_shots(app, latest(answer).photos)
        done()

    def change(**given: Any) -> None:
        def take(before: Answers) -> Answers:
            after = replace(before, **given)
            drafts.keep(subject, _answers_for(lead), replace(after, restored=False))
            return after

        answer(take)

    def save() -> None:
        if lead is None:
            return
        given = latest(answer)
        log_follow_up(app, lead.id, report_of(given, app.now_ms()), given.photos)
        done()
        snackbar(page, t("log.saved" if app.sync.online else "log.saved_offline"))

    chooser = use_chooser(lambda: latest(answer).photos, lambda shots: change(photos=shots))
    photos = chooser_block(app, answers.photos, chooser) if shown else []
    ft.use_dialog(_form(answers, change, photos, save, cancel, close) if shown else None)

    def open_sheet() -> None:
        left = drafts.load(subject, Answers())
        answer(replace(_answers_for(lead), **left, restored=bool(left)))
        show(True)

    return open_sheet


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
    answers: Answers,
    change: Callable[..., None],
    photos: list[ft.Control],
    save: Callable[[], None],
    cancel: Callable[[], None],
    close: Callable[[], None],
) -> ft.BottomSheet:
    results = [(intent, word("intent", intent)) for intent in Intent]
    results.append((Outcome.NO_ANSWER, word("outcome", Outcome.NO_ANSWER)))  # type: ignore[arg-type]
    content: list[ft.Control] = [
        *restored_note(shown=answers.restored),
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
    return sheet(t("log.title"), [*content, note, *photos], actions, close, identifier="log-sheet")
